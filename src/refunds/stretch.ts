/** Rows that follow each other in a source's list, and how pages of a moving list are joined to more of them. */

/** A row as paging sees it. */
export interface Row {
  /** A short fingerprint of its id: the same row has the same mark wherever the list has moved it. */
  readonly mark: string;
  /** Its time in the direction of the list: milliseconds when oldest first, negated when newest first. Never falls. */
  readonly key: number;
}

/** Rows without a gap between them. `start` is the place of the first in the whole list, as it was last seen. */
export interface Stretch<R extends Row> {
  readonly start: number;
  readonly rows: readonly R[];
  /** Nothing comes in front of, or behind, these rows. */
  readonly atStart: boolean;
  readonly atEnd: boolean;
  /** Rows in the whole list, as the source last told it. */
  readonly total: number;
}

export const endOf = ({ start, rows }: Stretch<Row>): number => start + rows.length;

/** Where a mark stands in some rows, the nearest to `expected` if the list repeats it; -1 if nowhere. */
function nearestIndex(rows: readonly Row[], mark: string, expected: number): number {
  let best = -1;
  for (const [index, row] of rows.entries()) {
    if (row.mark === mark && (best < 0 || Math.abs(index - expected) < Math.abs(best - expected))) best = index;
  }
  return best;
}

/**
 * Joins a later fetched page behind a stretch, at the stretch's last row, wherever in the page the list has moved it.
 * Null when that row is not in the page: then nobody knows what came between.
 * (Where no page size allowed an overlap, the pages must touch and the total must not have changed.)
 */
export function joinBehind<R extends Row>(stretch: Stretch<R>, page: Stretch<R>): Stretch<R> | null {
  const last = stretch.rows.at(-1);
  if (last === undefined) return null;
  const expected = endOf(stretch) - 1 - page.start;
  const shared = nearestIndex(page.rows, last.mark, expected);
  const touches = expected === -1 && page.total === stretch.total;
  if (shared < 0 && !touches) return null;
  return {
    start: Math.max(0, page.start + shared + 1 - stretch.rows.length),
    rows: [...stretch.rows, ...page.rows.slice(shared + 1)],
    atStart: stretch.atStart,
    atEnd: page.atEnd,
    total: page.total,
  };
}

/** Joins a page in front of a stretch, at the stretch's first row. Null when that row is not in the page. */
export function joinAhead<R extends Row>(page: Stretch<R>, stretch: Stretch<R>): Stretch<R> | null {
  const first = stretch.rows[0];
  const expected = stretch.start - page.start;
  const shared = first === undefined ? -1 : nearestIndex(page.rows, first.mark, expected);
  const touches = expected === page.rows.length && page.total === stretch.total;
  if (shared < 0 && !touches) return null;
  const rows = shared < 0 ? page.rows : page.rows.slice(0, shared);
  return {
    start: page.start,
    rows: [...rows, ...stretch.rows],
    atStart: page.atStart,
    atEnd: stretch.atEnd,
    total: page.total,
  };
}
