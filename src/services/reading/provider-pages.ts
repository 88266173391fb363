/**
 * A provider's pages as runs of its list: asked for once however many want them, joined where they overlap.
 */
import type { Clock } from '../../flow/clock.ts';
import type { SingleFlight } from '../../flow/single-flight.ts';
import { pagesCovering, pageToward, type PageRequest } from '../../paging/cover.ts';
import { fingerprintOf } from '../../paging/cursor.ts';
import { FLIPPED } from '../../paging/position.ts';
import { flipRun, joinRuns, type Row, type Run, type Side } from '../../paging/run.ts';
import { createSearch } from '../../paging/search.ts';
import type { Toward } from '../../paging/window.ts';
import { ProviderError } from '../../providers/errors.ts';
import type { ListPage, ProviderAccount, ProviderList } from '../../providers/provider.ts';
import { meetsConditions, type RefundConditions, type Direction } from '../../refunds/filter.ts';
import type { RecordRead, RefundObservation } from '../../refunds/observation.ts';
import { idOf, sortKey } from './source.ts';

export interface ListRow extends Row {
  readonly content: RecordRead;
  /** It is a row of the answer; one that can't be read never is, and counts in its place. */
  readonly matches: boolean;
}

/** A page of a provider's list, and when it was asked for: of what came after that it says nothing. */
export interface QueriedPage extends ListPage {
  readonly queriedAt: Date;
}

/** One account's list under some conditions. `direction` is the list's own, whichever way it is walked. */
export interface ProviderPages {
  readonly account: ProviderAccount;
  readonly list: ProviderList;
  readonly direction: Direction;
  readonly conditions: RefundConditions;
  readonly flight: SingleFlight<QueriedPage>;
  readonly clock: Clock;
}

/**
 * A page that is shorter than its list may simply be cut by the provider; one below this is not believed to
 * be a cut.
 */
const SMALLEST_CUT = 10;

export type Pages = ReturnType<typeof openPages>;

/** The pages of one account for one request. */
export function openPages(of: ProviderPages, signal: AbortSignal) {
  const { account, list, direction, conditions, flight, clock } = of;
  const listName = JSON.stringify([account.key, direction, conditions]);
  const search = createSearch();
  let maxPageSize = list.maxPageSize;
  let doubted = false;
  let queriedAt: Date | null = null;

  /**
   * One page; null when it should be asked for again. Either the provider cuts its pages, and then this one
   * does not begin where we think; or it has fewer rows than it should by its own total, and one of the two
   * is wrong. Believed then.
   */
  async function page(request: PageRequest): Promise<Run<ListRow> | null> {
    const call = async (flightSignal: AbortSignal): Promise<QueriedPage> => {
      const at = clock();
      return { ...(await list.page({ ...request, direction, conditions }, flightSignal)), queriedAt: at };
    };
    const answer = await flight.run(`${listName} ${request.page} ${request.size}`, call, signal);
    const { records, total } = answer;
    queriedAt = queriedAt === null || answer.queriedAt < queriedAt ? answer.queriedAt : queriedAt;
    const count = records.length;
    if (count > request.size) {
      const message = `The page has ${count} rows where at most ${request.size} were asked for.`;
      throw listError(of, 'malformed', message);
    }
    const start = request.page * request.size;
    const used = answer.size ?? request.size;
    if (used < request.size && used >= 1 && used < maxPageSize) {
      maxPageSize = used;
      return null;
    }
    const short = count < request.size;
    if (short && total > start + count && !doubted) {
      doubted = true;
      if (count >= SMALLEST_CUT) maxPageSize = Math.min(maxPageSize, count);
      return null;
    }
    const rows = rowsOf(of, records);
    return { start, rows, atStart: request.page === 0, atEnd: short, total, reordered: false };
  }

  /** All pages at once; the plan is made again when a page was doubted. */
  async function all(plan: () => readonly PageRequest[]): Promise<readonly Run<ListRow>[]> {
    for (;;) {
      const pages = await Promise.all(plan().map(page));
      const sound = pages.filter((run) => run !== null);
      if (sound.length === pages.length) return sound;
    }
  }

  /**
   * The list as a walk sees it: a backward walk goes forward over the flipped list, with its offsets and
   * runs.
   */
  function along(toward: Toward) {
    const isFlipped = toward === 'before';
    const read = async (plan: () => readonly PageRequest[]) => joined(await all(plan), toward);
    /**
     * The rows [from, to) of the provider's own list and what else is on their pages, as far as these join.
     */
    const listed = (from: number, to: number) => read(() => pagesCovering(Math.max(0, from), to, maxPageSize));
    const listedRow = (row: number) => Math.max(0, isFlipped ? 0 - row - 1 : row);

    const rows = (from: number, to: number) => (isFlipped ? listed(0 - to, 0 - from) : listed(from, to));
    /** The page of the largest size that holds a row. */
    const pageAt = (row: number) => read(() => [{ page: Math.floor(listedRow(row) / maxPageSize), size: maxPageSize }]);
    /** A page that holds a row and reaches as far behind it as a page can. */
    const pageBehind = (row: number) => read(() => [pageToward(listedRow(row), toward, maxPageSize)]);

    return {
      rows,
      pageAt,
      pageBehind,
      /**
       * The `need` rows behind an offset (null: the walk's start), and one ahead of it; or, not counted, a
       * page there.
       */
      open: async (offset: number | null, need: number, isCounted: boolean) => {
        if (offset !== null || !isFlipped) {
          const anchor = (offset ?? 0) - 1;
          return isCounted ? rows(anchor, anchor + 1 + need) : pageBehind(anchor);
        }
        // The walk starts at the list's end: the first page tells where that is.
        const first = await listed(0, Math.min(need + 1, maxPageSize));
        return first.atStart ? first : listed(first.total - need, first.total + 1);
      },
      /** The page to look at next for a position that lies far away on one side of a run. */
      search: (run: Run<ListRow>, side: Side) => {
        const probe = isFlipped ? search(flipRun(run), FLIPPED[side], maxPageSize) : search(run, side, maxPageSize);
        if (probe.kind === 'rows') return listed(probe.from, probe.to);
        return read(() => [{ page: Math.floor(probe.row / maxPageSize), size: maxPageSize }]);
      },
    };
  }

  return { along, queriedAt: () => queriedAt, maxPageSize: () => maxPageSize };
}

/** The failure of a list whose pages were answered, and can't be used. */
export const listError = ({ account }: ProviderPages, kind: 'malformed' | 'unavailable', message: string) =>
  new ProviderError({ kind, account: account.key, operation: 'list refunds', message, sent: true });

function rowsOf({ list, direction, conditions }: ProviderPages, records: readonly RecordRead[]): readonly ListRow[] {
  const pushed = list.canPush(conditions);
  const timeOf = (read: RecordRead) => (read.kind === 'observed' ? read.observation : read.record).createdAt;
  // A row without a time sorts with its neighbour: where it stands in the list is all that is known of it.
  let time = records.map(timeOf).find((createdAt) => createdAt !== null) ?? new Date(0);
  return records.map((content) => {
    const own = timeOf(content);
    time = own ?? time;
    const matches = content.kind === 'observed' && (pushed || meets(content.observation, time, conditions));
    const [fingerprint, key] = [fingerprintOf(idOf(content)), sortKey(time.getTime(), direction)];
    return { fingerprint, key, content, matches, ...(own === null && { isKeyBorrowed: true }) };
  });
}

function meets(observation: RefundObservation, createdAt: Date, conditions: RefundConditions): boolean {
  const { merchantRefundId, providerRefundId, merchantPaymentId, providerPaymentId, status } = observation;
  const payment = { merchantPaymentId, providerPaymentId, amount: observation.paymentAmount };
  // What needs attention is asked of the ledger alone.
  const facts = { merchantRefundId, providerRefundId, payment, status, createdAt, attention: {} };
  return meetsConditions(facts, conditions);
}

/**
 * Joins pages as a walk sees them, from its near side on. Where the list moved between two of them the run
 * ends early.
 */
function joined(pages: readonly Run<ListRow>[], toward: Toward): Run<ListRow> {
  const last = pages.findIndex(({ atEnd }) => atEnd);
  const inList = last < 0 ? pages : pages.slice(0, last + 1);
  const [nearest, ...others] = toward === 'after' ? inList : inList.toReversed().map(flipRun);
  if (nearest === undefined) throw new RangeError('A window has at least one page.');
  let run = nearest;
  for (const page of others) {
    const more = joinRuns(run, page);
    if (more === null) break;
    run = more;
  }
  return run;
}
