/**
 * A provider's list as a source: finds a position in it again, however the pages have shifted, and reads on
 * from there.
 */
import {
  beyondRow,
  findPosition,
  positionAt,
  positionOn,
  type Found,
  type Position,
  hasMixed,
} from '../../paging/position.ts';
import { endOf, flipRun, joinRuns, type Run, type Side } from '../../paging/run.ts';
import type { SourceRows } from '../../paging/source.ts';
import { PagingError, type Toward } from '../../paging/window.ts';
import { ProviderError } from '../../providers/errors.ts';
import { listError, openPages, type ListRow, type Pages, type ProviderPages } from './provider-pages.ts';
import type { ListedRefund, RefundSource } from './source.ts';

/** Steps, one upstream call after the other, in which a position must be found again. */
const MAX_SEARCH_STEPS = 40;
/** Rows by which the search goes on in one step, at least. */
const LEAST_WIDENING = 16;
/**
 * Steps in which the page must be filled from there. With a filter that the provider can't apply, a step is
 * a page.
 */
const MAX_FILL_STEPS = 9;

/** Where a walk through a provider's list goes on. */
export interface Opening {
  /** In the flipped list for a backward walk. */
  readonly at: Position;
  readonly toward: Toward;
  /** Fingerprints of rows that were shown already. */
  readonly shown: ReadonlySet<string>;
}

type ProviderRows = SourceRows<ListedRefund, Position>;

/** The source that queries the provider itself, opened at a position. */
export function providerSource(of: ProviderPages, opening: Opening) {
  return {
    account: of.account.key,
    origin: 'PROVIDER',
    position: opening.at,
    read: (need, signal) => createReader(of, opening, signal).read(need),
  } as const satisfies RefundSource;
}

/** One reading from a position on. All of it sees the list as the walk does: forwards. */
function createReader(of: ProviderPages, { at, toward, shown }: Opening, signal: AbortSignal) {
  const pages: Pages = openPages(of, signal);
  const [along, against] = [pages.along(toward), pages.along(toward === 'after' ? 'before' : 'after')];
  const pushed = of.list.canPush(of.conditions);
  // Where rows are passed over unseen, it is not known how many must be read.
  const isCounted = pushed && shown.size === 0;
  const { createdFrom, createdBefore } = of.conditions;
  /** A filter by time was decided here, and this row says none. */
  const isUntimed = ({ content }: ListRow) =>
    !pushed &&
    (createdFrom ?? createdBefore) !== null &&
    content.kind === 'observed' &&
    content.observation.createdAt === null;
  const matches = (row: ListRow) => row.matches && !shown.has(row.fingerprint);

  async function read(need: number): Promise<ProviderRows> {
    const position = beyondRow(at);
    if (position === 'end') return nothingBeyond(at);
    let run = await along.open(typeof position === 'string' ? null : position.offset, need, isCounted);
    let fills = 0;
    for (let steps = 0; steps <= MAX_SEARCH_STEPS + fills; steps++) {
      const finding = findPosition(run, position);
      switch (finding.kind) {
        case 'lost':
          throw new PagingError(toward, `The rows around "${toward}" have all gone from the list; start it again.`);
        case 'near':
          run = await widen(run, finding.side ?? (steps % 2 === 0 ? 'behind' : 'ahead'));
          break;
        case 'far':
          run = await along.search(run, finding.side);
          break;
        case 'found': {
          const { index } = finding;
          const missing = need - run.rows.slice(index).filter(matches).length;
          const complete = missing <= 0 || run.atEnd;
          if (complete || fills === MAX_FILL_STEPS) {
            const stands = !complete && index === run.rows.length;
            if (stands) throw listError(of, 'malformed', 'Its pages do not go on: they have the same rows again.');
            return rowsOf(run, { position, index }, complete);
          }
          fills++;
          // Where the list moved by more than a page in between: begin again at the position.
          // A long stretch of rows that can't be read is passed by whole pages.
          run =
            (await extend(along, run, isCounted && fills === 1 ? missing : null)) ??
            (await along.pageAt(run.start + index));
          break;
        }
      }
    }
    throw listError(of, 'unavailable', 'The list changes faster than a position in it can be found.');
  }

  /**
   * Looks further on one side of a run for a position in a second that is longer than it: by a page, not a
   * tiny one.
   */
  async function widen(run: Run<ListRow>, side: Side): Promise<Run<ListRow>> {
    const count = pages.maxPageSize() < LEAST_WIDENING ? LEAST_WIDENING : null;
    const longer = side === 'behind' ? extend(along, run, count) : flipped(extend(against, flipRun(run), count));
    return (await longer) ?? along.pageAt(run.start);
  }

  function rowsOf(run: Run<ListRow>, found: Found, complete: boolean): ProviderRows {
    const { index } = found;
    return {
      rows: run.rows.slice(index).map((row) => ({
        key: row.key,
        matches: matches(row),
        isGap: row.content.kind === 'unreadable',
        content: row.content,
      })),
      more: !run.atEnd,
      // Where the list has no order of its own within a second, a row can be passed unseen.
      complete: complete && !run.reordered && !hasMixed(run, found) && !run.rows.slice(index).some(isUntimed),
      opposite: index > 0 || !run.atStart,
      total: pushed ? totalOf(run) : null,
      queriedAt: pages.queriedAt(),
      asOf: null,
      beyond: (count) => positionAt(run, index + count, found),
      on: (nth) => positionOn(run, index + nth, found),
    };
  }

  return { read };
}

type Walk = ReturnType<Pages['along']>;

/**
 * Reads on behind a run: so many rows at once, or (null) as many as one page has. Null when they can't be
 * joined to it.
 */
async function extend(walk: Walk, run: Run<ListRow>, count: number | null): Promise<Run<ListRow> | null> {
  const last = endOf(run) - 1;
  return joinRuns(run, await (count === null ? walk.pageBehind(last) : walk.rows(last, last + 1 + count)));
}

async function flipped(reading: Promise<Run<ListRow> | null>): Promise<Run<ListRow> | null> {
  const run = await reading;
  return run && flipRun(run);
}

/**
 * Rows of other accounts are none of this list. How many there are is known only where the whole of it was
 * read.
 */
function totalOf({ rows, total, atStart, atEnd }: Run<ListRow>): number | null {
  const foreign = rows.filter(({ content }) => content.kind === 'foreign').length;
  if (foreign === 0) return total;
  return atStart && atEnd ? rows.length - foreign : null;
}

/** Nothing lies beyond the list's end, and its other side was never read. */
function nothingBeyond(at: Position): ProviderRows {
  const stay = () => at;
  const none = { rows: [], more: false, complete: true, opposite: false, total: null, queriedAt: null, asOf: null };
  return { ...none, beyond: stay, on: stay };
}

/** What an error says of a provider alone; null for any other. */
export const failureOf = (error: unknown) =>
  error instanceof ProviderError ? { code: error.code, message: error.message } : null;
