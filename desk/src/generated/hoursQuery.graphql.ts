/**
 * @generated SignedSource<<0a35d7fa345d7bdccbd459de686ee99b>>
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
export type hoursQuery$variables = {
  h0: RefundFilter;
  h1: RefundFilter;
  h10: RefundFilter;
  h11: RefundFilter;
  h2: RefundFilter;
  h3: RefundFilter;
  h4: RefundFilter;
  h5: RefundFilter;
  h6: RefundFilter;
  h7: RefundFilter;
  h8: RefundFilter;
  h9: RefundFilter;
};
export type hoursQuery$data = {
  readonly h0: ReadonlyArray<{
    readonly amount: {
      readonly amount: string;
      readonly currency: string;
    };
    readonly count: number;
    readonly status: RefundStatus | null | undefined;
  }> | null | undefined;
  readonly h1: ReadonlyArray<{
    readonly amount: {
      readonly amount: string;
      readonly currency: string;
    };
    readonly count: number;
    readonly status: RefundStatus | null | undefined;
  }> | null | undefined;
  readonly h10: ReadonlyArray<{
    readonly amount: {
      readonly amount: string;
      readonly currency: string;
    };
    readonly count: number;
    readonly status: RefundStatus | null | undefined;
  }> | null | undefined;
  readonly h11: ReadonlyArray<{
    readonly amount: {
      readonly amount: string;
      readonly currency: string;
    };
    readonly count: number;
    readonly status: RefundStatus | null | undefined;
  }> | null | undefined;
  readonly h2: ReadonlyArray<{
    readonly amount: {
      readonly amount: string;
      readonly currency: string;
    };
    readonly count: number;
    readonly status: RefundStatus | null | undefined;
  }> | null | undefined;
  readonly h3: ReadonlyArray<{
    readonly amount: {
      readonly amount: string;
      readonly currency: string;
    };
    readonly count: number;
    readonly status: RefundStatus | null | undefined;
  }> | null | undefined;
  readonly h4: ReadonlyArray<{
    readonly amount: {
      readonly amount: string;
      readonly currency: string;
    };
    readonly count: number;
    readonly status: RefundStatus | null | undefined;
  }> | null | undefined;
  readonly h5: ReadonlyArray<{
    readonly amount: {
      readonly amount: string;
      readonly currency: string;
    };
    readonly count: number;
    readonly status: RefundStatus | null | undefined;
  }> | null | undefined;
  readonly h6: ReadonlyArray<{
    readonly amount: {
      readonly amount: string;
      readonly currency: string;
    };
    readonly count: number;
    readonly status: RefundStatus | null | undefined;
  }> | null | undefined;
  readonly h7: ReadonlyArray<{
    readonly amount: {
      readonly amount: string;
      readonly currency: string;
    };
    readonly count: number;
    readonly status: RefundStatus | null | undefined;
  }> | null | undefined;
  readonly h8: ReadonlyArray<{
    readonly amount: {
      readonly amount: string;
      readonly currency: string;
    };
    readonly count: number;
    readonly status: RefundStatus | null | undefined;
  }> | null | undefined;
  readonly h9: ReadonlyArray<{
    readonly amount: {
      readonly amount: string;
      readonly currency: string;
    };
    readonly count: number;
    readonly status: RefundStatus | null | undefined;
  }> | null | undefined;
};
export type hoursQuery = {
  response: hoursQuery$data;
  variables: hoursQuery$variables;
};

const node: ConcreteRequest = (function(){
var v0 = {
  "defaultValue": null,
  "kind": "LocalArgument",
  "name": "h0"
},
v1 = {
  "defaultValue": null,
  "kind": "LocalArgument",
  "name": "h1"
},
v2 = {
  "defaultValue": null,
  "kind": "LocalArgument",
  "name": "h10"
},
v3 = {
  "defaultValue": null,
  "kind": "LocalArgument",
  "name": "h11"
},
v4 = {
  "defaultValue": null,
  "kind": "LocalArgument",
  "name": "h2"
},
v5 = {
  "defaultValue": null,
  "kind": "LocalArgument",
  "name": "h3"
},
v6 = {
  "defaultValue": null,
  "kind": "LocalArgument",
  "name": "h4"
},
v7 = {
  "defaultValue": null,
  "kind": "LocalArgument",
  "name": "h5"
},
v8 = {
  "defaultValue": null,
  "kind": "LocalArgument",
  "name": "h6"
},
v9 = {
  "defaultValue": null,
  "kind": "LocalArgument",
  "name": "h7"
},
v10 = {
  "defaultValue": null,
  "kind": "LocalArgument",
  "name": "h8"
},
v11 = {
  "defaultValue": null,
  "kind": "LocalArgument",
  "name": "h9"
},
v12 = {
  "kind": "Literal",
  "name": "groupBy",
  "value": [
    "STATUS"
  ]
},
v13 = [
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
v14 = [
  {
    "alias": "h0",
    "args": [
      {
        "kind": "Variable",
        "name": "filter",
        "variableName": "h0"
      },
      (v12/*:: as any*/)
    ],
    "concreteType": "RefundSummaryRow",
    "kind": "LinkedField",
    "name": "refundSummary",
    "plural": true,
    "selections": (v13/*:: as any*/),
    "storageKey": null
  },
  {
    "alias": "h1",
    "args": [
      {
        "kind": "Variable",
        "name": "filter",
        "variableName": "h1"
      },
      (v12/*:: as any*/)
    ],
    "concreteType": "RefundSummaryRow",
    "kind": "LinkedField",
    "name": "refundSummary",
    "plural": true,
    "selections": (v13/*:: as any*/),
    "storageKey": null
  },
  {
    "alias": "h2",
    "args": [
      {
        "kind": "Variable",
        "name": "filter",
        "variableName": "h2"
      },
      (v12/*:: as any*/)
    ],
    "concreteType": "RefundSummaryRow",
    "kind": "LinkedField",
    "name": "refundSummary",
    "plural": true,
    "selections": (v13/*:: as any*/),
    "storageKey": null
  },
  {
    "alias": "h3",
    "args": [
      {
        "kind": "Variable",
        "name": "filter",
        "variableName": "h3"
      },
      (v12/*:: as any*/)
    ],
    "concreteType": "RefundSummaryRow",
    "kind": "LinkedField",
    "name": "refundSummary",
    "plural": true,
    "selections": (v13/*:: as any*/),
    "storageKey": null
  },
  {
    "alias": "h4",
    "args": [
      {
        "kind": "Variable",
        "name": "filter",
        "variableName": "h4"
      },
      (v12/*:: as any*/)
    ],
    "concreteType": "RefundSummaryRow",
    "kind": "LinkedField",
    "name": "refundSummary",
    "plural": true,
    "selections": (v13/*:: as any*/),
    "storageKey": null
  },
  {
    "alias": "h5",
    "args": [
      {
        "kind": "Variable",
        "name": "filter",
        "variableName": "h5"
      },
      (v12/*:: as any*/)
    ],
    "concreteType": "RefundSummaryRow",
    "kind": "LinkedField",
    "name": "refundSummary",
    "plural": true,
    "selections": (v13/*:: as any*/),
    "storageKey": null
  },
  {
    "alias": "h6",
    "args": [
      {
        "kind": "Variable",
        "name": "filter",
        "variableName": "h6"
      },
      (v12/*:: as any*/)
    ],
    "concreteType": "RefundSummaryRow",
    "kind": "LinkedField",
    "name": "refundSummary",
    "plural": true,
    "selections": (v13/*:: as any*/),
    "storageKey": null
  },
  {
    "alias": "h7",
    "args": [
      {
        "kind": "Variable",
        "name": "filter",
        "variableName": "h7"
      },
      (v12/*:: as any*/)
    ],
    "concreteType": "RefundSummaryRow",
    "kind": "LinkedField",
    "name": "refundSummary",
    "plural": true,
    "selections": (v13/*:: as any*/),
    "storageKey": null
  },
  {
    "alias": "h8",
    "args": [
      {
        "kind": "Variable",
        "name": "filter",
        "variableName": "h8"
      },
      (v12/*:: as any*/)
    ],
    "concreteType": "RefundSummaryRow",
    "kind": "LinkedField",
    "name": "refundSummary",
    "plural": true,
    "selections": (v13/*:: as any*/),
    "storageKey": null
  },
  {
    "alias": "h9",
    "args": [
      {
        "kind": "Variable",
        "name": "filter",
        "variableName": "h9"
      },
      (v12/*:: as any*/)
    ],
    "concreteType": "RefundSummaryRow",
    "kind": "LinkedField",
    "name": "refundSummary",
    "plural": true,
    "selections": (v13/*:: as any*/),
    "storageKey": null
  },
  {
    "alias": "h10",
    "args": [
      {
        "kind": "Variable",
        "name": "filter",
        "variableName": "h10"
      },
      (v12/*:: as any*/)
    ],
    "concreteType": "RefundSummaryRow",
    "kind": "LinkedField",
    "name": "refundSummary",
    "plural": true,
    "selections": (v13/*:: as any*/),
    "storageKey": null
  },
  {
    "alias": "h11",
    "args": [
      {
        "kind": "Variable",
        "name": "filter",
        "variableName": "h11"
      },
      (v12/*:: as any*/)
    ],
    "concreteType": "RefundSummaryRow",
    "kind": "LinkedField",
    "name": "refundSummary",
    "plural": true,
    "selections": (v13/*:: as any*/),
    "storageKey": null
  }
];
return {
  "fragment": {
    "argumentDefinitions": [
      (v0/*:: as any*/),
      (v1/*:: as any*/),
      (v2/*:: as any*/),
      (v3/*:: as any*/),
      (v4/*:: as any*/),
      (v5/*:: as any*/),
      (v6/*:: as any*/),
      (v7/*:: as any*/),
      (v8/*:: as any*/),
      (v9/*:: as any*/),
      (v10/*:: as any*/),
      (v11/*:: as any*/)
    ],
    "kind": "Fragment",
    "metadata": null,
    "name": "hoursQuery",
    "selections": (v14/*:: as any*/),
    "type": "Query",
    "abstractKey": null
  },
  "kind": "Request",
  "operation": {
    "argumentDefinitions": [
      (v0/*:: as any*/),
      (v1/*:: as any*/),
      (v4/*:: as any*/),
      (v5/*:: as any*/),
      (v6/*:: as any*/),
      (v7/*:: as any*/),
      (v8/*:: as any*/),
      (v9/*:: as any*/),
      (v10/*:: as any*/),
      (v11/*:: as any*/),
      (v2/*:: as any*/),
      (v3/*:: as any*/)
    ],
    "kind": "Operation",
    "name": "hoursQuery",
    "selections": (v14/*:: as any*/)
  },
  "params": {
    "cacheID": "61d6c62798d92988763f3823cdcdcb0f",
    "id": null,
    "metadata": {},
    "name": "hoursQuery",
    "operationKind": "query",
    "text": "query hoursQuery(\n  $h0: RefundFilter!\n  $h1: RefundFilter!\n  $h2: RefundFilter!\n  $h3: RefundFilter!\n  $h4: RefundFilter!\n  $h5: RefundFilter!\n  $h6: RefundFilter!\n  $h7: RefundFilter!\n  $h8: RefundFilter!\n  $h9: RefundFilter!\n  $h10: RefundFilter!\n  $h11: RefundFilter!\n) {\n  h0: refundSummary(filter: $h0, groupBy: [STATUS]) {\n    status\n    count\n    amount {\n      amount\n      currency\n    }\n  }\n  h1: refundSummary(filter: $h1, groupBy: [STATUS]) {\n    status\n    count\n    amount {\n      amount\n      currency\n    }\n  }\n  h2: refundSummary(filter: $h2, groupBy: [STATUS]) {\n    status\n    count\n    amount {\n      amount\n      currency\n    }\n  }\n  h3: refundSummary(filter: $h3, groupBy: [STATUS]) {\n    status\n    count\n    amount {\n      amount\n      currency\n    }\n  }\n  h4: refundSummary(filter: $h4, groupBy: [STATUS]) {\n    status\n    count\n    amount {\n      amount\n      currency\n    }\n  }\n  h5: refundSummary(filter: $h5, groupBy: [STATUS]) {\n    status\n    count\n    amount {\n      amount\n      currency\n    }\n  }\n  h6: refundSummary(filter: $h6, groupBy: [STATUS]) {\n    status\n    count\n    amount {\n      amount\n      currency\n    }\n  }\n  h7: refundSummary(filter: $h7, groupBy: [STATUS]) {\n    status\n    count\n    amount {\n      amount\n      currency\n    }\n  }\n  h8: refundSummary(filter: $h8, groupBy: [STATUS]) {\n    status\n    count\n    amount {\n      amount\n      currency\n    }\n  }\n  h9: refundSummary(filter: $h9, groupBy: [STATUS]) {\n    status\n    count\n    amount {\n      amount\n      currency\n    }\n  }\n  h10: refundSummary(filter: $h10, groupBy: [STATUS]) {\n    status\n    count\n    amount {\n      amount\n      currency\n    }\n  }\n  h11: refundSummary(filter: $h11, groupBy: [STATUS]) {\n    status\n    count\n    amount {\n      amount\n      currency\n    }\n  }\n}\n"
  }
};
})();

(node as any).hash = "ddfd7de2be4741e76c04bcebda7b1541";

export default node;
