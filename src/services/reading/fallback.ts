/**
 * While a provider is away its rows are shown from the ledger. The ledger may not know them all, so the
 * position in the provider's list stays where it was, and the cursor has the fingerprints of the rows that
 * were shown. Once the provider is back its list is read on from that position, and those rows are left
 * out.
 */
import type { Direction } from '../../refunds/filter.ts';
import { fingerprintOf, type FallbackPosition, type KeyPosition } from '../../paging/cursor.ts';
import { beyondRow, type Position } from '../../paging/position.ts';
import type { SourceRows } from '../../paging/source.ts';
import type { ledgerSource } from './ledger-source.ts';
import type { providerSource } from './provider-source.ts';
import { idOf, sortKey, type ListedRefund, type RefundSource } from './source.ts';

export interface Fallback {
  /** Where the walk goes on. */
  readonly position: Position | FallbackPosition;
  /** The provider's list, opened there, without the rows that were shown. */
  readonly live: ReturnType<typeof providerSource>;
  /** Opens the ledger's list of the account. */
  readonly stored: (at: KeyPosition) => ReturnType<typeof ledgerSource>;
  /** The order of the walk. */
  readonly order: Direction;
  /** Most rows that may be shown so until the provider is back. */
  readonly most: number;
  /** The instant of which the ledger's rows tell; null: not known. */
  readonly asOf: () => Promise<Date | null>;
}

const isFallback = (position: Position | FallbackPosition): position is FallbackPosition =>
  typeof position !== 'string' && position.kind === 'fallback';

/** A live source that knows what to show while it can't be read. */
export function withFallback(of: Fallback): RefundSource<Position | FallbackPosition> {
  const { live, position } = of;
  return {
    ...live,
    position,
    read: async (need, signal) => {
      const rows = await live.read(need, signal);
      return isFallback(position) ? withoutPassed(rows, position) : rows;
    },
    fallback: (need) => storedRows(of, need),
  };
}

/** Rows that are passed in the provider's own list need not be named any more. */
function withoutPassed(
  read: SourceRows<ListedRefund, Position>,
  position: FallbackPosition,
): SourceRows<ListedRefund, Position | FallbackPosition> {
  const fingerprints = read.rows.map(({ content }) => fingerprintOf(idOf(content)));
  const named = (next: Position, passed: number): Position | FallbackPosition => {
    const gone = new Set(fingerprints.slice(0, passed));
    const shown = position.shown.filter((fingerprint) => !gone.has(fingerprint));
    return shown.length === 0 ? next : { ...position, from: next, shown };
  };
  return {
    ...read,
    beyond: (count) => named(read.beyond(count), count),
    on: (nth) => named(read.on(nth), nth + 1),
  };
}

/** The rows that the ledger knows beyond a position in the provider's list; null when none can be shown. */
async function storedRows(
  of: Fallback,
  need: number,
): Promise<SourceRows<ListedRefund, Position | FallbackPosition> | null> {
  const { position, stored, order, most, asOf } = of;
  const [from, before] = isFallback(position) ? [position.from, position.shown] : [position, []];
  const start = startOf(from, order);
  const room = most - before.length;
  if (start === null || room <= 0) return null;

  const read = await stored(start).read(need + before.length);
  const shown = new Set(before);
  const unseen = read.rows.flatMap((row, nth) => {
    const fingerprint = fingerprintOf(idOf(row.content));
    return shown.has(fingerprint) ? [] : [{ row, fingerprint, nth }];
  });
  if (unseen.length === 0) return null;
  const rows = unseen.slice(0, Math.min(need, room));
  const nthOf = (index: number): number => rows[index]?.nth ?? 0;
  const passed = (count: number, at: KeyPosition): FallbackPosition => {
    const fingerprints = rows.slice(0, count).map(({ fingerprint }) => fingerprint);
    return { kind: 'fallback', side: 'behind', from, shown: [...before, ...fingerprints], at };
  };
  return {
    rows: rows.map(({ row }) => row),
    // When a cursor can name no more of them, the other sources go on without this one.
    more: room >= need && (unseen.length > rows.length || read.more),
    complete: false,
    opposite: start !== 'start' || before.length > 0,
    total: null,
    queriedAt: null,
    asOf: await asOf(),
    beyond: (count) => (count === 0 ? position : passed(count, read.beyond(nthOf(count - 1) + 1))),
    on: (nth) => passed(nth + 1, read.on(nthOf(nth))),
  };
}

/**
 * Where the ledger is read for the rows beyond a position in a provider's list. Null when nothing lies
 * beyond, or when the list was empty: it is not known what was shown. Only the provider knows the order
 * within a second, so what else lies in the position's own second waits for it.
 */
function startOf(from: Position, order: Direction): KeyPosition | null {
  const position = beyondRow(from);
  if (position === 'start') return 'start';
  if (typeof position === 'string') return null;
  const time = sortKey(position.key, order);
  // No id is empty: this is in front of the next instant's rows, or behind all later ones when the newest
  // come first.
  return { kind: 'key', side: 'behind', time: order === 'ASC' ? time + 1 : time, id: '' };
}
