/**
 * @generated SignedSource<<b1585a03706233bf1015e1f6849613be>>
 * @lightSyntaxTransform
 */

/* tslint:disable */
/* eslint-disable */
// @ts-nocheck

import { ReaderFragment } from 'relay-runtime';
export type CallbackState = "APPLIED" | "FLAGGED" | "PENDING" | "REJECTED";
export type RefundStatus = "CANCELED" | "FAILED" | "PENDING" | "PROCESSING" | "SUCCEEDED";
import { FragmentRefs } from "relay-runtime";
export type callbackRow_callback$data = {
  readonly account: {
    readonly displayName: string;
  };
  readonly copies: number;
  readonly id: string;
  readonly reason: string | null | undefined;
  readonly receivedAt: string;
  readonly refund: {
    readonly id: string;
    readonly merchantRefundId: string;
    readonly status: RefundStatus;
  } | null | undefined;
  readonly state: CallbackState;
  readonly " $fragmentType": "callbackRow_callback";
};
export type callbackRow_callback$key = {
  readonly " $data"?: callbackRow_callback$data;
  readonly " $fragmentSpreads": FragmentRefs<"callbackRow_callback">;
};

const node: ReaderFragment = (function(){
var v0 = {
  "alias": null,
  "args": null,
  "kind": "ScalarField",
  "name": "id",
  "storageKey": null
};
return {
  "argumentDefinitions": [],
  "kind": "Fragment",
  "metadata": null,
  "name": "callbackRow_callback",
  "selections": [
    (v0/*:: as any*/),
    {
      "alias": null,
      "args": null,
      "kind": "ScalarField",
      "name": "state",
      "storageKey": null
    },
    {
      "alias": null,
      "args": null,
      "kind": "ScalarField",
      "name": "reason",
      "storageKey": null
    },
    {
      "alias": null,
      "args": null,
      "kind": "ScalarField",
      "name": "receivedAt",
      "storageKey": null
    },
    {
      "alias": null,
      "args": null,
      "kind": "ScalarField",
      "name": "copies",
      "storageKey": null
    },
    {
      "alias": null,
      "args": null,
      "concreteType": "MerchantAccount",
      "kind": "LinkedField",
      "name": "account",
      "plural": false,
      "selections": [
        {
          "alias": null,
          "args": null,
          "kind": "ScalarField",
          "name": "displayName",
          "storageKey": null
        }
      ],
      "storageKey": null
    },
    {
      "alias": null,
      "args": null,
      "concreteType": "Refund",
      "kind": "LinkedField",
      "name": "refund",
      "plural": false,
      "selections": [
        (v0/*:: as any*/),
        {
          "alias": null,
          "args": null,
          "kind": "ScalarField",
          "name": "merchantRefundId",
          "storageKey": null
        },
        {
          "alias": null,
          "args": null,
          "kind": "ScalarField",
          "name": "status",
          "storageKey": null
        }
      ],
      "storageKey": null
    }
  ],
  "type": "Callback",
  "abstractKey": null
};
})();

(node as any).hash = "96f4d431224b8de38ad266125cfb5d38";

export default node;
