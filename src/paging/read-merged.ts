/**
 * A page of one list over several sources: all are read at once, each may fail alone, and their rows are
 * merged.
 */
import { untilAborted } from '../flow/abort.ts';
import type { Clock } from '../flow/clock.ts';
import { flipCursor, type Cursor, type Cursors, type SinglePosition, type SourcePosition } from './cursor.ts';
import { merge } from './merge.ts';
import type { Source, SourceRow, SourceRows } from './source.ts';
import type { PageWindow } from './window.ts';

/** A list as it is asked for. */
export interface MergedList<S> {
  /**
   * Opens each source at a position, which is one of the walk (in the flipped list for a backward one);
   * null: at its start. In the order in which their rows of the same key come.
   */
  readonly sources: readonly ((position: SourcePosition | null) => S)[];
  readonly cursors: Cursors;
  readonly window: PageWindow;
}

export interface ReadLimits<Code extends string> {
  readonly clock: Clock;
  /** How long the sources may take, in milliseconds. */
  readonly deadlineMs: number;
  /** The caller's. */
  readonly signal: AbortSignal;
  /** What an error says of its source alone; null when it is no failure of the source, and is thrown. */
  readonly failureOf: (error: unknown) => { readonly code: Code; readonly message: string } | null;
}

export interface SourceFailure<Code extends string> {
  readonly at: Date;
  /** TIMED_OUT: it did not answer before the deadline. */
  readonly code: Code | 'TIMED_OUT';
  readonly message: string;
}

/** What came of reading one source. */
export interface SourceResult<R, S extends Source<R>, Code extends string> {
  readonly source: S;
  readonly at: Date;
  /** After a failure the rows of the fallback; null: nothing can be shown. */
  readonly rows: SourceRows<R> | null;
  readonly failure: SourceFailure<Code> | null;
}

/** A page, in the order of the walk. */
export interface MergedPage<R, S extends Source<R>, Code extends string> {
  readonly rows: readonly { readonly source: S; readonly row: SourceRow<R>; readonly cursor: string }[];
  /** The cursor beyond everything that was read and is on the page, or was seen to be none of it. */
  readonly rest: string;
  /** The page ends early: a source may have rows that come next, and could not be read so far. */
  readonly blocked: boolean;
  /** The walk has passed a row, be it one that does not match: the next page is another one. */
  readonly advanced: boolean;
  /** There are, or may be, rows beyond the page; and on the other side of where it began. */
  readonly more: boolean;
  readonly opposite: boolean;
  readonly results: readonly SourceResult<R, S, Code>[];
  /** For each result the gaps that the walk has passed: up to the last row's cursor, and up to `rest`. */
  readonly gaps: { readonly toLastRow: readonly number[]; readonly toRest: readonly number[] };
}

/**
 * Reads one page. A source that fails or is late is named in `results`: the page has the rows of its
 * fallback, or none, and its position stays where it was. Throws PagingError for a cursor that can't be
 * used, what a source says of its lateness, and anything that is no failure of a source; rejects with the
 * caller's abort.
 */
export async function readMerged<R, S extends Source<R>, Code extends string>(
  { sources, cursors, window: { toward, limit, from } }: MergedList<S>,
  limits: ReadLimits<Code>,
): Promise<MergedPage<R, S, Code>> {
  const isBackward = toward === 'before';
  const flipped = (cursor: Cursor) => (isBackward ? flipCursor(cursor) : cursor);
  const cursor = from === null ? null : flipped(cursors.read(from, toward));
  const openers = isBackward ? sources.toReversed() : sources;
  const opened = openers.map((open, nth) => open(turned(cursor?.[nth] ?? null)));
  const results = await readAll<R, S, Code>(opened, limit + 1, limits);
  return mergeResults(results, limit, (places) => cursors.write(flipped(places)));
}

/**
 * The rows that a fallback has shown lie on one side of its position. In the opposite direction the walk
 * goes back over them, in the list that they came from.
 */
function turned<P extends SourcePosition | null>(position: P): P | SinglePosition {
  if (typeof position !== 'object' || position === null) return position;
  if (position.kind === 'pair') return { ...position, listed: turned(position.listed) };
  return position.kind === 'fallback' && position.side === 'ahead' ? position.at : position;
}

/** Reads every source. When one throws what is not its own failure, the others are told to stop. */
async function readAll<R, S extends Source<R>, Code extends string>(
  sources: readonly S[],
  need: number,
  { clock, deadlineMs, signal, failureOf }: ReadLimits<Code>,
): Promise<readonly SourceResult<R, S, Code>[]> {
  signal.throwIfAborted();
  const deadline = new AbortController();
  const timer = setTimeout(() => deadline.abort(), deadlineMs);
  const stop = new AbortController();
  const either = AbortSignal.any([signal, deadline.signal, stop.signal]);

  async function readOne(source: S): Promise<SourceResult<R, S, Code>> {
    try {
      const rows = await untilAborted(source.read(need, either), either);
      return { source, at: clock(), rows, failure: null };
    } catch (error) {
      signal.throwIfAborted();
      if (deadline.signal.aborted && source.late) throw source.late();
      const late = { code: 'TIMED_OUT' as const, message: `It did not answer within ${deadlineMs} ms.` };
      const reason = deadline.signal.aborted ? late : failureOf(error);
      if (reason === null) throw error;
      const at = clock();
      const rows = (await source.fallback?.(need)) ?? null;
      return { source, at, rows, failure: { at, code: reason.code, message: reason.message } };
    }
  }

  try {
    return await Promise.all(sources.map(readOne));
  } finally {
    clearTimeout(timer);
    stop.abort();
  }
}

function mergeResults<R, S extends Source<R>, Code extends string>(
  results: readonly SourceResult<R, S, Code>[],
  limit: number,
  write: (cursor: Cursor) => string,
): MergedPage<R, S, Code> {
  const rowsOf = results.map(({ rows }) => rows?.rows ?? []);
  const matching = rowsOf.map((rows) => rows.flatMap(({ matches }, index) => (matches ? [index] : [])));
  const merged = merge(
    results.map(({ rows }, nth) => ({
      keys: matching[nth]?.flatMap((index) => rowsOf[nth]?.[index]?.key ?? []) ?? [],
      more: rows?.more ?? false,
      horizon: rowsOf[nth]?.at(-1)?.key ?? null,
    })),
    limit,
  );

  /** How many rows of each source the page has passed so far. */
  const passed = results.map(() => 0);
  /**
   * What does not match need not be read again on the next page: passes it, as far as it comes before
   * `key`.
   */
  function passUnmatched(source: number, key: number): number {
    let count = passed[source] ?? 0;
    for (let row = rowsOf[source]?.[count]; row && !row.matches && row.key < key; row = rowsOf[source]?.[count])
      count++;
    passed[source] = count;
    return count;
  }
  const positions = (key: number, standsOn: number | null): Cursor =>
    results.map(({ source, rows }, nth) => {
      if (rows === null) return source.position;
      return nth === standsOn ? rows.on((passed[nth] ?? 0) - 1) : rows.beyond(passUnmatched(nth, key));
    });

  const rows = merged.picks.flatMap(({ source: nth, nth: pick }) => {
    const index = matching[nth]?.[pick] ?? 0;
    const [source, row] = [results[nth]?.source, rowsOf[nth]?.[index]];
    if (source === undefined || row === undefined) return [];
    passed[nth] = index + 1;
    return [{ source, row, cursor: write(positions(row.key, nth)) }];
  });
  const gapsPassed = () =>
    rowsOf.map((all, nth) => all.slice(0, passed[nth] ?? 0).filter(({ isGap }) => isGap === true).length);
  const toLastRow = gapsPassed();
  const rest = write(positions(Infinity, null));
  return {
    rows,
    rest,
    gaps: { toLastRow, toRest: gapsPassed() },
    blocked: merged.blocked,
    advanced: passed.some((count) => count > 0),
    more: merged.more || results.some(({ failure }) => failure !== null),
    opposite: results.some(({ rows: read, source }) => read?.opposite ?? source.position !== 'start'),
    results,
  };
}
