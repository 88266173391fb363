/**
 * @generated SignedSource<<2e39dc5f879c307bbd6aa4c8aa3c3e69>>
 * @lightSyntaxTransform
 */

/* tslint:disable */
/* eslint-disable */
// @ts-nocheck

import { ConcreteRequest } from 'relay-runtime';
export type rawRecordQuery$variables = {
  id: string;
};
export type rawRecordQuery$data = {
  readonly refund: {
    readonly providerRecord: {
      readonly raw: string;
      readonly receivedAt: string;
    } | null | undefined;
  } | null | undefined;
};
export type rawRecordQuery = {
  response: rawRecordQuery$data;
  variables: rawRecordQuery$variables;
};

const node: ConcreteRequest = (function(){
var v0 = [
  {
    "defaultValue": null,
    "kind": "LocalArgument",
    "name": "id"
  }
],
v1 = [
  {
    "fields": [
      {
        "kind": "Variable",
        "name": "id",
        "variableName": "id"
      }
    ],
    "kind": "ObjectValue",
    "name": "by"
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
  "concreteType": "ProviderRecord",
  "kind": "LinkedField",
  "name": "providerRecord",
  "plural": false,
  "selections": [
    {
      "alias": null,
      "args": null,
      "kind": "ScalarField",
      "name": "raw",
      "storageKey": null
    },
    {
      "alias": null,
      "args": null,
      "kind": "ScalarField",
      "name": "receivedAt",
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
    "name": "rawRecordQuery",
    "selections": [
      {
        "alias": null,
        "args": (v1/*:: as any*/),
        "concreteType": "Refund",
        "kind": "LinkedField",
        "name": "refund",
        "plural": false,
        "selections": [
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
    "argumentDefinitions": (v0/*:: as any*/),
    "kind": "Operation",
    "name": "rawRecordQuery",
    "selections": [
      {
        "alias": null,
        "args": (v1/*:: as any*/),
        "concreteType": "Refund",
        "kind": "LinkedField",
        "name": "refund",
        "plural": false,
        "selections": [
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
    "cacheID": "d320b071bc5d3230b23dcaeba82c335b",
    "id": null,
    "metadata": {},
    "name": "rawRecordQuery",
    "operationKind": "query",
    "text": "query rawRecordQuery(\n  $id: ID!\n) {\n  refund(by: {id: $id}, read: LEDGER) {\n    providerRecord {\n      raw\n      receivedAt\n    }\n    id\n  }\n}\n"
  }
};
})();

(node as any).hash = "44a2ddd1f1aeaa0f93d39f80b1d17bfc";

export default node;
