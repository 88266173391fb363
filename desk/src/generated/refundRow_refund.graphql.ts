/**
 * @generated SignedSource<<537d5e0b083ae2af2f27cdf030774ae6>>
 * @lightSyntaxTransform
 */

/* tslint:disable */
/* eslint-disable */
// @ts-nocheck

import { ReaderFragment } from 'relay-runtime';
export type RefundAttentionReason = "ACTION_NEEDED" | "CONFLICT" | "DENIED" | "STUCK" | "UNDECIDED" | "UNREADABLE";
export type RefundStatus = "CANCELED" | "FAILED" | "PENDING" | "PROCESSING" | "SUCCEEDED";
import { FragmentRefs } from "relay-runtime";
export type refundRow_refund$data = {
  readonly account: {
    readonly displayName: string;
  };
  readonly amount: {
    readonly amount: string;
    readonly currency: string;
  };
  readonly attention: {
    readonly reason: RefundAttentionReason;
  } | null | undefined;
  readonly createdAt: string;
  readonly id: string;
  readonly merchantRefundId: string;
  readonly payment: {
    readonly merchantPaymentId: string | null | undefined;
    readonly providerPaymentId: string | null | undefined;
  };
  readonly providerRefundId: string | null | undefined;
  readonly reason: string | null | undefined;
  readonly status: RefundStatus;
  readonly version: number;
  readonly " $fragmentType": "refundRow_refund";
};
export type refundRow_refund$key = {
  readonly " $data"?: refundRow_refund$data;
  readonly " $fragmentSpreads": FragmentRefs<"refundRow_refund">;
};

const node: ReaderFragment = (function(){
var v0 = {
  "alias": null,
  "args": null,
  "kind": "ScalarField",
  "name": "reason",
  "storageKey": null
};
return {
  "argumentDefinitions": [],
  "kind": "Fragment",
  "metadata": null,
  "name": "refundRow_refund",
  "selections": [
    {
      "alias": null,
      "args": null,
      "kind": "ScalarField",
      "name": "id",
      "storageKey": null
    },
    {
      "alias": null,
      "args": null,
      "kind": "ScalarField",
      "name": "version",
      "storageKey": null
    },
    {
      "alias": null,
      "args": null,
      "kind": "ScalarField",
      "name": "status",
      "storageKey": null
    },
    {
      "alias": null,
      "args": null,
      "concreteType": "Money",
      "kind": "LinkedField",
      "name": "amount",
      "plural": false,
      "selections": [
        {
          "alias": null,
          "args": null,
          "kind": "ScalarField",
          "name": "amount",
          "storageKey": null
        },
        {
          "alias": null,
          "args": null,
          "kind": "ScalarField",
          "name": "currency",
          "storageKey": null
        }
      ],
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
      "kind": "ScalarField",
      "name": "merchantRefundId",
      "storageKey": null
    },
    {
      "alias": null,
      "args": null,
      "kind": "ScalarField",
      "name": "providerRefundId",
      "storageKey": null
    },
    {
      "alias": null,
      "args": null,
      "concreteType": "Payment",
      "kind": "LinkedField",
      "name": "payment",
      "plural": false,
      "selections": [
        {
          "alias": null,
          "args": null,
          "kind": "ScalarField",
          "name": "merchantPaymentId",
          "storageKey": null
        },
        {
          "alias": null,
          "args": null,
          "kind": "ScalarField",
          "name": "providerPaymentId",
          "storageKey": null
        }
      ],
      "storageKey": null
    },
    (v0/*:: as any*/),
    {
      "alias": null,
      "args": null,
      "kind": "ScalarField",
      "name": "createdAt",
      "storageKey": null
    },
    {
      "alias": null,
      "args": null,
      "concreteType": "RefundAttention",
      "kind": "LinkedField",
      "name": "attention",
      "plural": false,
      "selections": [
        (v0/*:: as any*/)
      ],
      "storageKey": null
    }
  ],
  "type": "Refund",
  "abstractKey": null
};
})();

(node as any).hash = "2f8801a162c70403679333f4c91767ff";

export default node;
