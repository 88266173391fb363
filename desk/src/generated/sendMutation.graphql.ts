/**
 * @generated SignedSource<<43ae4bf7e238e33069f40902e933e15b>>
 * @lightSyntaxTransform
 */

/* tslint:disable */
/* eslint-disable */
// @ts-nocheck

import { ConcreteRequest } from 'relay-runtime';
export type ShoutuRefundMode = "ENTIRE_REFUND" | "ITEMIZED_REFUND";
export type CreateRefundInput = {
  account: string;
  amount: MoneyInput;
  idempotencyKey: string;
  merchantPaymentId?: string | null | undefined;
  merchantRefundId?: string | null | undefined;
  paymentAmount?: MoneyInput | null | undefined;
  providerPaymentId?: string | null | undefined;
  reason?: string | null | undefined;
  shoutu?: ShoutuRefundInput | null | undefined;
};
export type MoneyInput = {
  amount: string;
  currency: string;
};
export type ShoutuRefundInput = {
  businessId?: string | null | undefined;
  channelExtra?: unknown | null | undefined;
  extension?: unknown | null | undefined;
  refundMode?: ShoutuRefundMode;
};
export type sendMutation$variables = {
  input: CreateRefundInput;
};
export type sendMutation$data = {
  readonly createRefund: {
    readonly __typename: "AmountExceedsPaymentError";
    readonly refundable: {
      readonly amount: string;
      readonly currency: string;
    };
  } | {
    readonly __typename: "CreateRefundSuccess";
    readonly refund: {
      readonly id: string;
    };
    readonly replayed: boolean;
  } | {
    readonly __typename: "ForbiddenError";
    readonly message: string;
  } | {
    readonly __typename: "IdempotencyConflictError";
    readonly existing: {
      readonly id: string;
    } | null | undefined;
  } | {
    readonly __typename: "InvalidInputError";
    readonly issues: ReadonlyArray<{
      readonly message: string;
      readonly path: ReadonlyArray<string>;
    }>;
  } | {
    readonly __typename: "PaymentBusyError";
    readonly message: string;
  } | {
    readonly __typename: "ProviderRejectedError";
    readonly providerMessage: string | null | undefined;
    readonly refund: {
      readonly id: string;
    };
  } | {
    // This will never be '%other', but we need some
    // value in case none of the concrete values match.
    readonly __typename: "%other";
  } | null | undefined;
};
export type sendMutation = {
  response: sendMutation$data;
  variables: sendMutation$variables;
};

const node: ConcreteRequest = (function(){
var v0 = [
  {
    "defaultValue": null,
    "kind": "LocalArgument",
    "name": "input"
  }
],
v1 = [
  {
    "alias": null,
    "args": null,
    "kind": "ScalarField",
    "name": "id",
    "storageKey": null
  }
],
v2 = {
  "alias": null,
  "args": null,
  "concreteType": "Refund",
  "kind": "LinkedField",
  "name": "refund",
  "plural": false,
  "selections": (v1/*:: as any*/),
  "storageKey": null
},
v3 = {
  "alias": null,
  "args": null,
  "kind": "ScalarField",
  "name": "message",
  "storageKey": null
},
v4 = [
  (v3/*:: as any*/)
],
v5 = [
  {
    "alias": null,
    "args": [
      {
        "kind": "Variable",
        "name": "input",
        "variableName": "input"
      }
    ],
    "concreteType": null,
    "kind": "LinkedField",
    "name": "createRefund",
    "plural": false,
    "selections": [
      {
        "alias": null,
        "args": null,
        "kind": "ScalarField",
        "name": "__typename",
        "storageKey": null
      },
      {
        "kind": "InlineFragment",
        "selections": [
          {
            "alias": null,
            "args": null,
            "kind": "ScalarField",
            "name": "replayed",
            "storageKey": null
          },
          (v2/*:: as any*/)
        ],
        "type": "CreateRefundSuccess",
        "abstractKey": null
      },
      {
        "kind": "InlineFragment",
        "selections": [
          {
            "alias": null,
            "args": null,
            "concreteType": "Money",
            "kind": "LinkedField",
            "name": "refundable",
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
        "type": "AmountExceedsPaymentError",
        "abstractKey": null
      },
      {
        "kind": "InlineFragment",
        "selections": [
          {
            "alias": null,
            "args": null,
            "kind": "ScalarField",
            "name": "providerMessage",
            "storageKey": null
          },
          (v2/*:: as any*/)
        ],
        "type": "ProviderRejectedError",
        "abstractKey": null
      },
      {
        "kind": "InlineFragment",
        "selections": [
          {
            "alias": null,
            "args": null,
            "concreteType": "Refund",
            "kind": "LinkedField",
            "name": "existing",
            "plural": false,
            "selections": (v1/*:: as any*/),
            "storageKey": null
          }
        ],
        "type": "IdempotencyConflictError",
        "abstractKey": null
      },
      {
        "kind": "InlineFragment",
        "selections": (v4/*:: as any*/),
        "type": "PaymentBusyError",
        "abstractKey": null
      },
      {
        "kind": "InlineFragment",
        "selections": (v4/*:: as any*/),
        "type": "ForbiddenError",
        "abstractKey": null
      },
      {
        "kind": "InlineFragment",
        "selections": [
          {
            "alias": null,
            "args": null,
            "concreteType": "InputIssue",
            "kind": "LinkedField",
            "name": "issues",
            "plural": true,
            "selections": [
              {
                "alias": null,
                "args": null,
                "kind": "ScalarField",
                "name": "path",
                "storageKey": null
              },
              (v3/*:: as any*/)
            ],
            "storageKey": null
          }
        ],
        "type": "InvalidInputError",
        "abstractKey": null
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
    "name": "sendMutation",
    "selections": (v5/*:: as any*/),
    "type": "Mutation",
    "abstractKey": null
  },
  "kind": "Request",
  "operation": {
    "argumentDefinitions": (v0/*:: as any*/),
    "kind": "Operation",
    "name": "sendMutation",
    "selections": (v5/*:: as any*/)
  },
  "params": {
    "cacheID": "926d74d994b98bfefb0742964b4b4e26",
    "id": null,
    "metadata": {},
    "name": "sendMutation",
    "operationKind": "mutation",
    "text": "mutation sendMutation(\n  $input: CreateRefundInput!\n) {\n  createRefund(input: $input) {\n    __typename\n    ... on CreateRefundSuccess {\n      replayed\n      refund {\n        id\n      }\n    }\n    ... on AmountExceedsPaymentError {\n      refundable {\n        amount\n        currency\n      }\n    }\n    ... on ProviderRejectedError {\n      providerMessage\n      refund {\n        id\n      }\n    }\n    ... on IdempotencyConflictError {\n      existing {\n        id\n      }\n    }\n    ... on PaymentBusyError {\n      message\n    }\n    ... on ForbiddenError {\n      message\n    }\n    ... on InvalidInputError {\n      issues {\n        path\n        message\n      }\n    }\n  }\n}\n"
  }
};
})();

(node as any).hash = "ad079f1c424032445390e687d2c0bde2";

export default node;
