/**
 * @generated SignedSource<<40ced9a399fdab7a1c06d4fd9d6b87be>>
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
v2 = [
  {
    "alias": null,
    "args": [
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
    "concreteType": "Payment",
    "kind": "LinkedField",
    "name": "payment",
    "plural": false,
    "selections": [
      {
        "alias": null,
        "args": null,
        "concreteType": "Money",
        "kind": "LinkedField",
        "name": "amount",
        "plural": false,
        "selections": (v1/*:: as any*/),
        "storageKey": null
      },
      {
        "alias": null,
        "args": null,
        "concreteType": "Money",
        "kind": "LinkedField",
        "name": "refundedAmount",
        "plural": false,
        "selections": (v1/*:: as any*/),
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
    "name": "paymentLeftQuery",
    "selections": (v2/*:: as any*/),
    "type": "Query",
    "abstractKey": null
  },
  "kind": "Request",
  "operation": {
    "argumentDefinitions": (v0/*:: as any*/),
    "kind": "Operation",
    "name": "paymentLeftQuery",
    "selections": (v2/*:: as any*/)
  },
  "params": {
    "cacheID": "dac2771edbe9ef33bfcb1939af0634cf",
    "id": null,
    "metadata": {},
    "name": "paymentLeftQuery",
    "operationKind": "query",
    "text": "query paymentLeftQuery(\n  $by: PaymentKey!\n) {\n  payment(by: $by, read: LEDGER) {\n    amount {\n      amount\n      currency\n    }\n    refundedAmount {\n      amount\n      currency\n    }\n  }\n}\n"
  }
};
})();

(node as any).hash = "cdb4fb01c3572d63173df939cdc4fdc8";

export default node;
