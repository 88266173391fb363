/**
 * @generated SignedSource<<6e55d02310d854b88543f0f1ffe8373b>>
 * @lightSyntaxTransform
 */

/* tslint:disable */
/* eslint-disable */
// @ts-nocheck

import { ConcreteRequest } from 'relay-runtime';
export type RefundKeyName = "MERCHANT_PAYMENT_ID" | "MERCHANT_REFUND_ID" | "PROVIDER_PAYMENT_ID" | "PROVIDER_REFUND_ID";
export type outsideKeysQuery$variables = Record<PropertyKey, never>;
export type outsideKeysQuery$data = {
  readonly accounts: ReadonlyArray<{
    readonly capabilities: {
      readonly lookupKeys: ReadonlyArray<RefundKeyName>;
    };
    readonly displayName: string;
    readonly key: string;
  }>;
};
export type outsideKeysQuery = {
  response: outsideKeysQuery$data;
  variables: outsideKeysQuery$variables;
};

const node: ConcreteRequest = (function(){
var v0 = {
  "alias": null,
  "args": null,
  "kind": "ScalarField",
  "name": "key",
  "storageKey": null
},
v1 = {
  "alias": null,
  "args": null,
  "kind": "ScalarField",
  "name": "displayName",
  "storageKey": null
},
v2 = {
  "alias": null,
  "args": null,
  "concreteType": "ProviderCapabilities",
  "kind": "LinkedField",
  "name": "capabilities",
  "plural": false,
  "selections": [
    {
      "alias": null,
      "args": null,
      "kind": "ScalarField",
      "name": "lookupKeys",
      "storageKey": null
    }
  ],
  "storageKey": null
};
return {
  "fragment": {
    "argumentDefinitions": [],
    "kind": "Fragment",
    "metadata": null,
    "name": "outsideKeysQuery",
    "selections": [
      {
        "alias": null,
        "args": null,
        "concreteType": "MerchantAccount",
        "kind": "LinkedField",
        "name": "accounts",
        "plural": true,
        "selections": [
          (v0/*:: as any*/),
          (v1/*:: as any*/),
          (v2/*:: as any*/)
        ],
        "storageKey": null
      }
    ],
    "type": "Query",
    "abstractKey": null
  },
  "kind": "Request",
  "operation": {
    "argumentDefinitions": [],
    "kind": "Operation",
    "name": "outsideKeysQuery",
    "selections": [
      {
        "alias": null,
        "args": null,
        "concreteType": "MerchantAccount",
        "kind": "LinkedField",
        "name": "accounts",
        "plural": true,
        "selections": [
          (v0/*:: as any*/),
          (v1/*:: as any*/),
          (v2/*:: as any*/),
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
    "cacheID": "8d35855399acf155b69a312da301cd37",
    "id": null,
    "metadata": {},
    "name": "outsideKeysQuery",
    "operationKind": "query",
    "text": "query outsideKeysQuery {\n  accounts {\n    key\n    displayName\n    capabilities {\n      lookupKeys\n    }\n    id\n  }\n}\n"
  }
};
})();

(node as any).hash = "bc993d59cd3dcbae4ececc2ce6645273";

export default node;
