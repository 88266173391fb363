/**
 * @generated SignedSource<<603e2137fefbf048e7124f9b52bd5d54>>
 * @lightSyntaxTransform
 */

/* tslint:disable */
/* eslint-disable */
// @ts-nocheck

import { ConcreteRequest } from 'relay-runtime';
export type Provider = "BLUEPAY" | "SHOUTU" | "TIPAY";
export type RefundAttentionReason = "ACTION_NEEDED" | "CONFLICT" | "DENIED" | "STUCK" | "UNDECIDED" | "UNREADABLE";
export type RefundStatus = "CANCELED" | "FAILED" | "PENDING" | "PROCESSING" | "SUCCEEDED";
export type RefundSummaryKey = "ACCOUNT" | "ATTENTION" | "COMPLETED_DAY" | "CURRENCY" | "DAY" | "PROVIDER" | "STATUS";
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
export type daysQuery$variables = {
  filter: RefundFilter;
  groupBy: ReadonlyArray<RefundSummaryKey>;
};
export type daysQuery$data = {
  readonly refundSummary: ReadonlyArray<{
    readonly amount: {
      readonly amount: string;
      readonly currency: string;
    };
    readonly count: number;
    readonly day: string | null | undefined;
    readonly status: RefundStatus | null | undefined;
  }> | null | undefined;
};
export type daysQuery = {
  response: daysQuery$data;
  variables: daysQuery$variables;
};

const node: ConcreteRequest = (function(){
var v0 = [
  {
    "defaultValue": null,
    "kind": "LocalArgument",
    "name": "filter"
  },
  {
    "defaultValue": null,
    "kind": "LocalArgument",
    "name": "groupBy"
  }
],
v1 = [
  {
    "alias": null,
    "args": [
      {
        "kind": "Variable",
        "name": "filter",
        "variableName": "filter"
      },
      {
        "kind": "Variable",
        "name": "groupBy",
        "variableName": "groupBy"
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
        "name": "day",
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
        "name": "count",
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
      }
    ],
    "storageKey": null
  }
];
return {
  "fragment": {
    "argumentDefinitions": (v0/*:: as any*/),
    "kind": "Fragment",
    "metadata": null,
    "name": "daysQuery",
    "selections": (v1/*:: as any*/),
    "type": "Query",
    "abstractKey": null
  },
  "kind": "Request",
  "operation": {
    "argumentDefinitions": (v0/*:: as any*/),
    "kind": "Operation",
    "name": "daysQuery",
    "selections": (v1/*:: as any*/)
  },
  "params": {
    "cacheID": "89329fe88d5b94bf60b44e9ceaf7f5e5",
    "id": null,
    "metadata": {},
    "name": "daysQuery",
    "operationKind": "query",
    "text": "query daysQuery(\n  $filter: RefundFilter!\n  $groupBy: [RefundSummaryKey!]!\n) {\n  refundSummary(filter: $filter, groupBy: $groupBy) {\n    day\n    status\n    count\n    amount {\n      amount\n      currency\n    }\n  }\n}\n"
  }
};
})();

(node as any).hash = "b5c0f9f0ca05d92e5373fdfe48003ba9";

export default node;
