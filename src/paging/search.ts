/** Where to look next for a position that the list has moved far away: galloping, then bisection. */
import { endOf, type Row, type Run, type Side } from './run.ts';

/** Rows to look at: the page around one, or all of [from, to). */
export type Probe =
  | { readonly kind: 'page'; readonly row: number }
  | { readonly kind: 'rows'; readonly from: number; readonly to: number };

/** When the position is known to so many rows they are read whole. */
const CLOSE = 8;

/**
 * A search through a list sorted by time. Told on which side of a run the position lies, it says where to
 * look next.
 */
export function createSearch(): (run: Run<Row>, side: Side, maxPageSize: number) => Probe {
  let low: number | null = null;
  let high: number | null = null;
  let leap = 0;

  return (run, side, maxPageSize) => {
    if (side === 'behind') low = endOf(run);
    else high = run.start;
    // The list moved under the search: what was known of the other side no longer holds.
    if (low !== null && high !== null && low > high) {
      if (side === 'behind') high = null;
      else low = null;
      leap = 0;
    }
    if (low !== null && high !== null) {
      const close = Math.max(CLOSE, maxPageSize);
      if (high - low + 2 <= close) return { kind: 'rows', from: Math.max(0, low - 1), to: high + 1 };
      return { kind: 'page', row: Math.floor((low + high) / 2) };
    }
    const distance = leap;
    leap = leap * 2 + maxPageSize;
    if (low !== null) return { kind: 'page', row: Math.min(low + distance, Math.max(low, run.total - 1)) };
    return { kind: 'page', row: Math.max(0, (high ?? 0) - 1 - distance) };
  };
}
