/**
 * @generated SignedSource<<0b833be7489115f80d740de01f6237e1>>
 * @lightSyntaxTransform
 */

/* tslint:disable */
/* eslint-disable */
// @ts-nocheck

import { ReaderFragment } from 'relay-runtime';
export type RefundAttentionReason = "ACTION_NEEDED" | "CONFLICT" | "DENIED" | "STUCK" | "UNDECIDED" | "UNREADABLE";
export type RefundStatus = "CANCELED" | "FAILED" | "PENDING" | "PROCESSING" | "SUCCEEDED";
import { FragmentRefs } from "relay-runtime";
export type actions_refund$data = {
  readonly attention: {
    readonly reason: RefundAttentionReason;
  } | null | undefined;
  readonly failure: {
    readonly retryable: boolean;
  } | null | undefined;
  readonly id: string;
  readonly status: RefundStatus;
  readonly " $fragmentType": "actions_refund";
};
export type actions_refund$key = {
  readonly " $data"?: actions_refund$data;
  readonly " $fragmentSpreads": FragmentRefs<"actions_refund">;
};

const node: ReaderFragment = {
  "argumentDefinitions": [],
  "kind": "Fragment",
  "metadata": null,
  "name": "actions_refund",
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
      "name": "status",
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
        {
          "alias": null,
          "args": null,
          "kind": "ScalarField",
          "name": "reason",
          "storageKey": null
        }
      ],
      "storageKey": null
    },
    {
      "alias": null,
      "args": null,
      "concreteType": "RefundFailure",
      "kind": "LinkedField",
      "name": "failure",
      "plural": false,
      "selections": [
        {
          "alias": null,
          "args": null,
          "kind": "ScalarField",
          "name": "retryable",
          "storageKey": null
        }
      ],
      "storageKey": null
    }
  ],
  "type": "Refund",
  "abstractKey": null
};

(node as any).hash = "c1500c1836690cc1044c6e308c8b4fb6";

export default node;
