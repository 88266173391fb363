/** A provider's pages as stretches of its list: asked once however many want them, joined where they overlap. */
import { ProviderError } from '../providers/errors.ts';
import type { ListPage, ProviderAccount, ProviderList } from '../providers/provider.ts';
import type { SingleFlight } from '../flow/single-flight.ts';
import type { Clock } from '../flow/clock.ts';
import { markOf } from '../refunds/cursor.ts';
import { meetsConditions, type RefundConditions } from '../refunds/filter.ts';
import type { RefundObservation } from '../refunds/observation.ts';
import { pagesCovering, reachingPage, type PageAsk } from '../refunds/page-cover.ts';
import type { Toward } from '../refunds/place.ts';
import { joinAhead, joinBehind, type Row, type Stretch } from '../refunds/stretch.ts';
import { sortKey, type Direction } from './list-source.ts';

export interface ListRow extends Row {
  readonly observation: RefundObservation;
  readonly matches: boolean;
}

/** A page of a provider's list, and when it was asked for: of what came after that it says nothing. */
export interface AskedPage extends ListPage {
  readonly askedAt: Date;
}

export interface PagesOf {
  readonly account: ProviderAccount;
  readonly list: ProviderList;
  readonly direction: Direction;
  readonly conditions: RefundConditions;
  readonly flight: SingleFlight<AskedPage>;
  readonly clock: Clock;
}

export interface Pages {
  /** When the first of the pages that were used was asked for; null before one was. */
  readonly askedAt: () => Date | null;
  /** The most rows that a page has: the account's setting, or fewer if the provider was seen to cut its pages. */
  readonly maxPageSize: () => number;
  /** The rows [from, to) and what else was on their pages; joined from the near side on as far as they join. */
  readonly window: (from: number, to: number, toward: Toward) => Promise<Stretch<ListRow>>;
  /** The page of the largest size that holds a row. */
  readonly around: (row: number) => Promise<Stretch<ListRow>>;
  /** The page that holds a row and reaches furthest on one side of it. */
  readonly reaching: (row: number, toward: Toward) => Promise<Stretch<ListRow>>;
}

/** A page that is shorter than its list may simply be cut by the provider; one below this is not believed to be a cut. */
const SMALLEST_CUT = 10;

/** The pages of one account for one request. */
export function openPages(
  { account, list, direction, conditions, flight, clock }: PagesOf,
  signal: AbortSignal,
): Pages {
  const asked = JSON.stringify([account.key, direction, conditions]);
  const pushed = list.canPush(conditions);
  let maxPageSize = list.maxPageSize;
  let doubted = false;
  let askedAt: Date | null = null;

  function rowsOf(observations: readonly RefundObservation[]): readonly ListRow[] {
    // A row without a time sorts with its neighbour: where it stands in the list is all that is known of it.
    let time = observations.find(({ createdAt }) => createdAt !== null)?.createdAt ?? new Date(0);
    return observations.map((observation) => {
      time = observation.createdAt ?? time;
      const matches = pushed || meets(observation, time, conditions);
      const mark = markOf(observation.merchantRefundId);
      return { mark, key: sortKey(time.getTime(), direction), observation, matches };
    });
  }

  /**
   * One page; null when it should be asked for again. Either the provider cuts its pages, and then this one does not begin
   * where we think; or it has fewer rows than it should by its own total, and one of the two is wrong. Believed then.
   */
  async function page(ask: PageAsk): Promise<Stretch<ListRow> | null> {
    const call = async (flightSignal: AbortSignal): Promise<AskedPage> => {
      const at = clock();
      return { ...(await list.page({ ...ask, direction, conditions }, flightSignal)), askedAt: at };
    };
    const answer = await flight.run(`${asked} ${ask.page} ${ask.size}`, call, signal);
    const { observations, total } = answer;
    askedAt = askedAt === null || answer.askedAt < askedAt ? answer.askedAt : askedAt;
    const count = observations.length;
    if (count > ask.size) throw malformed(`The page has ${count} rows where at most ${ask.size} were asked for.`);
    const start = ask.page * ask.size;
    const used = answer.size ?? ask.size;
    if (used < ask.size && used >= 1 && used < maxPageSize) {
      maxPageSize = used;
      return null;
    }
    const short = count < ask.size;
    if (short && total > start + count && !doubted) {
      doubted = true;
      if (count >= SMALLEST_CUT) maxPageSize = Math.min(maxPageSize, count);
      return null;
    }
    return { start, rows: rowsOf(observations), atStart: ask.page === 0, atEnd: short, total };
  }

  function malformed(message: string): ProviderError {
    return new ProviderError({
      kind: 'malformed',
      account: account.key,
      operation: 'list refunds',
      message,
      sent: true,
    });
  }

  /** All pages at once; the plan is made anew when a page was doubted. */
  async function all(plan: () => readonly PageAsk[]): Promise<readonly Stretch<ListRow>[]> {
    for (;;) {
      const pages = await Promise.all(plan().map(page));
      const sound = pages.filter((stretch) => stretch !== null);
      if (sound.length === pages.length) return sound;
    }
  }

  const only = async (plan: () => PageAsk): Promise<Stretch<ListRow>> => joined(await all(() => [plan()]), 'after');

  return {
    askedAt: () => askedAt,
    maxPageSize: () => maxPageSize,
    window: async (from, to, toward) => joined(await all(() => pagesCovering(from, to, maxPageSize)), toward),
    around: (row) => only(() => ({ page: Math.floor(row / maxPageSize), size: maxPageSize })),
    reaching: (row, toward) => only(() => reachingPage(row, toward, maxPageSize)),
  };
}

function meets(observation: RefundObservation, createdAt: Date, conditions: RefundConditions): boolean {
  const { merchantRefundId, providerRefundId, merchantPaymentId, providerPaymentId, status } = observation;
  const payment = { merchantPaymentId, providerPaymentId, amount: observation.paymentAmount };
  return meetsConditions({ merchantRefundId, providerRefundId, payment, status, createdAt }, conditions);
}

/** Joins pages from the near side on; where the list moved between two of them the stretch ends early. */
function joined(pages: readonly Stretch<ListRow>[], toward: Toward): Stretch<ListRow> {
  const last = pages.findIndex(({ atEnd }) => atEnd);
  const inList = last < 0 ? pages : pages.slice(0, last + 1);
  const [nearest, ...others] = toward === 'after' ? inList : inList.toReversed();
  if (nearest === undefined) throw new RangeError('A window has at least one page.');
  let stretch = nearest;
  for (const page of others) {
    const more = toward === 'after' ? joinBehind(stretch, page) : joinAhead(page, stretch);
    if (more === null) break;
    stretch = more;
  }
  return stretch;
}
