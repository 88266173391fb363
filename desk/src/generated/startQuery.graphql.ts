/**
 * @generated SignedSource<<58e4554d9345b8312451b5a436013a39>>
 * @lightSyntaxTransform
 */

/* tslint:disable */
/* eslint-disable */
// @ts-nocheck

import { ConcreteRequest } from 'relay-runtime';
export type Provider = "BLUEPAY" | "SHOUTU" | "TIPAY";
export type startQuery$variables = Record<PropertyKey, never>;
export type startQuery$data = {
  readonly accounts: ReadonlyArray<{
    readonly capabilities: {
      readonly create: boolean;
      readonly partialRefund: boolean;
    };
    readonly currency: string;
    readonly displayName: string;
    readonly id: string;
    readonly key: string;
    readonly provider: Provider;
  }>;
  readonly latestEventCursor: string;
};
export type startQuery = {
  response: startQuery$data;
  variables: startQuery$variables;
};

const node: ConcreteRequest = (function(){
var v0 = [
  {
    "alias": null,
    "args": null,
    "kind": "ScalarField",
    "name": "latestEventCursor",
    "storageKey": null
  },
  {
    "alias": null,
    "args": null,
    "concreteType": "MerchantAccount",
    "kind": "LinkedField",
    "name": "accounts",
    "plural": true,
    "selections": [
      {
        "alias": null,
        "args": null,
        "kind": "ScalarField",
        "name": "id",
        "storageKey": null
      },
      {
        "alias": null,
        "args": null,
        "kind": "ScalarField",
        "name": "key",
        "storageKey": null
      },
      {
        "alias": null,
        "args": null,
        "kind": "ScalarField",
        "name": "provider",
        "storageKey": null
      },
      {
        "alias": null,
        "args": null,
        "kind": "ScalarField",
        "name": "displayName",
        "storageKey": null
      },
      {
        "alias": null,
        "args": null,
        "kind": "ScalarField",
        "name": "currency",
        "storageKey": null
      },
      {
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
            "name": "create",
            "storageKey": null
          },
          {
            "alias": null,
            "args": null,
            "kind": "ScalarField",
            "name": "partialRefund",
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
    "argumentDefinitions": [],
    "kind": "Fragment",
    "metadata": null,
    "name": "startQuery",
    "selections": (v0/*:: as any*/),
    "type": "Query",
    "abstractKey": null
  },
  "kind": "Request",
  "operation": {
    "argumentDefinitions": [],
    "kind": "Operation",
    "name": "startQuery",
    "selections": (v0/*:: as any*/)
  },
  "params": {
    "cacheID": "2639e7b09c2eb510da6e50383a182f08",
    "id": null,
    "metadata": {},
    "name": "startQuery",
    "operationKind": "query",
    "text": "query startQuery {\n  latestEventCursor\n  accounts {\n    id\n    key\n    provider\n    displayName\n    currency\n    capabilities {\n      create\n      partialRefund\n    }\n  }\n}\n"
  }
};
})();

(node as any).hash = "3bd519c15befdeaf480afab8936dca1e";

export default node;
