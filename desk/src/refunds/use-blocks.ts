/** The blocks of one list, kept true: windows as they load, and rows that the feed says have come above it. */
import { useReducer, useState } from 'react';
import { fetchQuery, useRelayEnvironment } from 'react-relay/hooks';
import { useGathered } from '../api/rounds.ts';
import { useListFilter, useLiveEvents } from '../api/live.ts';
import type { refundWindowQuery } from '../generated/refundWindowQuery.graphql.ts';
import { afterOf, EMPTY, grown, has, topOf, withHead, withOffered, withWindow, type Blocks } from './blocks.ts';
import { knownOf, WINDOW, WINDOW_QUERY, type Known, type Place } from './refund-window.tsx';

/** Events within this time are looked after by one query, in milliseconds. */
const GATHER_MS = 300;

const toggled = (ids: ReadonlySet<string>, id: string): ReadonlySet<string> => ids.symmetricDifference(new Set([id]));

type Change = (blocks: Blocks) => Blocks;

/**
 * `left`: refunds that do not match any more. `hasMoved`: in an order in which rows change their places, one has
 * moved or come; what is shown stays until it is loaded again.
 */
export function useBlocks(list: Pick<Place, 'filter' | 'orderBy'>, isAtTop: () => boolean) {
  const [blocks, change] = useReducer((old: Blocks, by: Change) => by(old), EMPTY);
  const [left, setLeft] = useState<ReadonlySet<string>>(new Set());
  const [hasMoved, setMoved] = useState(false);
  const environment = useRelayEnvironment();
  const { filter, orderBy } = list;
  const isNewestFirst = orderBy.direction === 'DESC';
  const growsAtEnds = orderBy.field === 'CREATED_AT';
  useListFilter(filter);

  const load = (variables: refundWindowQuery['variables']) =>
    fetchQuery<refundWindowQuery>(environment, WINDOW_QUERY, variables, { fetchPolicy: 'network-only' }).toPromise();
  const windowPlace = (index: number): Place => ({ filter, orderBy, first: WINDOW, after: afterOf(blocks, index) });

  /** Looks what has come above the list; below it where the oldest stand first, or where it has no row. */
  const look = async (): Promise<void> => {
    const top = topOf(blocks);
    if (!isNewestFirst || top === null) {
      const last = blocks.windows.length - 1;
      const known = blocks.windows[last] ?? null;
      // It is on its way, and may be older than the event: it is looked after when it is here.
      if (known === null) return wantLook();
      // The window that is drawn has the same variables: it shows what came.
      if (known.next === null) await load(windowPlace(last));
      return;
    }
    const data = await load({ filter, orderBy, last: WINDOW, before: top });
    if (data === undefined) return;
    const known = knownOf(data);
    if (known.ids.length === 0) return;
    change((old) => (topOf(old) === top ? withHead(old, top, { known, isShown: isAtTop() }) : old));
    if (data.refunds?.pageInfo.hasPreviousPage === true) wantLook();
  };
  const wantLook = useGathered('refundWindowQuery', look, GATHER_MS);
  useLiveEvents(({ refund, matches }) => {
    if (has(blocks, refund.id)) {
      setLeft((old) => (old.has(refund.id) === matches ? toggled(old, refund.id) : old));
      if (!growsAtEnds) setMoved(true);
    } else if (matches && growsAtEnds) wantLook();
    else if (matches) setMoved(true);
  });
  return {
    blocks,
    left,
    hasMoved,
    placeOf: windowPlace,
    headPlace: (before: string): Place => ({ filter, orderBy, last: WINDOW, before }),
    loaded: (index: number, known: Known) => {
      change((old) => withWindow(old, index, known));
      // What came above it while it was on its way was looked for above an older top.
      if (index === 0) wantLook();
    },
    grow: () => change(grown),
    takeOffered: () => change(withOffered),
  };
}
