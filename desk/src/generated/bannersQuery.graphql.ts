/**
 * @generated SignedSource<<f5f770b004e03f58cd43bb3057b82f3c>>
 * @lightSyntaxTransform
 */

/* tslint:disable */
/* eslint-disable */
// @ts-nocheck

import { ConcreteRequest } from 'relay-runtime';
export type ProviderHealthStatus = "DEGRADED" | "HEALTHY" | "UNAVAILABLE" | "UNKNOWN";
export type bannersQuery$variables = Record<PropertyKey, never>;
export type bannersQuery$data = {
  readonly accounts: ReadonlyArray<{
    readonly displayName: string;
    readonly health: {
      readonly status: ProviderHealthStatus;
    };
  }>;
};
export type bannersQuery = {
  response: bannersQuery$data;
  variables: bannersQuery$variables;
};

const node: ConcreteRequest = (function(){
var v0 = {
  "alias": null,
  "args": null,
  "kind": "ScalarField",
  "name": "displayName",
  "storageKey": null
},
v1 = {
  "alias": null,
  "args": null,
  "concreteType": "ProviderHealth",
  "kind": "LinkedField",
  "name": "health",
  "plural": false,
  "selections": [
    {
      "alias": null,
      "args": null,
      "kind": "ScalarField",
      "name": "status",
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
    "name": "bannersQuery",
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
          (v1/*:: as any*/)
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
    "name": "bannersQuery",
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
    "cacheID": "0c4699fe5a17eef2dc69143b1c8d8744",
    "id": null,
    "metadata": {},
    "name": "bannersQuery",
    "operationKind": "query",
    "text": "query bannersQuery {\n  accounts {\n    displayName\n    health {\n      status\n    }\n    id\n  }\n}\n"
  }
};
})();

(node as any).hash = "3b866bd8b03d6e9e4142d07e157bf867";

export default node;
