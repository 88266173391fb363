/**
 * @generated SignedSource<<c09343cad9403788d3ac3bed870c27de>>
 * @lightSyntaxTransform
 */

/* tslint:disable */
/* eslint-disable */
// @ts-nocheck

import { ReaderFragment } from 'relay-runtime';
export type Provider = "BLUEPAY" | "SHOUTU" | "TIPAY";
export type TimeSource = "PROVIDER" | "SERVER";
import { FragmentRefs } from "relay-runtime";
export type facts_refund$data = {
  readonly account: {
    readonly displayName: string;
    readonly key: string;
  };
  readonly attempts: number;
  readonly completedAt: string | null | undefined;
  readonly createdAt: string;
  readonly createdAtSource: TimeSource;
  readonly feeRefunded: {
    readonly amount: string;
    readonly currency: string;
  } | null | undefined;
  readonly merchantRefundId: string;
  readonly nextCheckAt: string | null | undefined;
  readonly observedAt: string | null | undefined;
  readonly provider: Provider;
  readonly providerRefundId: string | null | undefined;
  readonly providerStatus: string | null | undefined;
  readonly reason: string | null | undefined;
  readonly " $fragmentType": "facts_refund";
};
export type facts_refund$key = {
  readonly " $data"?: facts_refund$data;
  readonly " $fragmentSpreads": FragmentRefs<"facts_refund">;
};

const node: ReaderFragment = {
  "argumentDefinitions": [],
  "kind": "Fragment",
  "metadata": null,
  "name": "facts_refund",
  "selections": [
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
      "concreteType": "MerchantAccount",
      "kind": "LinkedField",
      "name": "account",
      "plural": false,
      "selections": [
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
          "name": "key",
          "storageKey": null
        }
      ],
      "storageKey": null
    },
    {
      "alias": null,
      "args": null,
      "kind": "ScalarField",
      "name": "merchantRefundId",
      "storageKey": null
    },
    {
      "alias": null,
      "args": null,
      "kind": "ScalarField",
      "name": "providerRefundId",
      "storageKey": null
    },
    {
      "alias": null,
      "args": null,
      "kind": "ScalarField",
      "name": "providerStatus",
      "storageKey": null
    },
    {
      "alias": null,
      "args": null,
      "kind": "ScalarField",
      "name": "reason",
      "storageKey": null
    },
    {
      "alias": null,
      "args": null,
      "kind": "ScalarField",
      "name": "attempts",
      "storageKey": null
    },
    {
      "alias": null,
      "args": null,
      "kind": "ScalarField",
      "name": "createdAt",
      "storageKey": null
    },
    {
      "alias": null,
      "args": null,
      "kind": "ScalarField",
      "name": "createdAtSource",
      "storageKey": null
    },
    {
      "alias": null,
      "args": null,
      "kind": "ScalarField",
      "name": "completedAt",
      "storageKey": null
    },
    {
      "alias": null,
      "args": null,
      "kind": "ScalarField",
      "name": "observedAt",
      "storageKey": null
    },
    {
      "alias": null,
      "args": null,
      "kind": "ScalarField",
      "name": "nextCheckAt",
      "storageKey": null
    },
    {
      "alias": null,
      "args": null,
      "concreteType": "Money",
      "kind": "LinkedField",
      "name": "feeRefunded",
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
  "type": "Refund",
  "abstractKey": null
};

(node as any).hash = "8586c90707244b86974f128b7759414b";

export default node;
