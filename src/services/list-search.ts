/** Where to look next for a place that the list has moved far away: by leaps, then by halves. */
import { endOf, type Row, type Stretch } from '../refunds/stretch.ts';
import type { Toward } from '../refunds/place.ts';

/** Rows to look at: around one, or all of [from, to). */
export type Probe =
  | { readonly kind: 'around'; readonly row: number }
  | { readonly kind: 'window'; readonly from: number; readonly to: number };

/** When the place is known to this many rows they are read whole. */
const CLOSE = 8;

/** A search through a list sorted by time. Told that the place lies `toward` one side of a stretch, it says where to look. */
export function createSearch(): (stretch: Stretch<Row>, toward: Toward, maxPageSize: number) => Probe {
  let low: number | null = null;
  let high: number | null = null;
  let leap = 0;

  return (stretch, toward, maxPageSize) => {
    if (toward === 'after') low = endOf(stretch);
    else high = stretch.start;
    // The list moved under the search: what was known of the other side no longer holds.
    if (low !== null && high !== null && low > high) {
      if (toward === 'after') high = null;
      else low = null;
      leap = 0;
    }
    if (low !== null && high !== null) {
      const close = Math.max(CLOSE, maxPageSize);
      if (high - low + 2 <= close) return { kind: 'window', from: Math.max(0, low - 1), to: high + 1 };
      return { kind: 'around', row: Math.floor((low + high) / 2) };
    }
    const distance = leap;
    leap = leap * 2 + maxPageSize;
    if (low !== null) return { kind: 'around', row: Math.min(low + distance, Math.max(low, stretch.total - 1)) };
    return { kind: 'around', row: Math.max(0, (high ?? 0) - 1 - distance) };
  };
}
