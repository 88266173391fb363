/**
 * While a provider is away its rows are shown from the ledger. The ledger may not know them all, so the place in the provider's
 * list stays where it was, and the cursor names the rows that were shown: once the provider is back it is read on from there, and
 * they are left out.
 */
import { markOf, type BridgePlace, type LedgerPlace, type ListPlace } from '../refunds/cursor.ts';
import type { Toward } from '../refunds/place.ts';
import { openPlace } from './list-provider.ts';
import {
  sortKey,
  type Bridge,
  type Direction,
  type ListSource,
  type ReadAsk,
  type Reading,
  type SourceRow,
} from './list-source.ts';

export interface BridgeOf {
  readonly live: ListSource<ListPlace>;
  readonly stored: ListSource<LedgerPlace>;
  readonly direction: Direction;
  /** Most rows that may be shown so until the provider is back. */
  readonly most: number;
  /** The instant of which the ledger's rows tell; null: not known. */
  readonly asOf: () => Promise<Date | null>;
}

/** A live source that knows what to show while it can't be read. */
export function bridged(of: BridgeOf): ListSource {
  const { live } = of;
  return {
    ...live,
    read: async (ask, signal) => {
      const { place } = ask;
      if (place.kind !== 'bridge') return live.read(ask, signal);
      return withoutPassed(await live.read({ ...ask, place: place.from, shown: new Set(place.shown) }, signal), place);
    },
    bridge: (ask) => bridge(of, ask),
  };
}

const idOf = ({ content }: SourceRow): string =>
  content.kind === 'known' ? content.refund.merchantRefundId : content.observation.merchantRefundId;

/** Rows that are passed in the provider's own list need not be named any more. */
function withoutPassed(reading: Reading<ListPlace>, place: BridgePlace): Reading {
  const marks = reading.rows.map((row) => markOf(idOf(row)));
  const named = (from: ListPlace, passed: number): ListPlace | BridgePlace => {
    const gone = new Set(marks.slice(0, passed));
    const shown = place.shown.filter((mark) => !gone.has(mark));
    return shown.length === 0 ? from : { ...place, from, shown };
  };
  return {
    ...reading,
    placeBeyond: (count) => named(reading.placeBeyond(count), count),
    placeOn: (nth) => named(reading.placeOn(nth), nth + 1),
  };
}

/** The rows that the ledger knows beyond a place in the provider's list; null when none can be shown. */
async function bridge({ stored, direction, most, asOf }: BridgeOf, ask: ReadAsk): Promise<Bridge | null> {
  const { place, toward, need } = ask;
  if (place.kind === 'ledger' || place.kind === 'ledger-row') return null;
  const [from, before] = place.kind === 'bridge' ? [place.from, place.shown] : [place, []];
  const opening = openingOf(from, toward, direction);
  const room = most - before.length;
  if (opening === null || room <= 0) return null;

  const asked = { place: opening.place, toward, need: need + before.length, withTotal: false };
  const reading = await stored.read(asked, NEVER);
  const shown = new Set(before);
  const unseen = reading.rows.flatMap((row, nth) => {
    const mark = markOf(idOf(row));
    return shown.has(mark) ? [] : [{ row, mark, nth }];
  });
  if (unseen.length === 0) return null;
  const rows = unseen.slice(0, Math.min(need, room));
  const passed = (count: number, ledger: LedgerPlace): BridgePlace => {
    const marks = rows.slice(0, count).map(({ mark }) => mark);
    return { kind: 'bridge', toward, from, shown: [...before, ...marks], ledger };
  };
  const nthOf = (nth: number): number => rows[nth]?.nth ?? 0;
  return {
    asOf: await asOf(),
    reading: {
      rows: rows.map(({ row }) => row),
      // When a cursor can name no more of them, the other sources go on without this one.
      more: room >= need && (unseen.length > rows.length || reading.more),
      complete: false,
      askedAt: null,
      opposite: opening.isInside || before.length > 0,
      total: null,
      placeBeyond: (count) => (count === 0 ? place : passed(count, reading.placeBeyond(nthOf(count - 1) + 1))),
      placeOn: (nth) => passed(nth + 1, reading.placeOn(nthOf(nth))),
    },
  };
}

const NEVER = new AbortController().signal;

/** Where the ledger is read for the rows beyond a place in a provider's list. */
interface Opening {
  readonly place: LedgerPlace;
  /** Rows lie on the other side of the place. */
  readonly isInside: boolean;
}

/**
 * Null when nothing lies beyond, or when what was shown there before has gone, and nobody knows what it was. Only the provider knows
 * the order within a second: what else lies in the place's own waits for it.
 */
function openingOf(from: ListPlace, toward: Toward, direction: Direction): Opening | null {
  const place = openPlace(from, toward);
  const edge = toward === 'after' ? 'start' : 'end';
  if (place === edge) return { place: { kind: 'ledger', place: edge }, isInside: false };
  if (typeof place === 'string') return null;
  const first = { time: sortKey(place.key + (toward === 'after' ? 1 : -1), direction), id: '' };
  const gap = toward === 'after' ? { ahead: null, behind: first } : { ahead: first, behind: null };
  return { place: { kind: 'ledger', place: gap }, isInside: true };
}
