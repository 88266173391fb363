/** What every client is asked to do: show the whole list, page after page, while it grows. */

/** Walks the list; `between` runs after each page but the last. `ids` is what the client shows in the end. */
export type ClientWalk = (
  url: string,
  first: number,
  between: (pages: number) => Promise<void>,
) => Promise<{ readonly ids: readonly string[]; readonly pages: number }>;

export const LIST = `query RefundList($first: Int!, $after: String) {
  refunds(first: $first, after: $after) {
    edges { cursor node { id merchantRefundId status } }
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
  }
}`;

export interface Listed {
  readonly refunds: {
    readonly edges: readonly { readonly cursor: string; readonly node: { readonly merchantRefundId: string } }[];
    readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
  };
}
