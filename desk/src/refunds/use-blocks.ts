/** The blocks of one list, kept true: windows as they load, and rows that the feed says have come above it. */
import { useEffect, useEffectEvent, useReducer, useState } from 'react';
import { fetchQuery, useRelayEnvironment } from 'react-relay/hooks';
import { useListFilter, useLiveEvents } from '../api/live.ts';
import type { refundWindowQuery } from '../generated/refundWindowQuery.graphql.ts';
import { afterOf, EMPTY, grown, has, topOf, withHead, withOffered, withWindow, type Blocks } from './blocks.ts';
import { knownOf, WINDOW, WINDOW_QUERY, type Known, type Place } from './refund-window.tsx';

/** Events within this time are looked after by one query, in milliseconds. */
const GATHER_MS = 300;

const without = (ids: ReadonlySet<string>, id: string): ReadonlySet<string> => ids.difference(new Set([id]));

type Change = (blocks: Blocks) => Blocks;

/**
 * `left`: refunds that do not match any more. `hasMoved`: in an order in which rows change their places, one has
 * moved or come; what is shown stays until it is loaded again.
 */
export function useBlocks(list: Pick<Place, 'filter' | 'orderBy'>, isAtTop: () => boolean) {
  const [blocks, change] = useReducer((old: Blocks, by: Change) => by(old), EMPTY);
  const [isDue, setDue] = useState(false);
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
  const look = useEffectEvent(async (): Promise<void> => {
    const top = topOf(blocks);
    const last = blocks.windows.length - 1;
    // It is on its way, and may be older than the event: it is looked after when it is here.
    if (blocks.windows[last] === null) return setDue(true);
    if (!isNewestFirst || top === null) {
      // The window that is drawn has the same variables: it shows what came.
      if (blocks.windows[last]?.next === null) await load(windowPlace(last));
      return;
    }
    const data = await load({ filter, orderBy, last: WINDOW, before: top });
    if (data === undefined) return;
    const known = knownOf(data);
    if (known.ids.length === 0) return;
    change((old) => (topOf(old) === top ? withHead(old, top, { known, isShown: isAtTop() }) : old));
    if (data.refunds?.pageInfo.hasPreviousPage === true) setDue(true);
  });
  useLiveEvents(({ refund, matches }) => {
    if (has(blocks, refund.id)) {
      if (left.has(refund.id) === matches) setLeft(matches ? without(left, refund.id) : new Set([...left, refund.id]));
      if (!growsAtEnds) setMoved(true);
    } else if (matches && growsAtEnds) setDue(true);
    else if (matches) setMoved(true);
  });
  useEffect(() => {
    if (!isDue) return undefined;
    const timer = setTimeout(() => {
      setDue(false);
      // A look that fails changes nothing: the next event looks again.
      look().catch(() => undefined);
    }, GATHER_MS);
    return () => clearTimeout(timer);
  }, [isDue]);

  return {
    blocks,
    left,
    hasMoved,
    placeOf: windowPlace,
    headPlace: (before: string): Place => ({ filter, orderBy, last: WINDOW, before }),
    loaded: (index: number, known: Known) => change((old) => withWindow(old, index, known)),
    grow: () => change(grown),
    takeOffered: () => change(withOffered),
  };
}
