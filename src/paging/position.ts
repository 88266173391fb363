/**
 * A position in a list that moves: a gap between two rows, which must be found again when rows have come
 * and gone.
 *
 * Rows are sorted by time, so a gap between two times is found by time alone. Between rows of the same
 * second the source's own order decides, and we do not know its rule. There a position remembers the
 * fingerprints of its neighbours in that second, the nearest first. If the nearest row has vanished the
 * next one tells.
 *
 *     key      1    2    2    2    2    3        the gap has the offset 3 and the key 2
 *     row      a    b    c  |  d    e    f       ahead: c, b       behind: d, e
 */
import { isPlaced, nearestIndex, type Row, type Run, type Side } from './run.ts';

/** So many neighbours of the same second are remembered on each side. */
export const NEIGHBOURS = 8;

/** The nearest rows with the position's key on one side. */
interface Neighbours {
  /** Fingerprints, nearest first. */
  readonly near: readonly string[];
  /** These are all of them. */
  readonly isWhole: boolean;
}

/** The gap between the rows `ahead` of it and `behind` it in the list. */
export interface Gap extends Readonly<Record<Side, Neighbours>> {
  readonly kind: 'gap';
  /** How many rows were ahead of it when it was last seen. */
  readonly offset: number;
  /** The key of the row next to it, or of one that was and has vanished. Neighbours share it. */
  readonly key: number;
  /** The row that it stands on, if any, between the two sides. A walk goes on beyond it, either way. */
  readonly on: string | null;
}

/**
 * The list's ends, or `empty`: the list had no rows, so everything it will have lies both ahead and behind.
 */
export type ListEnd = 'start' | 'end' | 'empty';
export type Position = ListEnd | Gap;

/** What an end, or a side, of a list is in the flipped list. */
export const FLIPPED = {
  start: 'end',
  end: 'start',
  empty: 'empty',
  ahead: 'behind',
  behind: 'ahead',
  on: 'on',
} as const;

/** The same position in the flipped list, see `flipRun`. */
export function flipPosition(position: Position): Position {
  if (typeof position === 'string') return FLIPPED[position];
  const { offset, key, ahead, behind, on } = position;
  return { kind: 'gap', offset: 0 - offset - (on === null ? 0 : 1), key: 0 - key, ahead: behind, behind: ahead, on };
}

/** The position from which a walk goes on: behind the row that it stands on. */
export function beyondRow(position: Position): Position {
  if (typeof position === 'string' || position.on === null) return position;
  const { on, offset, ahead } = position;
  return { ...position, offset: offset + 1, ahead: { ...ahead, near: [on, ...ahead.near] }, on: null };
}

/** A position that stands on no row, and the index in a run at which it was found again. */
export interface FoundPosition {
  readonly position: Position;
  readonly index: number;
}

/**
 * The position in front of `rows[index]` (behind the last row for `rows.length`). `from`: where reading
 * began.
 */
export function positionAt(run: Run<Row>, index: number, from: FoundPosition): Position {
  const key = keyAt(run, index, from);
  if (key !== null) return gapOf(run, { key, index, on: null }, from);
  return typeof from.position === 'string' && run.atStart && run.atEnd ? 'empty' : from.position;
}

/** The position on `rows[index]`. Throws RangeError where there is none. */
export function positionOn(run: Run<Row>, index: number, from: FoundPosition): Gap {
  const row = run.rows[index];
  if (row === undefined) throw new RangeError('A cursor stands on a row that was read.');
  return gapOf(run, { key: row.key, index, on: row.fingerprint }, from);
}

const gapOf = (
  run: Run<Row>,
  { key, index, on }: Pick<Gap, 'key' | 'on'> & { index: number },
  from: FoundPosition,
): Gap => ({
  kind: 'gap',
  offset: run.start + index,
  key,
  ahead: neighbours(run, { side: 'ahead', key, index }, from),
  behind: neighbours(run, { side: 'behind', key, index: on === null ? index : index + 1 }, from),
  on,
});

function keyAt({ rows }: Run<Row>, index: number, { position, index: foundAt }: FoundPosition): number | null {
  const [ahead, behind] = [rows[index - 1]?.key, rows[index]?.key];
  // The walk has not moved since this position was stored, so keep its key even if the row it came from is
  // gone.
  if (typeof position !== 'string' && foundAt === index) {
    const { key } = position;
    if (key >= (ahead ?? -Infinity) && key <= (behind ?? Infinity)) return rows.length === 0 ? null : key;
  }
  return ahead ?? behind ?? null;
}

/** Where neighbours are looked for: the rows with `key` on one side of `rows[index]`. */
interface Outwards {
  readonly side: Side;
  readonly key: number;
  readonly index: number;
}

function neighbours(run: Run<Row>, { side, key, index }: Outwards, from: FoundPosition): Neighbours {
  const outwards =
    side === 'ahead'
      ? run.rows.slice(Math.max(0, index - NEIGHBOURS - 1), index).toReversed()
      : run.rows.slice(index, index + NEIGHBOURS + 1);
  const end = outwards.findIndex((row) => row.key !== key);
  const inSight = end < 0 ? outwards : outwards.slice(0, end);
  const beyond = end < 0 ? remembered(run, { side, key }, from) : { near: [], isWhole: true };
  const all = [...inSight.map(({ fingerprint }) => fingerprint), ...beyond.near];
  return { near: all.slice(0, NEIGHBOURS), isWhole: beyond.isWhole && all.length <= NEIGHBOURS };
}

/** What a found position knows of the rows with `key` beyond the first (last) row of the run. */
function remembered(
  run: Run<Row>,
  { side, key }: Omit<Outwards, 'index'>,
  { position, index }: FoundPosition,
): Neighbours {
  const isAhead = side === 'ahead';
  if (isAhead ? run.atStart : run.atEnd) return { near: [], isWhole: true };
  const unknown = { near: [], isWhole: false };
  if (typeof position === 'string' || position.key !== key) return unknown;
  const { near, isWhole } = position[side];
  if (index === (isAhead ? 0 : run.rows.length)) return { near, isWhole };
  const outermost = run.rows.at(isAhead ? 0 : -1);
  const nth = outermost === undefined ? -1 : near.indexOf(outermost.fingerprint);
  return nth < 0 ? unknown : { near: near.slice(nth + 1), isWhole };
}

/** Where a position was found in a run, or where else to look. */
export type Located =
  | { readonly kind: 'found'; readonly index: number }
  /** The position lies on that side of all these rows, and not near them by time. */
  | { readonly kind: 'far'; readonly side: Side }
  /**
   * The position's own second goes on beyond these rows: more of them are needed on that side (null: on
   * either).
   */
  | { readonly kind: 'near'; readonly side: Side | null }
  /** Every remembered neighbour has vanished from a second with more rows than were remembered. */
  | { readonly kind: 'lost' };

/**
 * Looks for a position that stands on no row, to read on behind it. Rows that were ahead of it (behind it)
 * are never put behind it (ahead of it); what has come in between its nearest neighbours is put behind it,
 * to be shown.
 */
export function findPosition(run: Run<Row>, position: Exclude<Position, 'end'>): Located {
  const { rows, atStart, atEnd } = run;
  if (typeof position === 'string') {
    // A start without rows is a page beyond the other end, the last row of which is yet to be found.
    if (atStart && (rows.length > 0 || atEnd)) return { kind: 'found', index: 0 };
    return { kind: 'far', side: atStart ? 'behind' : 'ahead' };
  }

  // Rows that can't be read may look alike: then the nearest to the place where it was.
  const expected = position.offset - run.start;
  const besideAhead = nearestIndex(rows, position.ahead.near[0] ?? '', expected - 1);
  if (besideAhead >= 0) return { kind: 'found', index: besideAhead + 1 };
  const besideBehind = nearestIndex(rows, position.behind.near[0] ?? '', expected);
  if (besideBehind >= 0) return { kind: 'found', index: besideBehind };

  const { key, ahead, behind } = position;
  const lastAhead = rows.findLastIndex((row) => row.key < key || ahead.near.includes(row.fingerprint));
  const firstBehind = rows.findIndex((row) => row.key > key || behind.near.includes(row.fingerprint));
  const low = lastAhead >= 0 || atStart ? lastAhead + 1 : null;
  const high = firstBehind >= 0 ? firstBehind : atEnd ? rows.length : null;
  if (low !== null && high !== null) return between(run, position, [low, high]);
  if (low === null && high === null) return { kind: 'near', side: null };
  if (low === null) {
    const isFar = high === 0 && (rows[0]?.key ?? Infinity) > key;
    return { kind: isFar ? 'far' : 'near', side: 'ahead' };
  }
  const isFar = low === rows.length && (rows.at(-1)?.key ?? -Infinity) < key;
  return { kind: isFar ? 'far' : 'near', side: 'behind' };
}

/**
 * Both sides of the position are in sight: rows [low, high) between them are of its second, and not
 * remembered.
 */
function between({ rows }: Run<Row>, gap: Gap, [low, high]: readonly [number, number]): Located {
  const found = (index: number): Located => ({ kind: 'found', index });
  if (low > high) return { kind: 'lost' };
  if (low === high || gap.ahead.isWhole) return found(low);
  if (gap.behind.isWhole) return found(high);
  // Remembered rows are the nearest ones, so a row that was not remembered can't lie between one of them
  // and the gap.
  if (gap.ahead.near.includes(rows[low - 1]?.fingerprint ?? '')) return found(low);
  if (gap.behind.near.includes(rows[high]?.fingerprint ?? '')) return found(high);
  return { kind: 'lost' };
}

/**
 * Whether rows of the position's key have changed sides, or come in ahead of it, since it was stored: then
 * rows that were not passed may lie ahead of it.
 */
export function hasMixed({ rows }: Run<Row>, { position, index }: FoundPosition): boolean {
  if (typeof position === 'string') return false;
  const { key, ahead, behind } = position;
  return rows.some((row, at) => {
    if (!isPlaced(row)) return false;
    if (at >= index) return ahead.near.includes(row.fingerprint);
    const isNew = ahead.isWhole && row.key === key && !ahead.near.includes(row.fingerprint);
    return isNew || behind.near.includes(row.fingerprint);
  });
}
