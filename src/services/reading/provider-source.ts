/**
 * A provider's list as a source: finds a position in it again, however the pages have shifted, and reads on
 * from there.
 */
import {
  beyondRow,
  findPosition,
  hasMixed,
  positionAt,
  positionOn,
  type FoundPosition,
  type Position,
} from '../../paging/position.ts';
import { endOf, joinRuns, type Run } from '../../paging/run.ts';
import type { ReadLimits } from '../../paging/source.ts';
import { PagingError } from '../../paging/window.ts';
import { asProviderError } from '../../providers/errors.ts';
import { listError, openPages, type ProviderPages } from './provider-pages.ts';
import { latenessOf, type RefundRow, type RefundRows } from './source.ts';

/** Steps, one upstream call after the other, in which a position must be found again. */
const MAX_SEARCH_STEPS = 40;
/** Rows by which the search goes on in one step, at least. */
const LEAST_WIDENING = 16;
/**
 * Steps in which the page must be filled from there. With a filter that the provider can't apply, a step is
 * a page.
 */
const MAX_FILL_STEPS = 9;

type ProviderRows = RefundRows<Position>;

/** Asks the provider itself. Throws PagingError when the position can't be found again, and ProviderError. */
export async function readProvider(
  of: ProviderPages,
  at: Position,
  { need, signal }: ReadLimits,
): Promise<ProviderRows> {
  const position = beyondRow(at);
  if (position === 'end') return nothingOf(of, at);
  const pages = openPages(of, signal);
  const isPushed = of.list.canPush(of.conditions);
  // Where rows are passed over unseen, it is not known how many must be read.
  const count = isPushed ? need : null;
  let run = await pages.open(typeof position === 'string' ? null : position.offset, count);
  let fills = 0;
  // Of a run that was left for another, too: its rows may come in another order each time.
  let isReordered = false;
  for (let steps = 0; steps <= MAX_SEARCH_STEPS + fills; steps++) {
    isReordered ||= run.reordered;
    const finding = findPosition(run, position);
    switch (finding.kind) {
      case 'lost':
        throw new PagingError(of.toward, `The rows around "${of.toward}" have all gone from the list; start it again.`);
      case 'near': {
        // The position's second is longer than the run.
        const width = Math.max(run.rows.length, LEAST_WIDENING);
        const [ahead, behind] = [finding.side === 'behind' ? 0 : width, finding.side === 'ahead' ? 0 : width];
        const wider = await pages.rows(run.start - ahead, endOf(run) + behind);
        isReordered ||= joinRuns(run, wider)?.reordered ?? true;
        run = wider;
        break;
      }
      case 'far':
        run = await pages.search(run, finding.side);
        break;
      case 'found': {
        const { index } = finding;
        const missing = need - run.rows.slice(index).filter(({ matches }) => matches).length;
        const isFull = missing <= 0 || run.atEnd;
        if (isFull || fills === MAX_FILL_STEPS) {
          const isStuck = !isFull && index === run.rows.length;
          if (isStuck) throw listError(of, 'malformed', 'Its pages do not go on: they have the same rows again.');
          const rows = rowsFrom(of, run, { position, index });
          return {
            ...rows,
            complete: rows.complete && isFull && !isReordered,
            queriedAt: pages.queriedAt(),
            asOf: pages.queriedAt(),
          };
        }
        fills++;
        const last = endOf(run) - 1;
        // A long stretch of rows that can't be read is passed by whole pages.
        const next = await (isPushed && fills === 1 ? pages.rows(last, last + 1 + missing) : pages.pageBehind(last));
        const joined = joinRuns(run, next);
        // Of one second, rows that do not follow each other may as well have come in another order.
        isReordered ||= joined === null && next.rows.some(({ key }) => key === run.rows.at(-1)?.key);
        // Where the list moved by more than a page in between: begin again at the position.
        run = joined ?? (await pages.pageBehind(run.start + index - 1));
        break;
      }
    }
  }
  throw listError(of, 'unavailable', 'The list changes faster than a position in it can be found.');
}

/** What a failed or late reading comes to: no rows, and no move. Throws what is no failure of it alone. */
export const failedAt =
  (of: ProviderPages, at: Position, { signal }: ReadLimits) =>
  (error: unknown): ProviderRows => {
    const late = latenessOf(signal);
    const { code, message } =
      late === null ? asProviderError(error) : { code: 'TIMED_OUT' as const, message: late.message };
    const failure = { at: of.clock(), code, message };
    return { ...nothingOf(of, at), complete: false, opposite: at !== 'start', failure };
  };

/** The rows of a run behind a position that was found in it. */
function rowsFrom(of: ProviderPages, run: Run<RefundRow>, found: FoundPosition): ProviderRows {
  const rows = run.rows.slice(found.index);
  const { createdFrom, createdBefore } = of.conditions;
  const isPushed = of.list.canPush(of.conditions);
  /** A filter by time was decided here, and a row says none. */
  const isUntimed =
    !isPushed &&
    (createdFrom ?? createdBefore) !== null &&
    rows.some(({ content }) => content.kind === 'observed' && content.observation.createdAt === null);
  return {
    ...nothingOf(of, found.position),
    rows,
    more: !run.atEnd,
    // Where the list has no order of its own within a second, a row can be passed unseen.
    complete: !hasMixed(run, found) && !isUntimed,
    opposite: found.index > 0 || !run.atStart,
    total: isPushed ? totalOf(run) : null,
    at: (count, side) => {
      const index = found.index + count;
      return side === 'on' ? positionOn(run, index - 1, found) : positionAt(run, index, found);
    },
  };
}

/**
 * Rows of other accounts are none of this list. How many there are is known only where the whole of it was
 * read.
 */
function totalOf({ rows, total, atStart, atEnd }: Run<RefundRow>): number | null {
  const foreign = rows.filter(({ content }) => content.kind === 'foreign').length;
  if (foreign === 0) return total;
  return atStart && atEnd ? rows.length - foreign : null;
}

/** No rows, and no move. */
const nothingOf = ({ account, clock }: ProviderPages, at: Position): ProviderRows => ({
  account: account.key,
  origin: 'PROVIDER',
  rows: [],
  more: false,
  complete: true,
  opposite: false,
  total: null,
  queriedAt: null,
  asOf: clock(),
  failure: null,
  at: () => at,
});
