/**
 * @generated SignedSource<<25164e5a065df3cb2ee4ca550aed1069>>
 * @lightSyntaxTransform
 */

/* tslint:disable */
/* eslint-disable */
// @ts-nocheck

import { ConcreteRequest } from 'relay-runtime';
import { FragmentRefs } from "relay-runtime";
export type Provider = "BLUEPAY" | "SHOUTU" | "TIPAY";
export type RefundAttentionReason = "ACTION_NEEDED" | "CONFLICT" | "DENIED" | "STUCK" | "UNDECIDED" | "UNREADABLE";
export type RefundEventType = "ATTENTION_CHANGED" | "CONFLICT_DETECTED" | "DETAILS_CHANGED" | "DISCOVERED" | "REQUESTED" | "STATUS_CHANGED";
export type RefundStatus = "CANCELED" | "FAILED" | "PENDING" | "PROCESSING" | "SUCCEEDED";
export type RefundFilter = {
  accounts?: ReadonlyArray<string> | null | undefined;
  amount?: DecimalRange | null | undefined;
  attention?: ReadonlyArray<RefundAttentionReason> | null | undefined;
  completedAt?: DateTimeRange | null | undefined;
  createdAt?: DateTimeRange | null | undefined;
  currencies?: ReadonlyArray<string> | null | undefined;
  merchantPaymentId?: string | null | undefined;
  merchantRefundId?: string | null | undefined;
  needsAttention?: boolean | null | undefined;
  payments?: ReadonlyArray<string> | null | undefined;
  providerPaymentId?: string | null | undefined;
  providerRefundId?: string | null | undefined;
  providers?: ReadonlyArray<Provider> | null | undefined;
  search?: string | null | undefined;
  statuses?: ReadonlyArray<RefundStatus> | null | undefined;
  updatedAt?: DateTimeRange | null | undefined;
};
export type DecimalRange = {
  gte?: string | null | undefined;
  lt?: string | null | undefined;
};
export type DateTimeRange = {
  gte?: string | null | undefined;
  lt?: string | null | undefined;
};
export type liveSubscription$variables = {
  after?: string | null | undefined;
  filter: RefundFilter;
};
export type liveSubscription$data = {
  readonly refundEvents: {
    readonly cursor: string;
    readonly matches: boolean;
    readonly refund: {
      readonly attention: {
        readonly reason: RefundAttentionReason;
      } | null | undefined;
      readonly createdAt: string;
      readonly id: string;
      readonly status: RefundStatus;
      readonly " $fragmentSpreads": FragmentRefs<"actions_refund" | "refundRow_refund" | "summary_refund">;
    };
    readonly type: RefundEventType;
  };
};
export type liveSubscription = {
  response: liveSubscription$data;
  variables: liveSubscription$variables;
};

const node: ConcreteRequest = (function(){
var v0 = [
  {
    "defaultValue": null,
    "kind": "LocalArgument",
    "name": "after"
  },
  {
    "defaultValue": null,
    "kind": "LocalArgument",
    "name": "filter"
  }
],
v1 = [
  {
    "kind": "Variable",
    "name": "after",
    "variableName": "after"
  }
],
v2 = {
  "alias": null,
  "args": null,
  "kind": "ScalarField",
  "name": "cursor",
  "storageKey": null
},
v3 = {
  "alias": null,
  "args": null,
  "kind": "ScalarField",
  "name": "type",
  "storageKey": null
},
v4 = {
  "alias": null,
  "args": [
    {
      "kind": "Variable",
      "name": "filter",
      "variableName": "filter"
    }
  ],
  "kind": "ScalarField",
  "name": "matches",
  "storageKey": null
},
v5 = {
  "alias": null,
  "args": null,
  "kind": "ScalarField",
  "name": "id",
  "storageKey": null
},
v6 = {
  "alias": null,
  "args": null,
  "kind": "ScalarField",
  "name": "status",
  "storageKey": null
},
v7 = {
  "alias": null,
  "args": null,
  "kind": "ScalarField",
  "name": "createdAt",
  "storageKey": null
},
v8 = {
  "alias": null,
  "args": null,
  "kind": "ScalarField",
  "name": "reason",
  "storageKey": null
};
return {
  "fragment": {
    "argumentDefinitions": (v0/*:: as any*/),
    "kind": "Fragment",
    "metadata": null,
    "name": "liveSubscription",
    "selections": [
      {
        "alias": null,
        "args": (v1/*:: as any*/),
        "concreteType": "RefundEvent",
        "kind": "LinkedField",
        "name": "refundEvents",
        "plural": false,
        "selections": [
          (v2/*:: as any*/),
          (v3/*:: as any*/),
          (v4/*:: as any*/),
          {
            "alias": null,
            "args": null,
            "concreteType": "Refund",
            "kind": "LinkedField",
            "name": "refund",
            "plural": false,
            "selections": [
              (v5/*:: as any*/),
              (v6/*:: as any*/),
              (v7/*:: as any*/),
              {
                "alias": null,
                "args": null,
                "concreteType": "RefundAttention",
                "kind": "LinkedField",
                "name": "attention",
                "plural": false,
                "selections": [
                  (v8/*:: as any*/)
                ],
                "storageKey": null
              },
              {
                "args": null,
                "kind": "FragmentSpread",
                "name": "refundRow_refund"
              },
              {
                "args": null,
                "kind": "FragmentSpread",
                "name": "summary_refund"
              },
              {
                "args": null,
                "kind": "FragmentSpread",
                "name": "actions_refund"
              }
            ],
            "storageKey": null
          }
        ],
        "storageKey": null
      }
    ],
    "type": "Subscription",
    "abstractKey": null
  },
  "kind": "Request",
  "operation": {
    "argumentDefinitions": (v0/*:: as any*/),
    "kind": "Operation",
    "name": "liveSubscription",
    "selections": [
      {
        "alias": null,
        "args": (v1/*:: as any*/),
        "concreteType": "RefundEvent",
        "kind": "LinkedField",
        "name": "refundEvents",
        "plural": false,
        "selections": [
          (v2/*:: as any*/),
          (v3/*:: as any*/),
          (v4/*:: as any*/),
          {
            "alias": null,
            "args": null,
            "concreteType": "Refund",
            "kind": "LinkedField",
            "name": "refund",
            "plural": false,
            "selections": [
              (v5/*:: as any*/),
              (v6/*:: as any*/),
              (v7/*:: as any*/),
              {
                "alias": null,
                "args": null,
                "concreteType": "RefundAttention",
                "kind": "LinkedField",
                "name": "attention",
                "plural": false,
                "selections": [
                  (v8/*:: as any*/),
                  {
                    "alias": null,
                    "args": null,
                    "kind": "ScalarField",
                    "name": "advice",
                    "storageKey": null
                  }
                ],
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
                  },
                  (v5/*:: as any*/)
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
                  },
                  (v5/*:: as any*/)
                ],
                "storageKey": null
              },
              (v8/*:: as any*/),
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
              }
            ],
            "storageKey": null
          },
          (v5/*:: as any*/)
        ],
        "storageKey": null
      }
    ]
  },
  "params": {
    "cacheID": "20f10dd1cd9daaf65c500d2d2a53aee0",
    "id": null,
    "metadata": {},
    "name": "liveSubscription",
    "operationKind": "subscription",
    "text": "subscription liveSubscription(\n  $after: EventCursor\n  $filter: RefundFilter!\n) {\n  refundEvents(after: $after) {\n    cursor\n    type\n    matches(filter: $filter)\n    refund {\n      id\n      status\n      createdAt\n      attention {\n        reason\n      }\n      ...refundRow_refund\n      ...summary_refund\n      ...actions_refund\n    }\n    id\n  }\n}\n\nfragment actions_refund on Refund {\n  id\n  status\n  attention {\n    reason\n  }\n  failure {\n    retryable\n  }\n}\n\nfragment refundRow_refund on Refund {\n  id\n  version\n  status\n  amount {\n    amount\n    currency\n  }\n  account {\n    displayName\n    id\n  }\n  merchantRefundId\n  providerRefundId\n  payment {\n    merchantPaymentId\n    providerPaymentId\n    id\n  }\n  reason\n  createdAt\n  attention {\n    reason\n  }\n}\n\nfragment summary_refund on Refund {\n  merchantRefundId\n  status\n  pendingReason\n  amount {\n    amount\n    currency\n  }\n  account {\n    displayName\n    id\n  }\n  failure {\n    code\n    message\n    retryable\n  }\n  attention {\n    reason\n    advice\n  }\n}\n"
  }
};
})();

(node as any).hash = "3b6b7995158f2d3d5e25ade9bb455bc5";

export default node;
