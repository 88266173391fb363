/**
 * @generated SignedSource<<ffe3fa13fae81e18365550be31b539c6>>
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
  readonly server: {
    readonly simulated: boolean;
  };
  readonly viewer: {
    readonly scopes: ReadonlyArray<string>;
    readonly subject: string;
  };
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
    "concreteType": "Viewer",
    "kind": "LinkedField",
    "name": "viewer",
    "plural": false,
    "selections": [
      {
        "alias": null,
        "args": null,
        "kind": "ScalarField",
        "name": "subject",
        "storageKey": null
      },
      {
        "alias": null,
        "args": null,
        "kind": "ScalarField",
        "name": "scopes",
        "storageKey": null
      }
    ],
    "storageKey": null
  },
  {
    "alias": null,
    "args": null,
    "concreteType": "Server",
    "kind": "LinkedField",
    "name": "server",
    "plural": false,
    "selections": [
      {
        "alias": null,
        "args": null,
        "kind": "ScalarField",
        "name": "simulated",
        "storageKey": null
      }
    ],
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
    "cacheID": "92152a74bfdaacd3868e7a66aa184066",
    "id": null,
    "metadata": {},
    "name": "startQuery",
    "operationKind": "query",
    "text": "query startQuery {\n  latestEventCursor\n  viewer {\n    subject\n    scopes\n  }\n  server {\n    simulated\n  }\n  accounts {\n    id\n    key\n    provider\n    displayName\n    currency\n    capabilities {\n      create\n      partialRefund\n    }\n  }\n}\n"
  }
};
})();

(node as any).hash = "2bfbc230535afaa1264dfbc8e837e3e1";

export default node;
