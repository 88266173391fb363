/** Relay's PageInfo and the edge of a page. */
import { builder } from './builder.ts';

/** Where a page ends. */
export interface PageEnds {
  readonly hasNextPage: boolean;
  readonly hasPreviousPage: boolean;
}

/** A row and the cursor that stands on it. */
export interface Edge<Node> {
  readonly cursor: string;
  readonly node: Node;
}

/** A page of anything, as connections are resolved from it. */
export interface Page<Node> extends PageEnds {
  readonly edges: readonly Edge<Node>[];
}

export const PageInfoType = builder.objectRef<Page<unknown>>('PageInfo').implement({
  fields: (t) => ({
    hasNextPage: t.exposeBoolean('hasNextPage'),
    hasPreviousPage: t.exposeBoolean('hasPreviousPage'),
    startCursor: t.string({
      nullable: true,
      description: 'Null on an empty page.',
      resolve: ({ edges }) => edges.at(0)?.cursor,
    }),
    endCursor: t.string({ nullable: true, resolve: ({ edges }) => edges.at(-1)?.cursor }),
  }),
});
