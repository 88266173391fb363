/**
 * @generated SignedSource<<69b21186cd924e68b072a8d5862038d7>>
 * @lightSyntaxTransform
 */

/* tslint:disable */
/* eslint-disable */
// @ts-nocheck

import { ConcreteRequest } from 'relay-runtime';
export type Provider = "BLUEPAY" | "SHOUTU" | "TIPAY";
export type RefundAttentionReason = "ACTION_NEEDED" | "CONFLICT" | "DENIED" | "STUCK" | "UNDECIDED" | "UNREADABLE";
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
export type statusTabsQuery$variables = {
  attention: RefundFilter;
  base: RefundFilter;
  whole: RefundFilter;
};
export type statusTabsQuery$data = {
  readonly attention: ReadonlyArray<{
    readonly count: number;
  }> | null | undefined;
  readonly byStatus: ReadonlyArray<{
    readonly count: number;
    readonly status: RefundStatus | null | undefined;
  }> | null | undefined;
  readonly totals: ReadonlyArray<{
    readonly amount: {
      readonly amount: string;
      readonly currency: string;
    };
    readonly count: number;
  }> | null | undefined;
};
export type statusTabsQuery = {
  response: statusTabsQuery$data;
  variables: statusTabsQuery$variables;
};

const node: ConcreteRequest = (function(){
var v0 = {
  "defaultValue": null,
  "kind": "LocalArgument",
  "name": "attention"
},
v1 = {
  "defaultValue": null,
  "kind": "LocalArgument",
  "name": "base"
},
v2 = {
  "defaultValue": null,
  "kind": "LocalArgument",
  "name": "whole"
},
v3 = {
  "alias": null,
  "args": null,
  "kind": "ScalarField",
  "name": "count",
  "storageKey": null
},
v4 = [
  {
    "alias": "byStatus",
    "args": [
      {
        "kind": "Variable",
        "name": "filter",
        "variableName": "base"
      },
      {
        "kind": "Literal",
        "name": "groupBy",
        "value": [
          "STATUS"
        ]
      }
    ],
    "concreteType": "RefundSummaryRow",
    "kind": "LinkedField",
    "name": "refundSummary",
    "plural": true,
    "selections": [
      {
        "alias": null,
        "args": null,
        "kind": "ScalarField",
        "name": "status",
        "storageKey": null
      },
      (v3/*:: as any*/)
    ],
    "storageKey": null
  },
  {
    "alias": "attention",
    "args": [
      {
        "kind": "Variable",
        "name": "filter",
        "variableName": "attention"
      }
    ],
    "concreteType": "RefundSummaryRow",
    "kind": "LinkedField",
    "name": "refundSummary",
    "plural": true,
    "selections": [
      (v3/*:: as any*/)
    ],
    "storageKey": null
  },
  {
    "alias": "totals",
    "args": [
      {
        "kind": "Variable",
        "name": "filter",
        "variableName": "whole"
      }
    ],
    "concreteType": "RefundSummaryRow",
    "kind": "LinkedField",
    "name": "refundSummary",
    "plural": true,
    "selections": [
      (v3/*:: as any*/),
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
      }
    ],
    "storageKey": null
  }
];
return {
  "fragment": {
    "argumentDefinitions": [
      (v0/*:: as any*/),
      (v1/*:: as any*/),
      (v2/*:: as any*/)
    ],
    "kind": "Fragment",
    "metadata": null,
    "name": "statusTabsQuery",
    "selections": (v4/*:: as any*/),
    "type": "Query",
    "abstractKey": null
  },
  "kind": "Request",
  "operation": {
    "argumentDefinitions": [
      (v1/*:: as any*/),
      (v0/*:: as any*/),
      (v2/*:: as any*/)
    ],
    "kind": "Operation",
    "name": "statusTabsQuery",
    "selections": (v4/*:: as any*/)
  },
  "params": {
    "cacheID": "5786be6a0630d9066d09b9150daf8c2a",
    "id": null,
    "metadata": {},
    "name": "statusTabsQuery",
    "operationKind": "query",
    "text": "query statusTabsQuery(\n  $base: RefundFilter!\n  $attention: RefundFilter!\n  $whole: RefundFilter!\n) {\n  byStatus: refundSummary(filter: $base, groupBy: [STATUS]) {\n    status\n    count\n  }\n  attention: refundSummary(filter: $attention) {\n    count\n  }\n  totals: refundSummary(filter: $whole) {\n    count\n    amount {\n      amount\n      currency\n    }\n  }\n}\n"
  }
};
})();

(node as any).hash = "396ec01c44d9f975a45183c679a173f1";

export default node;
