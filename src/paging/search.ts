/** Where to look next for a position that the list has moved far away: galloping, then bisection. */
import { endOf, type Row, type Run, type Side } from './run.ts';

/** When the position is known to so many rows they are read whole. */
const CLOSE = 8;

/**
 * A search through a list sorted by time. Told on which side of a run the position lies, it gives the rows
 * [from, to) to look at next: a whole page, or all that are left.
 */
export function createSearch(): (run: Run<Row>, side: Side, maxPageSize: number) => readonly [number, number] {
  let low: number | null = null;
  let high: number | null = null;
  let leap = 0;

  return (run, side, maxPageSize) => {
    const pageAt = (row: number) => {
      const from = row - (row % maxPageSize);
      return [from, from + maxPageSize] as const;
    };
    if (side === 'behind') low = endOf(run);
    else high = run.start;
    // The list moved under the search: what was known of the other side no longer holds.
    if (low !== null && high !== null && low > high) {
      if (side === 'behind') high = null;
      else low = null;
      leap = 0;
    }
    if (low !== null && high !== null) {
      if (high - low + 2 <= Math.max(CLOSE, maxPageSize)) return [Math.max(0, low - 1), high + 1];
      return pageAt(Math.floor((low + high) / 2));
    }
    const distance = leap;
    leap = leap * 2 + maxPageSize;
    if (low !== null) return pageAt(Math.min(low + distance, Math.max(low, run.total - 1)));
    return pageAt(Math.max(0, (high ?? 0) - 1 - distance));
  };
}
