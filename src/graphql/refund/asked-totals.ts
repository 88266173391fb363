/**
 * Whether a query wants to know how many rows a connection has: counting a large ledger costs more than a
 * page of it.
 */
import { Kind, type GraphQLResolveInfo, type SelectionSetNode } from 'graphql';

/** Looks for `totalCount` in what is selected of a connection, and of its sources, through all fragments. */
export function asksForTotals({
  fieldNodes,
  fragments,
}: Pick<GraphQLResolveInfo, 'fieldNodes' | 'fragments'>): boolean {
  const looksFor = (set: SelectionSetNode | undefined): boolean =>
    (set?.selections ?? []).some((selection) => {
      switch (selection.kind) {
        case Kind.FIELD: {
          const name = selection.name.value;
          return name === 'totalCount' || (name === 'sources' && looksFor(selection.selectionSet));
        }
        case Kind.INLINE_FRAGMENT:
          return looksFor(selection.selectionSet);
        case Kind.FRAGMENT_SPREAD:
          return looksFor(fragments[selection.name.value]?.selectionSet);
      }
    });
  return fieldNodes.some(({ selectionSet }) => looksFor(selectionSet));
}
