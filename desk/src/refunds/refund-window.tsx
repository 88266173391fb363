/** Some hundred rows of the list: the unit that is loaded, drawn and put away again. */
import { useEffect, useEffectEvent } from 'react';
import { graphql, useLazyLoadQuery } from 'react-relay/hooks';
import { useTry } from '../app/boundary.tsx';
import type { RefundFilter, RefundOrder, refundWindowQuery } from '../generated/refundWindowQuery.graphql.ts';
import { RefundRow } from './refund-row.tsx';

/** Rows of a window. */
export const WINDOW = 100;

/** What the list keeps of a window that is put away. */
export interface Known {
  readonly ids: readonly string[];
  readonly first: string | null;
  /** Where the next window begins; null: this is the last. */
  readonly next: string | null;
  /** When its last refund was made. */
  readonly lastMade: string | null;
}

export const WINDOW_QUERY = graphql`
  query refundWindowQuery(
    $filter: RefundFilter!
    $orderBy: RefundOrder!
    $first: Int
    $after: String
    $last: Int
    $before: String
  ) {
    refunds(
      filter: $filter
      orderBy: $orderBy
      first: $first
      after: $after
      last: $last
      before: $before
      read: LEDGER
    ) {
      edges {
        node {
          id
          createdAt
          ...refundRow_refund
        }
      }
      pageInfo {
        hasNextPage
        hasPreviousPage
        startCursor
        endCursor
      }
    }
  }
`;

/** Which rows of which list. */
export type Place = {
  readonly filter: RefundFilter;
  readonly orderBy: RefundOrder;
} & ({ readonly first: number; readonly after: string | null } | { readonly last: number; readonly before: string });

/** What the list must know of an answer. */
export function knownOf({ refunds }: refundWindowQuery['response']): Known {
  const { edges = [], pageInfo } = refunds ?? {};
  return {
    ids: edges.map(({ node }) => node.id),
    first: pageInfo?.startCursor ?? null,
    next: pageInfo?.hasNextPage === true ? (pageInfo.endCursor ?? null) : null,
    lastMade: edges.at(-1)?.node.createdAt ?? null,
  };
}

export function RefundWindow(props: {
  readonly place: Place;
  /** Refunds that do not match any more. */
  readonly left: ReadonlySet<string>;
  /** Grows each time that the list is loaded again. */
  readonly round: number;
  /** Shown at once as it is known, and asked for again. */
  readonly isFirst?: boolean;
  /** How many of its last rows are shown; left out: all. */
  readonly shown?: number;
  readonly onLoaded: (known: Known) => void;
}) {
  const { place, left, round, isFirst = false, shown = WINDOW } = props;
  const data = useLazyLoadQuery<refundWindowQuery>(WINDOW_QUERY, place, {
    fetchPolicy: isFirst || round > 0 ? 'store-and-network' : 'store-or-network',
    fetchKey: `${round} ${useTry()}`,
  });
  const tell = useEffectEvent(() => props.onLoaded(knownOf(data)));
  useEffect(() => tell(), [data]);
  return (
    <tbody>
      {data.refunds?.edges.slice(-shown || WINDOW).map(({ node }) => (
        <RefundRow key={node.id} of={node} hasLeft={left.has(node.id)} />
      ))}
    </tbody>
  );
}
