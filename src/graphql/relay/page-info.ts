/** Relay's PageInfo and the edge of a page. */
import { builder } from '../builder.ts';

/** Where a page ends. */
export interface PageEnds {
  readonly hasNextPage: boolean;
  readonly hasPreviousPage: boolean;
  readonly startCursor: string | null;
  readonly endCursor: string | null;
}

/** A row and the cursor that stands on it. */
export interface Edge<Node> {
  readonly cursor: string;
  readonly node: Node;
}

export const PageInfoType = builder.objectRef<PageEnds>('PageInfo').implement({
  fields: (t) => ({
    hasNextPage: t.exposeBoolean('hasNextPage'),
    hasPreviousPage: t.exposeBoolean('hasPreviousPage'),
    startCursor: t.exposeString('startCursor', { nullable: true }),
    endCursor: t.exposeString('endCursor', { nullable: true, description: 'Where to go on from, with `after`.' }),
  }),
});
