/** Relay's PageInfo and the edge of a page. */
import { builder } from '../builder.ts';

/** A row and the cursor that stands on it. */
export interface RelayEdge<Node> {
  readonly cursor: string;
  readonly node: Node;
}

/** A page as its type shows it. */
export function pageOf<Node>(
  nodes: readonly Node[],
  cursorOf: (node: Node) => string,
  beyond: { readonly hasNextPage: boolean; readonly hasPreviousPage: boolean },
) {
  const edges = nodes.map((node): RelayEdge<Node> => ({ cursor: cursorOf(node), node }));
  return { edges, ...beyond, startCursor: edges.at(0)?.cursor ?? null, endCursor: edges.at(-1)?.cursor ?? null };
}

export const PageInfoType = builder
  .objectRef<{
    readonly hasNextPage: boolean;
    readonly hasPreviousPage: boolean;
    readonly startCursor: string | null;
    readonly endCursor: string | null;
  }>('PageInfo')
  .implement({
    description: 'Where a page ends, as Relay has it.',
    fields: (t) => ({
      hasNextPage: t.exposeBoolean('hasNextPage', { description: 'Whether there are rows behind this page.' }),
      hasPreviousPage: t.exposeBoolean('hasPreviousPage', {
        description: 'Whether there are rows in front of this page.',
      }),
      startCursor: t.exposeString('startCursor', {
        nullable: true,
        description: 'Where to go back from, with `before`.',
      }),
      endCursor: t.exposeString('endCursor', { nullable: true, description: 'Where to go on from, with `after`.' }),
    }),
  });
