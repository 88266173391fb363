/** A page of one list over several sources: all are read at once, and their rows are merged. */
import { flipCursor, type Cursor, type Cursors } from './cursor.ts';
import { mergeRows } from './merge.ts';
import type { Source, SourceRows } from './source.ts';
import type { PageWindow } from './window.ts';

/** A list as it is asked for. */
export interface MergedList<S extends SourceRows> {
  /** In the order in which their rows of the same key come. */
  readonly sources: readonly Source<S>[];
  readonly cursors: Cursors;
  readonly window: PageWindow;
  /** How long the sources may take, in milliseconds. */
  readonly deadlineMs: number;
}

/** A page, in the order of the walk. */
export interface MergedPage<S extends SourceRows> {
  readonly rows: readonly { readonly source: S; readonly row: S['rows'][number]; readonly cursor: string }[];
  /** The cursor beyond everything that was read and is on the page, or was seen to be none of it. */
  readonly rest: string;
  /** The page ends early: a source may have rows that come next, and could not be read so far. */
  readonly blocked: boolean;
  /** There are, or may be, rows beyond the page; and on the other side of where it began. */
  readonly more: boolean;
  readonly opposite: boolean;
  readonly sources: readonly S[];
  /** How many rows of each source the walk has passed: up to the last row's cursor, and up to `rest`. */
  readonly passed: { readonly toLastRow: readonly number[]; readonly toRest: readonly number[] };
}

/**
 * Reads one page. Throws PagingError for a cursor that can't be used, and anything that a source throws;
 * rejects with the caller's abort.
 */
export async function readMerged<S extends SourceRows>(
  { sources, cursors, window: { toward, limit, from }, deadlineMs }: MergedList<S>,
  signal: AbortSignal,
): Promise<MergedPage<S>> {
  const isBackward = toward === 'before';
  const flipped = (cursor: Cursor) => (isBackward ? flipCursor(cursor) : cursor);
  const cursor = from === null ? [] : flipped(cursors.read(from, toward));
  const walked = isBackward ? sources.toReversed() : sources;
  const reads = await inTime(deadlineMs, signal, (until) =>
    walked.map((read, nth) => read(cursor[nth] ?? 'start', { need: limit + 1, signal: until })),
  );

  const passed = reads.map(() => 0);
  /** Behind so many rows of each source; of one on the last of these. Written when somebody asks for it. */
  const cursorAt = (counts: readonly number[], on: number | null) =>
    onceAsked(() =>
      cursors.write(flipped(reads.map(({ at }, nth) => at(counts[nth] ?? 0, nth === on ? 'on' : 'behind')))),
    );
  const merged = mergeRows(reads);
  const rows: MergedPage<S>['rows'][number][] = [];
  let toLastRow: readonly number[] = [...passed];
  for (const { nth, row } of merged.rows) {
    const source = reads[nth];
    if (source === undefined || (row.matches && rows.length === limit)) break;
    passed[nth] = (passed[nth] ?? 0) + 1;
    if (!row.matches) continue;
    toLastRow = [...passed];
    const cursor = cursorAt(toLastRow, nth);
    rows.push({
      source,
      row,
      get cursor() {
        return cursor();
      },
    });
  }
  const rest = cursorAt(passed, null);
  return {
    rows,
    get rest() {
      return rest();
    },
    blocked: merged.blocked && rows.length < limit,
    more: reads.some((read, nth) => read.more || read.failure !== null || read.rows.length > (passed[nth] ?? 0)),
    opposite: reads.some(({ opposite }) => opposite),
    sources: reads,
    passed: { toLastRow, toRest: passed },
  };
}

/** Makes a text when it is asked for first. Most rows of a page are never asked for their cursor. */
function onceAsked(make: () => string): () => string {
  let made: string | null = null;
  return () => (made ??= make());
}

/** Waits for all. When one throws, or the caller leaves, the others are told to stop. */
async function inTime<T>(
  deadlineMs: number,
  signal: AbortSignal,
  start: (until: AbortSignal) => readonly Promise<T>[],
): Promise<readonly T[]> {
  signal.throwIfAborted();
  const stop = new AbortController();
  const late = new DOMException(`It did not answer within ${deadlineMs} ms.`, 'TimeoutError');
  const timer = setTimeout(() => stop.abort(late), deadlineMs);
  try {
    const results = await Promise.all(start(AbortSignal.any([signal, stop.signal])));
    signal.throwIfAborted();
    return results;
  } catch (error) {
    stop.abort();
    throw error;
  } finally {
    clearTimeout(timer);
  }
}
