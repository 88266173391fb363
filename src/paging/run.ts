/**
 * A run: rows that follow each other in a source's list, and how the pages of a moving list are joined to
 * one.
 */

/** A row as paging sees it. */
export interface Row {
  /** A short digest of its id: the same row has the same fingerprint wherever the list has moved it. */
  readonly fingerprint: string;
  /**
   * Its time in the direction of the list: milliseconds when oldest first, negated when newest first. Never
   * falls.
   */
  readonly key: number;
  /** It has no time that can be read: its key is that of a neighbour on the page. */
  readonly isKeyBorrowed?: boolean;
}

/**
 * Rows without a gap between them. `start` is the offset of the first in the whole list, as it was last
 * seen.
 */
export interface Run<R extends Row> {
  readonly start: number;
  readonly rows: readonly R[];
  /** Nothing comes in front of, or behind, these rows. */
  readonly atStart: boolean;
  readonly atEnd: boolean;
  /** Rows in the whole list, as the source last told it. */
  readonly total: number;
  /** Pages had rows of one key in different orders: some of them may be missing here, or twice. */
  readonly reordered: boolean;
}

/** The side of a run, or of a position, on which something lies. */
export type Side = 'ahead' | 'behind';

export const endOf = ({ start, rows }: Run<Row>): number => start + rows.length;

/**
 * The same rows seen from the other end: a backward walk is a forward walk over this. Offsets and keys are
 * negated, so that both still grow along the walk: the list's first row has the offset -1, the one behind
 * it -2.
 */
export function flipRun<R extends Row>(run: Run<R>): Run<R> {
  const rows = run.rows.toReversed().map((row) => ({ ...row, key: 0 - row.key }));
  return { ...run, start: 0 - endOf(run), rows, atStart: run.atEnd, atEnd: run.atStart };
}

/**
 * Where a fingerprint stands in some rows, the nearest to `expected` if the list repeats it; -1 if nowhere.
 */
export function nearestIndex(rows: readonly Row[], fingerprint: string, expected: number): number {
  let best = -1;
  for (const [index, row] of rows.entries()) {
    const isIt = row.fingerprint === fingerprint;
    if (isIt && (best < 0 || Math.abs(index - expected) < Math.abs(best - expected))) best = index;
  }
  return best;
}

/**
 * Joins a later fetched page behind a run, at the run's last row, wherever in the page the list has moved
 * it. Null when that row is not in the page: then it is not known what came between.
 * (Where no page size allowed an overlap, the pages must touch and the total must not have changed.)
 */
export function joinRuns<R extends Row>(run: Run<R>, page: Run<R>): Run<R> | null {
  const last = run.rows.at(-1);
  const expected = endOf(run) - 1 - page.start;
  const shared = last === undefined ? -1 : nearestIndex(page.rows, last.fingerprint, expected);
  const touches = expected === -1 && page.total === run.total;
  if (shared < 0 && !touches) return null;
  return {
    start: page.start + shared + 1 - run.rows.length,
    rows: [...run.rows, ...page.rows.slice(shared + 1)],
    atStart: run.atStart,
    atEnd: page.atEnd,
    total: page.total,
    reordered: run.reordered || page.reordered || isReordered(run, page, shared),
  };
}

/** Rows without a time of their own tell nothing of the order: where they lie depends on the page. */
export const isPlaced = ({ isKeyBorrowed }: Row): boolean => isKeyBorrowed !== true;

/**
 * Whether a page that shares the last row of a run has another row ahead of it than the run, or one of the
 * run behind it.
 */
function isReordered({ rows }: Run<Row>, page: Run<Row>, shared: number): boolean {
  const known = new Set(rows.filter(isPlaced).map(({ fingerprint }) => fingerprint));
  const ahead = page.rows.slice(Math.max(0, shared - rows.length + 1), Math.max(0, shared));
  const isNew = (row: Row) => isPlaced(row) && row.key === rows.at(-1)?.key && !known.has(row.fingerprint);
  return ahead.some(isNew) || page.rows.slice(shared + 1).some(({ fingerprint }) => known.has(fingerprint));
}
