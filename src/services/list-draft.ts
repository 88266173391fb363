/** A page before its rows have passed through the ledger: the rows of all sources merged, each with its cursor. */
import type { Cursor, SourcePlace } from '../refunds/cursor.ts';
import { merge, type MergeSource } from '../refunds/merge.ts';
import type { Toward } from '../refunds/place.ts';
import type { Outcome } from './list-outcome.ts';
import type { SourceRow } from './list-source.ts';

export interface DraftRow {
  /** Index of its source. */
  readonly source: number;
  readonly row: SourceRow;
  readonly cursor: Cursor;
}

export interface Draft {
  /** From the place outwards. */
  readonly rows: readonly DraftRow[];
  /** Beyond everything that was read and is on the page, or was seen to be none of it. */
  readonly rest: Cursor;
  /** The page ends early: a source may have rows that come next, and could not be read so far. */
  readonly blocked: boolean;
  /** There are, or may be, rows beyond the page; and on the other side of the place. */
  readonly more: boolean;
  readonly opposite: boolean;
}

/**
 * Merges what was read. A source that failed gives the rows that are known of it; without any its place stays where it was, in
 * every cursor.
 */
export function draftPage(outcomes: readonly Outcome[], limit: number, toward: Toward): Draft {
  const walks = outcomes.map((outcome) => walkOf(outcome, toward));
  const merged = merge(walks.map(mergeSource), limit, toward);
  const rows = merged.picks.flatMap(({ source, nth }): readonly DraftRow[] => {
    const taken = walks[source]?.take(nth);
    if (taken === undefined) return [];
    const cursor = walks.map((walk, index) => (index === source ? taken.place : walk.placeAt(taken.row.key)));
    return [{ source, row: taken.row, cursor }];
  });
  return {
    rows,
    rest: walks.map((walk) => walk.placeAt(null)),
    blocked: merged.blocked,
    more: merged.more || walks.some((walk) => walk.awaits),
    opposite: walks.some((walk) => walk.opposite),
  };
}

/** One source's rows from its place outwards, and how many of them have been passed so far. */
interface Walk {
  readonly rows: readonly SourceRow[];
  readonly matching: readonly number[];
  readonly more: boolean;
  /** It could not be read, and may have rows this way. */
  readonly awaits: boolean;
  readonly opposite: boolean;
  readonly take: (nth: number) => { readonly row: SourceRow; readonly place: SourcePlace } | undefined;
  /** Its place when the page has come to a key (null: to the end of what was read). */
  readonly placeAt: (key: number | null) => SourcePlace;
}

const mergeSource = ({ rows, matching, more }: Walk): MergeSource => ({
  keys: matching.flatMap((index) => rows[index]?.key ?? []),
  more,
  horizon: rows.at(-1)?.key ?? null,
});

function walkOf({ place, result }: Outcome, toward: Toward): Walk {
  const isAt = (edge: 'start' | 'end') => 'place' in place && place.place === edge;
  const awaits = result.kind === 'failed' && !isAt(toward === 'after' ? 'end' : 'start');
  const reading = result.kind === 'failed' ? result.bridge?.reading : result.reading;
  if (reading === undefined) {
    return {
      rows: [],
      matching: [],
      more: false,
      awaits,
      opposite: !isAt(toward === 'after' ? 'start' : 'end'),
      take: () => undefined,
      placeAt: () => place,
    };
  }
  const { rows, more, opposite, placeBeyond, placeOn } = reading;
  const matching = rows.flatMap(({ matches }, index) => (matches ? [index] : []));
  let passed = 0;

  const isNearer = (key: number, than: number) => (toward === 'after' ? key < than : key > than);

  return {
    rows,
    matching,
    more,
    awaits,
    opposite,
    take: (nth) => {
      const index = matching[nth];
      const row = index === undefined ? undefined : rows[index];
      if (index === undefined || row === undefined) return undefined;
      passed = index + 1;
      return { row, place: placeOn(index) };
    },
    placeAt: (key) => {
      // What does not match need not be read again on the next page.
      for (let row = rows[passed]; row !== undefined && !row.matches; row = rows[passed]) {
        if (key !== null && !isNearer(row.key, key)) break;
        passed++;
      }
      return placeBeyond(passed);
    },
  };
}
