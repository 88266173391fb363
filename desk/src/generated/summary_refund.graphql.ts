/**
 * @generated SignedSource<<f79c9dd76d67aeeac7374b59a8e3b4b3>>
 * @lightSyntaxTransform
 */

/* tslint:disable */
/* eslint-disable */
// @ts-nocheck

import { ReaderFragment } from 'relay-runtime';
export type PendingReason = "ACTION_NEEDED" | "AT_PROVIDER" | "UNCONFIRMED";
export type RefundAttentionReason = "ACTION_NEEDED" | "CONFLICT" | "DENIED" | "STUCK" | "UNDECIDED" | "UNREADABLE";
export type RefundStatus = "CANCELED" | "FAILED" | "PENDING" | "PROCESSING" | "SUCCEEDED";
import { FragmentRefs } from "relay-runtime";
export type summary_refund$data = {
  readonly account: {
    readonly displayName: string;
  };
  readonly amount: {
    readonly amount: string;
    readonly currency: string;
  };
  readonly attention: {
    readonly advice: string;
    readonly reason: RefundAttentionReason;
  } | null | undefined;
  readonly failure: {
    readonly code: string | null | undefined;
    readonly message: string;
    readonly retryable: boolean;
  } | null | undefined;
  readonly merchantRefundId: string;
  readonly pendingReason: PendingReason | null | undefined;
  readonly status: RefundStatus;
  readonly " $fragmentType": "summary_refund";
};
export type summary_refund$key = {
  readonly " $data"?: summary_refund$data;
  readonly " $fragmentSpreads": FragmentRefs<"summary_refund">;
};

const node: ReaderFragment = {
  "argumentDefinitions": [],
  "kind": "Fragment",
  "metadata": null,
  "name": "summary_refund",
  "selections": [
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
    },
    {
      "alias": null,
      "args": null,
      "kind": "ScalarField",
      "name": "pendingReason",
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
      "concreteType": "RefundFailure",
      "kind": "LinkedField",
      "name": "failure",
      "plural": false,
      "selections": [
        {
          "alias": null,
          "args": null,
          "kind": "ScalarField",
          "name": "code",
          "storageKey": null
        },
        {
          "alias": null,
          "args": null,
          "kind": "ScalarField",
          "name": "message",
          "storageKey": null
        },
        {
          "alias": null,
          "args": null,
          "kind": "ScalarField",
          "name": "retryable",
          "storageKey": null
        }
      ],
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
        },
        {
          "alias": null,
          "args": null,
          "kind": "ScalarField",
          "name": "advice",
          "storageKey": null
        }
      ],
      "storageKey": null
    }
  ],
  "type": "Refund",
  "abstractKey": null
};

(node as any).hash = "159da14c544583614395e087eecf6bdc";

export default node;
