/**
 * A provider's pages as runs of its list: asked for once however many want them, joined where they overlap.
 */
import type { Clock } from '../../flow/clock.ts';
import type { SingleFlight } from '../../flow/single-flight.ts';
import { pagesCovering, pageToward, type PageRequest } from '../../paging/cover.ts';
import { fingerprintOf } from '../../paging/cursor.ts';
import { FLIPPED } from '../../paging/position.ts';
import { flipRun, joinRuns, type Run, type Side } from '../../paging/run.ts';
import { createSearch } from '../../paging/search.ts';
import type { Toward } from '../../paging/window.ts';
import { ProviderError } from '../../providers/errors.ts';
import type { ListPage, ProviderAccount, ProviderList } from '../../providers/provider.ts';
import { meetsConditions, type Direction, type Filtered, type RefundConditions } from '../../refunds/filter.ts';
import type { RecordRead, RefundObservation } from '../../refunds/observation.ts';
import { idOf, sortKey, type RefundRow } from './source.ts';

/** A page of a provider's list, and when it was asked for: of what came after that it says nothing. */
export interface QueriedPage extends ListPage {
  readonly queriedAt: Date;
}

/** One account's list under some conditions. `direction` is the list's own, whichever way it is walked. */
export interface ProviderPages {
  readonly account: ProviderAccount;
  readonly list: ProviderList;
  readonly direction: Direction;
  readonly toward: Toward;
  readonly conditions: RefundConditions;
  readonly flight: SingleFlight<QueriedPage>;
  readonly clock: Clock;
}

/**
 * A page that is shorter than its list may simply be cut by the provider; one below this is not believed to
 * be a cut.
 */
const SMALLEST_CUT = 10;

/**
 * The pages of one account for one request, as a walk sees them: a backward walk goes forward over the
 * flipped list, with its offsets and runs.
 */
export function openPages(of: ProviderPages, signal: AbortSignal) {
  const { account, list, direction, toward, conditions, flight, clock } = of;
  const listName = JSON.stringify([account.key, direction, conditions]);
  const isFlipped = toward === 'before';
  const nextProbe = createSearch();
  let maxPageSize = list.maxPageSize;
  let doubted = false;
  let queriedAt: Date | null = null;

  /**
   * One page; null when it should be asked for again. Either the provider cuts its pages, and then this one
   * does not begin where we think; or it has fewer rows than it should by its own total, and one of the two
   * is wrong. Believed then.
   */
  async function page(request: PageRequest): Promise<Run<RefundRow> | null> {
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

  /**
   * Pages at once, joined from the walk's near side on. Where the list moved between two of them the run ends
   * early. The plan is made again when a page was doubted.
   */
  async function read(plan: () => readonly PageRequest[]): Promise<Run<RefundRow>> {
    for (;;) {
      const pages = await Promise.all(plan().map(page));
      const sound = pages.filter((run) => run !== null);
      if (sound.length < pages.length) continue;
      const inList = sound.slice(0, sound.findIndex(({ atEnd }) => atEnd) + 1 || undefined);
      const [nearest, ...others] = isFlipped ? inList.toReversed().map(flipRun) : inList;
      if (nearest === undefined) throw new RangeError('A window has at least one page.');
      let run = nearest;
      for (const other of others) {
        const longer = joinRuns(run, other);
        if (longer === null) break;
        run = longer;
      }
      return run;
    }
  }

  /** The rows [from, to) of the provider's own list and what else is on their pages, as far as these join. */
  const listed = (from: number, to: number) => read(() => pagesCovering(Math.max(0, from), to, maxPageSize));
  /** The same of the walk's list. */
  const rows = (from: number, to: number) => (isFlipped ? listed(0 - to, 0 - from) : listed(from, to));
  /** A page that holds a row and reaches as far behind it as a page can. */
  const pageBehind = (row: number) =>
    read(() => [pageToward(Math.max(0, isFlipped ? 0 - row - 1 : row), toward, maxPageSize)]);

  return {
    rows,
    pageBehind,
    /** So many rows behind an offset (null: the walk's start), and one ahead; with no count, a page there. */
    open: async (offset: number | null, count: number | null) => {
      if (offset === null && isFlipped) {
        // The walk starts at the list's end: the first page tells where that is.
        const need = count ?? maxPageSize;
        const first = await listed(0, Math.min(need + 1, maxPageSize));
        return first.atStart ? first : listed(first.total - need, first.total + 1);
      }
      const ahead = (offset ?? 0) - 1;
      return count === null ? pageBehind(ahead) : rows(ahead, ahead + 1 + count);
    },
    /** The rows to look at next for a position that lies far away on one side of a run. */
    search: (run: Run<RefundRow>, side: Side) => {
      const probe = isFlipped ? nextProbe(flipRun(run), FLIPPED[side], maxPageSize) : nextProbe(run, side, maxPageSize);
      return listed(...probe);
    },
    /** When the first of the pages was asked for. */
    queriedAt: () => queriedAt ?? clock(),
  };
}

/** The failure of a list whose pages were answered, and can't be used. */
export const listError = ({ account }: ProviderPages, kind: 'malformed' | 'unavailable', message: string) =>
  new ProviderError({ kind, account: account.key, operation: 'list refunds', message, sent: true });

function rowsOf(
  { account, list, direction, conditions }: ProviderPages,
  records: readonly RecordRead[],
): readonly RefundRow[] {
  const pushed = list.canPush(conditions);
  const timeOf = (read: RecordRead) => (read.kind === 'observed' ? read.observation : read.record).createdAt;
  // A row without a time sorts with its neighbour: where it stands in the list is all that is known of it.
  let time = records.map(timeOf).find((createdAt) => createdAt !== null) ?? new Date(0);
  return records.map((content) => {
    const own = timeOf(content);
    time = own ?? time;
    const matches =
      content.kind === 'observed' &&
      (pushed || meets(content.observation, { account: account.key, createdAt: time }, conditions));
    const [fingerprint, key] = [markOf(content), sortKey(time.getTime(), direction)];
    return { fingerprint, key, content, matches, ...(own === null && { isKeyBorrowed: true }) };
  });
}

/** The fingerprint of each row that is known as it is. */
const marks = new WeakMap<RecordRead, string>();

function markOf(content: RecordRead): string {
  const mark = marks.get(content) ?? fingerprintOf(idOf(content));
  marks.set(content, mark);
  return mark;
}

function meets(
  observation: RefundObservation,
  place: Pick<Filtered, 'account' | 'createdAt'>,
  conditions: RefundConditions,
): boolean {
  const { merchantPaymentId, providerPaymentId } = observation;
  const payment = { merchantPaymentId, providerPaymentId, amount: observation.paymentAmount };
  // Attention and the last change are asked of the ledger alone.
  return meetsConditions({ ...observation, ...place, payment, attention: {}, updatedAt: null }, conditions);
}
