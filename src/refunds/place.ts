/**
 * A place in a list that moves: a gap between two rows, which must be found again when rows have come and gone.
 *
 * Rows are sorted by time, so a gap between two times is found by time alone. Between rows of the same second the source's
 * own order decides, and we do not know its rule; there a place remembers the marks of its neighbours in that second, the
 * nearest first. If the nearest row has vanished the next one tells.
 */
import type { Row, Stretch } from './stretch.ts';

/** So many neighbours of the same second are remembered on each side. */
export const NEIGHBOURS = 8;

/** The gap between the rows `ahead` of it and `behind` it in the list. */
export interface Gap {
  /** How many rows were ahead of it when it was last seen. */
  readonly offset: number;
  /**
   * The key of the row ahead of it (of the row behind it where there is none ahead), or of one that was ahead and has vanished.
   * Neighbours share it.
   */
  readonly key: number;
  /** Marks of the nearest rows with that key, nearest first. */
  readonly ahead: readonly string[];
  readonly behind: readonly string[];
  /** True when `ahead` (`behind`) names every row with that key on its side. */
  readonly aheadWhole: boolean;
  readonly behindWhole: boolean;
}

/** The list's ends, or `empty`: the list had no rows, so everything it will have lies both ahead and behind. */
export type Edge = 'start' | 'end' | 'empty';
export type Place = Edge | Gap;
export type Toward = 'after' | 'before';

/** A row's own place, from which the gaps on both its sides follow. */
export interface Standing extends Gap {
  readonly mark: string;
}

interface Neighbours {
  readonly marks: readonly string[];
  readonly whole: boolean;
}

/** A place that was found again in a stretch. */
export interface Found {
  readonly place: Place;
  readonly index: number;
}

/** What a found place knows of the rows with `key` beyond the first (last) row of the stretch. */
function remembered(stretch: Stretch<Row>, step: 1 | -1, key: number, { place, index }: Found): Neighbours {
  if (step < 0 ? stretch.atStart : stretch.atEnd) return { marks: [], whole: true };
  const unknown = { marks: [], whole: false };
  if (typeof place === 'string' || place.key !== key) return unknown;
  const [marks, whole] = step < 0 ? [place.ahead, place.aheadWhole] : [place.behind, place.behindWhole];
  if (index === (step < 0 ? 0 : stretch.rows.length)) return { marks, whole };
  const outermost = stretch.rows.at(step < 0 ? 0 : -1);
  const nth = outermost === undefined ? -1 : marks.indexOf(outermost.mark);
  return nth < 0 ? unknown : { marks: marks.slice(nth + 1), whole };
}

/** Collects the marks of the rows with `key` from `index` outwards. */
function neighbours(stretch: Stretch<Row>, index: number, step: 1 | -1, key: number, from: Found): Neighbours {
  const marks: string[] = [];
  for (let i = index; ; i += step) {
    const row = stretch.rows[i];
    if (row === undefined) break;
    if (row.key !== key) return { marks, whole: true };
    if (marks.length === NEIGHBOURS) return { marks, whole: false };
    marks.push(row.mark);
  }
  const beyond = remembered(stretch, step, key, from);
  const all = [...marks, ...beyond.marks];
  return { marks: all.slice(0, NEIGHBOURS), whole: beyond.whole && all.length <= NEIGHBOURS };
}

/** The place of the gap in front of `rows[index]` (behind the last row for `rows.length`). `from`: where reading began. */
export function gapAt(stretch: Stretch<Row>, index: number, from: Found): Place {
  const key = keyAt(stretch, index, from);
  if (key === null) return typeof from.place === 'string' && stretch.atStart && stretch.atEnd ? 'empty' : from.place;
  const ahead = neighbours(stretch, index - 1, -1, key, from);
  const behind = neighbours(stretch, index, 1, key, from);
  return {
    offset: stretch.start + index,
    key,
    ahead: ahead.marks,
    behind: behind.marks,
    aheadWhole: ahead.whole,
    behindWhole: behind.whole,
  };
}

function keyAt({ rows }: Stretch<Row>, index: number, from: Found): number | null {
  const [ahead, behind] = [rows[index - 1]?.key, rows[index]?.key];
  // Nothing was passed since: what was ahead before stays behind nobody's back, also where it has vanished.
  if (typeof from.place !== 'string' && from.index === index) {
    const { key } = from.place;
    if (key >= (ahead ?? -Infinity) && key <= (behind ?? Infinity)) return rows.length === 0 ? null : key;
  }
  return ahead ?? behind ?? null;
}

/** The place of `rows[index]` itself. */
export function standingOn(stretch: Stretch<Row>, index: number, row: Row, from: Found): Standing {
  const ahead = neighbours(stretch, index - 1, -1, row.key, from);
  const behind = neighbours(stretch, index + 1, 1, row.key, from);
  return {
    offset: stretch.start + index,
    key: row.key,
    mark: row.mark,
    ahead: ahead.marks,
    behind: behind.marks,
    aheadWhole: ahead.whole,
    behindWhole: behind.whole,
  };
}

/** The gap right behind, or in front of, the row that was stood on. */
export function besides({ mark, ...gap }: Standing, toward: Toward): Gap {
  return toward === 'after'
    ? { ...gap, offset: gap.offset + 1, ahead: [mark, ...gap.ahead] }
    : { ...gap, behind: [mark, ...gap.behind] };
}

/** Where a place was found in a stretch, or where else to look. */
export type Finding =
  | { readonly kind: 'found'; readonly index: number }
  /** All these rows lie on one side of the place, and not near it by time. */
  | { readonly kind: 'far'; readonly toward: Toward }
  /** The place's own second begins or goes on beyond these rows: more of them are needed on that side (null: on either). */
  | { readonly kind: 'near'; readonly toward: Toward | null }
  /** Every remembered neighbour has vanished from a second with more rows than were remembered. */
  | { readonly kind: 'lost' };

/** Looks for a place among rows. Rows that were ahead of it (behind it) are never put behind it (ahead of it). */
export function findPlace(stretch: Stretch<Row>, place: Place, toward: Toward): Finding {
  const { rows, atStart, atEnd } = stretch;
  const edge = place === 'empty' ? (toward === 'after' ? 'start' : 'end') : place;
  if (edge === 'start') return atStart ? { kind: 'found', index: 0 } : { kind: 'far', toward: 'before' };
  // No rows and an end: a page beyond the list's last row, which is yet to be found.
  const endInSight = atEnd && (rows.length > 0 || atStart);
  if (edge === 'end')
    return endInSight ? { kind: 'found', index: rows.length } : { kind: 'far', toward: atEnd ? 'before' : 'after' };

  const gap = edge;
  const besideAhead = gap.ahead[0] === undefined ? -1 : rows.findIndex(({ mark }) => mark === gap.ahead[0]);
  const besideBehind = gap.behind[0] === undefined ? -1 : rows.findIndex(({ mark }) => mark === gap.behind[0]);
  // What has come in between the two nearest rows is shown, whichever way the list is walked.
  if (toward === 'after' && besideAhead >= 0) return { kind: 'found', index: besideAhead + 1 };
  if (besideBehind >= 0) return { kind: 'found', index: besideBehind };
  if (besideAhead >= 0) return { kind: 'found', index: besideAhead + 1 };

  const lastAhead = rows.findLastIndex(({ key, mark }) => key < gap.key || gap.ahead.includes(mark));
  const firstBehind = rows.findIndex(({ key, mark }) => key > gap.key || gap.behind.includes(mark));
  const low = lastAhead >= 0 || atStart ? lastAhead + 1 : null;
  const high = firstBehind >= 0 ? firstBehind : atEnd ? rows.length : null;
  if (low !== null && high !== null) return settle(stretch, gap, low, high);
  if (low === null && high === null) return { kind: 'near', toward: null };
  if (low === null) {
    const outside = high === 0 && (rows[0]?.key ?? Infinity) > gap.key;
    return { kind: outside ? 'far' : 'near', toward: 'before' };
  }
  const outside = low === rows.length && (rows.at(-1)?.key ?? -Infinity) < gap.key;
  return { kind: outside ? 'far' : 'near', toward: 'after' };
}

/** Both sides of the place are in sight: rows [low, high) between them are of its second, and not remembered. */
function settle(stretch: Stretch<Row>, gap: Gap, low: number, high: number): Finding {
  const found = (index: number): Finding => ({ kind: 'found', index });
  if (low > high) return { kind: 'lost' };
  if (low === high || gap.aheadWhole) return found(low);
  if (gap.behindWhole) return found(high);
  // Remembered rows are the nearest ones, so a row that was not remembered can't lie between one of them and the place.
  if (gap.ahead.includes(stretch.rows[low - 1]?.mark ?? '')) return found(low);
  if (gap.behind.includes(stretch.rows[high]?.mark ?? '')) return found(high);
  return { kind: 'lost' };
}
