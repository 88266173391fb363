/**
 * @generated SignedSource<<00e8559ed1bb229e42d2c6203de97795>>
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
export type foundQuery$variables = {
  filter: RefundFilter;
  first: number;
};
export type foundQuery$data = {
  readonly refunds: {
    readonly nodes: ReadonlyArray<{
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
      readonly failure: {
        readonly message: string;
      } | null | undefined;
      readonly id: string;
      readonly merchantRefundId: string;
      readonly payment: {
        readonly id: string;
        readonly merchantPaymentId: string | null | undefined;
        readonly providerPaymentId: string | null | undefined;
        readonly refundedAmount: {
          readonly amount: string;
          readonly currency: string;
        };
      };
      readonly reason: string | null | undefined;
      readonly status: RefundStatus;
    }>;
    readonly pageInfo: {
      readonly hasNextPage: boolean;
    };
  } | null | undefined;
};
export type foundQuery = {
  response: foundQuery$data;
  variables: foundQuery$variables;
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
    "name": "first"
  }
],
v1 = [
  {
    "kind": "Variable",
    "name": "filter",
    "variableName": "filter"
  },
  {
    "kind": "Variable",
    "name": "first",
    "variableName": "first"
  },
  {
    "kind": "Literal",
    "name": "read",
    "value": "LEDGER"
  }
],
v2 = {
  "alias": null,
  "args": null,
  "kind": "ScalarField",
  "name": "id",
  "storageKey": null
},
v3 = {
  "alias": null,
  "args": null,
  "kind": "ScalarField",
  "name": "merchantRefundId",
  "storageKey": null
},
v4 = {
  "alias": null,
  "args": null,
  "kind": "ScalarField",
  "name": "status",
  "storageKey": null
},
v5 = {
  "alias": null,
  "args": null,
  "kind": "ScalarField",
  "name": "reason",
  "storageKey": null
},
v6 = {
  "alias": null,
  "args": null,
  "kind": "ScalarField",
  "name": "createdAt",
  "storageKey": null
},
v7 = {
  "alias": null,
  "args": null,
  "kind": "ScalarField",
  "name": "displayName",
  "storageKey": null
},
v8 = [
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
v9 = {
  "alias": null,
  "args": null,
  "concreteType": "Money",
  "kind": "LinkedField",
  "name": "amount",
  "plural": false,
  "selections": (v8/*:: as any*/),
  "storageKey": null
},
v10 = {
  "alias": null,
  "args": null,
  "concreteType": "RefundAttention",
  "kind": "LinkedField",
  "name": "attention",
  "plural": false,
  "selections": [
    (v5/*:: as any*/)
  ],
  "storageKey": null
},
v11 = {
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
      "name": "message",
      "storageKey": null
    }
  ],
  "storageKey": null
},
v12 = {
  "alias": null,
  "args": null,
  "concreteType": "Payment",
  "kind": "LinkedField",
  "name": "payment",
  "plural": false,
  "selections": [
    (v2/*:: as any*/),
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
    {
      "alias": null,
      "args": null,
      "concreteType": "Money",
      "kind": "LinkedField",
      "name": "refundedAmount",
      "plural": false,
      "selections": (v8/*:: as any*/),
      "storageKey": null
    }
  ],
  "storageKey": null
},
v13 = {
  "alias": null,
  "args": null,
  "concreteType": "PageInfo",
  "kind": "LinkedField",
  "name": "pageInfo",
  "plural": false,
  "selections": [
    {
      "alias": null,
      "args": null,
      "kind": "ScalarField",
      "name": "hasNextPage",
      "storageKey": null
    }
  ],
  "storageKey": null
};
return {
  "fragment": {
    "argumentDefinitions": (v0/*:: as any*/),
    "kind": "Fragment",
    "metadata": null,
    "name": "foundQuery",
    "selections": [
      {
        "alias": null,
        "args": (v1/*:: as any*/),
        "concreteType": "RefundConnection",
        "kind": "LinkedField",
        "name": "refunds",
        "plural": false,
        "selections": [
          {
            "alias": null,
            "args": null,
            "concreteType": "Refund",
            "kind": "LinkedField",
            "name": "nodes",
            "plural": true,
            "selections": [
              (v2/*:: as any*/),
              (v3/*:: as any*/),
              (v4/*:: as any*/),
              (v5/*:: as any*/),
              (v6/*:: as any*/),
              {
                "alias": null,
                "args": null,
                "concreteType": "MerchantAccount",
                "kind": "LinkedField",
                "name": "account",
                "plural": false,
                "selections": [
                  (v7/*:: as any*/)
                ],
                "storageKey": null
              },
              (v9/*:: as any*/),
              (v10/*:: as any*/),
              (v11/*:: as any*/),
              (v12/*:: as any*/)
            ],
            "storageKey": null
          },
          (v13/*:: as any*/)
        ],
        "storageKey": null
      }
    ],
    "type": "Query",
    "abstractKey": null
  },
  "kind": "Request",
  "operation": {
    "argumentDefinitions": (v0/*:: as any*/),
    "kind": "Operation",
    "name": "foundQuery",
    "selections": [
      {
        "alias": null,
        "args": (v1/*:: as any*/),
        "concreteType": "RefundConnection",
        "kind": "LinkedField",
        "name": "refunds",
        "plural": false,
        "selections": [
          {
            "alias": null,
            "args": null,
            "concreteType": "Refund",
            "kind": "LinkedField",
            "name": "nodes",
            "plural": true,
            "selections": [
              (v2/*:: as any*/),
              (v3/*:: as any*/),
              (v4/*:: as any*/),
              (v5/*:: as any*/),
              (v6/*:: as any*/),
              {
                "alias": null,
                "args": null,
                "concreteType": "MerchantAccount",
                "kind": "LinkedField",
                "name": "account",
                "plural": false,
                "selections": [
                  (v7/*:: as any*/),
                  (v2/*:: as any*/)
                ],
                "storageKey": null
              },
              (v9/*:: as any*/),
              (v10/*:: as any*/),
              (v11/*:: as any*/),
              (v12/*:: as any*/)
            ],
            "storageKey": null
          },
          (v13/*:: as any*/)
        ],
        "storageKey": null
      }
    ]
  },
  "params": {
    "cacheID": "043efbac7f8b2c52b014569f1e5011c9",
    "id": null,
    "metadata": {},
    "name": "foundQuery",
    "operationKind": "query",
    "text": "query foundQuery(\n  $filter: RefundFilter!\n  $first: Int!\n) {\n  refunds(filter: $filter, first: $first, read: LEDGER) {\n    nodes {\n      id\n      merchantRefundId\n      status\n      reason\n      createdAt\n      account {\n        displayName\n        id\n      }\n      amount {\n        amount\n        currency\n      }\n      attention {\n        reason\n      }\n      failure {\n        message\n      }\n      payment {\n        id\n        merchantPaymentId\n        providerPaymentId\n        refundedAmount {\n          amount\n          currency\n        }\n      }\n    }\n    pageInfo {\n      hasNextPage\n    }\n  }\n}\n"
  }
};
})();

(node as any).hash = "d3a20d6bd2bafa5fa02524c252991cdd";

export default node;
