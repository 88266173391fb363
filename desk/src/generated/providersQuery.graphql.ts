/**
 * @generated SignedSource<<c0e10a47fe07a647646799cde823dfe0>>
 * @lightSyntaxTransform
 */

/* tslint:disable */
/* eslint-disable */
// @ts-nocheck

import { ConcreteRequest } from 'relay-runtime';
export type MirrorState = "COMPLETE" | "COPYING";
export type Provider = "BLUEPAY" | "SHOUTU" | "TIPAY";
export type ProviderFailureCode = "MALFORMED" | "MISCONFIGURED" | "REJECTED" | "TIMED_OUT" | "TRY_LATER" | "UNAVAILABLE";
export type ProviderHealthStatus = "DEGRADED" | "HEALTHY" | "UNAVAILABLE" | "UNKNOWN";
export type providersQuery$variables = Record<PropertyKey, never>;
export type providersQuery$data = {
  readonly accounts: ReadonlyArray<{
    readonly capabilities: {
      readonly callbacks: boolean;
      readonly create: boolean;
      readonly list: boolean;
      readonly partialRefund: boolean;
    };
    readonly currency: string;
    readonly displayName: string;
    readonly health: {
      readonly lastFailure: {
        readonly at: string;
        readonly code: ProviderFailureCode;
        readonly message: string;
      } | null | undefined;
      readonly lastSuccessAt: string | null | undefined;
      readonly mirror: {
        readonly asOf: string | null | undefined;
        readonly copied: number;
        readonly state: MirrorState;
        readonly total: number | null | undefined;
        readonly unreadable: number;
      } | null | undefined;
      readonly status: ProviderHealthStatus;
    };
    readonly id: string;
    readonly key: string;
    readonly provider: Provider;
  }>;
};
export type providersQuery = {
  response: providersQuery$data;
  variables: providersQuery$variables;
};

const node: ConcreteRequest = (function(){
var v0 = [
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
            "name": "list",
            "storageKey": null
          },
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
            "name": "callbacks",
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
      },
      {
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
          },
          {
            "alias": null,
            "args": null,
            "kind": "ScalarField",
            "name": "lastSuccessAt",
            "storageKey": null
          },
          {
            "alias": null,
            "args": null,
            "concreteType": "ProviderFailure",
            "kind": "LinkedField",
            "name": "lastFailure",
            "plural": false,
            "selections": [
              {
                "alias": null,
                "args": null,
                "kind": "ScalarField",
                "name": "code",
                "storageKey": null
              },
              {
                "alias": null,
                "args": null,
                "kind": "ScalarField",
                "name": "message",
                "storageKey": null
              },
              {
                "alias": null,
                "args": null,
                "kind": "ScalarField",
                "name": "at",
                "storageKey": null
              }
            ],
            "storageKey": null
          },
          {
            "alias": null,
            "args": null,
            "concreteType": "Mirror",
            "kind": "LinkedField",
            "name": "mirror",
            "plural": false,
            "selections": [
              {
                "alias": null,
                "args": null,
                "kind": "ScalarField",
                "name": "state",
                "storageKey": null
              },
              {
                "alias": null,
                "args": null,
                "kind": "ScalarField",
                "name": "copied",
                "storageKey": null
              },
              {
                "alias": null,
                "args": null,
                "kind": "ScalarField",
                "name": "total",
                "storageKey": null
              },
              {
                "alias": null,
                "args": null,
                "kind": "ScalarField",
                "name": "unreadable",
                "storageKey": null
              },
              {
                "alias": null,
                "args": null,
                "kind": "ScalarField",
                "name": "asOf",
                "storageKey": null
              }
            ],
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
    "name": "providersQuery",
    "selections": (v0/*:: as any*/),
    "type": "Query",
    "abstractKey": null
  },
  "kind": "Request",
  "operation": {
    "argumentDefinitions": [],
    "kind": "Operation",
    "name": "providersQuery",
    "selections": (v0/*:: as any*/)
  },
  "params": {
    "cacheID": "ba7389ec86413be92f4cb8bdbeac200d",
    "id": null,
    "metadata": {},
    "name": "providersQuery",
    "operationKind": "query",
    "text": "query providersQuery {\n  accounts {\n    id\n    key\n    provider\n    displayName\n    currency\n    capabilities {\n      list\n      create\n      callbacks\n      partialRefund\n    }\n    health {\n      status\n      lastSuccessAt\n      lastFailure {\n        code\n        message\n        at\n      }\n      mirror {\n        state\n        copied\n        total\n        unreadable\n        asOf\n      }\n    }\n  }\n}\n"
  }
};
})();

(node as any).hash = "386c2b8ef370ef1a508f79d6f074e908";

export default node;
