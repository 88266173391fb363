/**
 * @generated SignedSource<<f43435367332cf735876786889a64fed>>
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
    readonly timeZone: string;
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
        "kind": "ScalarField",
        "name": "timeZone",
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
    "cacheID": "ae7018bd4f3aa9ccb35df772f5a6934d",
    "id": null,
    "metadata": {},
    "name": "startQuery",
    "operationKind": "query",
    "text": "query startQuery {\n  latestEventCursor\n  viewer {\n    subject\n    scopes\n  }\n  server {\n    simulated\n  }\n  accounts {\n    id\n    key\n    provider\n    displayName\n    currency\n    timeZone\n    capabilities {\n      create\n      partialRefund\n    }\n  }\n}\n"
  }
};
})();

(node as any).hash = "9b5da81d466debcbaf994a64b9c6d47d";

export default node;
