/**
 * @generated SignedSource<<7d0d78f8880057f5fb135d59662d71d0>>
 * @lightSyntaxTransform
 */

/* tslint:disable */
/* eslint-disable */
// @ts-nocheck

import { ConcreteRequest } from 'relay-runtime';
export type PaymentKey = {
  account: string;
  merchantPaymentId?: string | null | undefined;
  providerPaymentId?: string | null | undefined;
};
export type paymentLeftQuery$variables = {
  by: PaymentKey;
};
export type paymentLeftQuery$data = {
  readonly payment: {
    readonly amount: {
      readonly amount: string;
      readonly currency: string;
    } | null | undefined;
    readonly refundable: {
      readonly amount: string;
      readonly currency: string;
    } | null | undefined;
    readonly refundedAmount: {
      readonly amount: string;
      readonly currency: string;
    };
  } | null | undefined;
};
export type paymentLeftQuery = {
  response: paymentLeftQuery$data;
  variables: paymentLeftQuery$variables;
};

const node: ConcreteRequest = (function(){
var v0 = [
  {
    "defaultValue": null,
    "kind": "LocalArgument",
    "name": "by"
  }
],
v1 = [
  {
    "kind": "Variable",
    "name": "by",
    "variableName": "by"
  },
  {
    "kind": "Literal",
    "name": "read",
    "value": "LEDGER"
  }
],
v2 = [
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
v3 = {
  "alias": null,
  "args": null,
  "concreteType": "Money",
  "kind": "LinkedField",
  "name": "amount",
  "plural": false,
  "selections": (v2/*:: as any*/),
  "storageKey": null
},
v4 = {
  "alias": null,
  "args": null,
  "concreteType": "Money",
  "kind": "LinkedField",
  "name": "refundedAmount",
  "plural": false,
  "selections": (v2/*:: as any*/),
  "storageKey": null
},
v5 = {
  "alias": null,
  "args": null,
  "concreteType": "Money",
  "kind": "LinkedField",
  "name": "refundable",
  "plural": false,
  "selections": (v2/*:: as any*/),
  "storageKey": null
};
return {
  "fragment": {
    "argumentDefinitions": (v0/*:: as any*/),
    "kind": "Fragment",
    "metadata": null,
    "name": "paymentLeftQuery",
    "selections": [
      {
        "alias": null,
        "args": (v1/*:: as any*/),
        "concreteType": "Payment",
        "kind": "LinkedField",
        "name": "payment",
        "plural": false,
        "selections": [
          (v3/*:: as any*/),
          (v4/*:: as any*/),
          (v5/*:: as any*/)
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
    "name": "paymentLeftQuery",
    "selections": [
      {
        "alias": null,
        "args": (v1/*:: as any*/),
        "concreteType": "Payment",
        "kind": "LinkedField",
        "name": "payment",
        "plural": false,
        "selections": [
          (v3/*:: as any*/),
          (v4/*:: as any*/),
          (v5/*:: as any*/),
          {
            "alias": null,
            "args": null,
            "kind": "ScalarField",
            "name": "id",
            "storageKey": null
          }
        ],
        "storageKey": null
      }
    ]
  },
  "params": {
    "cacheID": "6c2eb40759e9a15a5e2539f54ade7cfd",
    "id": null,
    "metadata": {},
    "name": "paymentLeftQuery",
    "operationKind": "query",
    "text": "query paymentLeftQuery(\n  $by: PaymentKey!\n) {\n  payment(by: $by, read: LEDGER) {\n    amount {\n      amount\n      currency\n    }\n    refundedAmount {\n      amount\n      currency\n    }\n    refundable {\n      amount\n      currency\n    }\n    id\n  }\n}\n"
  }
};
})();

(node as any).hash = "296480feb51b90c735f4e52c36ededb7";

export default node;
