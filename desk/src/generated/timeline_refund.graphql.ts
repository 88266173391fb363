/**
 * @generated SignedSource<<954f26a7c7c62b7c75011fc3aec92f5c>>
 * @lightSyntaxTransform
 */

/* tslint:disable */
/* eslint-disable */
// @ts-nocheck

import { ReaderFragment } from 'relay-runtime';
export type ObservedVia = "CALLBACK" | "COPY" | "MUTATION" | "OPERATOR" | "POLL" | "QUERY";
export type RefundEventType = "ATTENTION_CHANGED" | "CONFLICT_DETECTED" | "DETAILS_CHANGED" | "DISCOVERED" | "REQUESTED" | "STATUS_CHANGED";
export type RefundStatus = "CANCELED" | "FAILED" | "PENDING" | "PROCESSING" | "SUCCEEDED";
import { FragmentRefs } from "relay-runtime";
export type timeline_refund$data = {
  readonly events: {
    readonly nodes: ReadonlyArray<{
      readonly actor: {
        readonly client: string | null | undefined;
        readonly subject: string;
      } | null | undefined;
      readonly id: string;
      readonly note: string | null | undefined;
      readonly previousStatus: RefundStatus | null | undefined;
      readonly recordedAt: string;
      readonly status: RefundStatus;
      readonly type: RefundEventType;
      readonly via: ObservedVia;
    }>;
  } | null | undefined;
  readonly " $fragmentType": "timeline_refund";
};
export type timeline_refund$key = {
  readonly " $data"?: timeline_refund$data;
  readonly " $fragmentSpreads": FragmentRefs<"timeline_refund">;
};

const node: ReaderFragment = {
  "argumentDefinitions": [],
  "kind": "Fragment",
  "metadata": null,
  "name": "timeline_refund",
  "selections": [
    {
      "alias": null,
      "args": [
        {
          "kind": "Literal",
          "name": "last",
          "value": 100
        }
      ],
      "concreteType": "RefundEventConnection",
      "kind": "LinkedField",
      "name": "events",
      "plural": false,
      "selections": [
        {
          "alias": null,
          "args": null,
          "concreteType": "RefundEvent",
          "kind": "LinkedField",
          "name": "nodes",
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
              "name": "type",
              "storageKey": null
            },
            {
              "alias": null,
              "args": null,
              "kind": "ScalarField",
              "name": "via",
              "storageKey": null
            },
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
              "name": "previousStatus",
              "storageKey": null
            },
            {
              "alias": null,
              "args": null,
              "kind": "ScalarField",
              "name": "recordedAt",
              "storageKey": null
            },
            {
              "alias": null,
              "args": null,
              "kind": "ScalarField",
              "name": "note",
              "storageKey": null
            },
            {
              "alias": null,
              "args": null,
              "concreteType": "Actor",
              "kind": "LinkedField",
              "name": "actor",
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
                  "name": "client",
                  "storageKey": null
                }
              ],
              "storageKey": null
            }
          ],
          "storageKey": null
        }
      ],
      "storageKey": "events(last:100)"
    }
  ],
  "type": "Refund",
  "abstractKey": null
};

(node as any).hash = "935bc64f3658a2f01c7361e9a1844d8b";

export default node;
