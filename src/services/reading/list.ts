/**
 * `refunds`: one list over several accounts, each read from its provider or from the ledger, page by page.
 */
import type { Clock } from '../../flow/clock.ts';
import type { SingleFlight } from '../../flow/single-flight.ts';
import { cursorsOf, isKeyGap, MOST_SHOWN } from '../../paging/cursor.ts';
import { readMerged, type MergedPage } from '../../paging/read-merged.ts';
import type { Source } from '../../paging/source.ts';
import type { PageWindow } from '../../paging/window.ts';
import type { ProviderErrorCode } from '../../providers/errors.ts';
import type { ProviderAccount } from '../../providers/provider.ts';
import { asksTheLedger, type Direction, type RefundConditions } from '../../refunds/filter.ts';
import type { AccountKey } from '../../refunds/ids.ts';
import { isOfTheLedger, type OrderField } from '../../refunds/list/order.ts';
import type { ProviderAnswer } from '../../refunds/observation.ts';
import type { ReadPolicy } from '../../refunds/read-policy.ts';
import type { Refund } from '../../refunds/refund.ts';
import { observedAccount } from '../observation/query.ts';
import { observeAnswer, type QueryAgainDeps } from '../observation/query-again.ts';
import type { KnownRows } from './known-rows.ts';
import { inTime, readLedger } from './ledger-source.ts';
import { pageOf, type RefundPage } from './list-answer.ts';
import { readLive } from './live-source.ts';
import type { QueriedPage } from './provider-pages.ts';
import { failedAt, readProvider } from './provider-source.ts';
import type { RefundRows } from './source.ts';

export interface ListDeps extends QueryAgainDeps {
  /** Every configured account. */
  readonly accounts: readonly ProviderAccount[];
  /** Shared by all requests: equal upstream pages asked for at the same time are one call. */
  readonly pages: SingleFlight<QueriedPage>;
  readonly clock: Clock;
  /** Rows that were observed before. Left out: each is observed each time. */
  readonly known?: KnownRows;
  /**
   * The accounts whose lists are kept copied whole, each with the instant that the copy tells of. None when
   * left out.
   */
  readonly copies?: (accounts: readonly AccountKey[]) => Promise<ReadonlyMap<AccountKey, Date>>;
  /** How long the sources may take before the page is served without the late ones, in milliseconds. */
  readonly deadlineMs: (read: ReadPolicy) => number;
}

export interface ListRequest {
  /** The accounts that the caller may see and has chosen. */
  readonly accounts: readonly AccountKey[];
  readonly conditions: RefundConditions;
  readonly direction: Direction;
  /** Left out: CREATED_AT. */
  readonly by?: OrderField;
  readonly window: PageWindow;
  /**
   * LEDGER queries no provider, nor does a condition or an order that only the ledger knows.
   * AUTO queries every provider that has a list,
   * unless it can't apply the filter and the ledger has a whole copy; where one can't be read it shows what
   * the ledger knows. PROVIDER does neither.
   */
  readonly read: ReadPolicy;
  /**
   * Default true. Counting a large ledger costs more than a page of it: false when nobody asked for totals.
   */
  readonly withTotals?: boolean;
}

/** Nothing can be shown behind a cursor until this source can be read again. The cursor stays good. */
export class NoProgressError extends Error {
  override readonly name = 'NoProgressError';
  readonly account: AccountKey;
  /** A failure's code, see `SourceReport`. */
  readonly code: ProviderErrorCode;

  constructor(account: AccountKey, code: ProviderErrorCode) {
    super(`The list of ${account} can not be read on: ${code}.`);
    this.account = account;
    this.code = code;
  }
}

/**
 * Reads one page. All sources are read at once, each only as far as the page needs. One that fails, or is
 * late, is named in `sources`; its position in the cursors stays where it was, and there may be more rows
 * as long as it is away. Meanwhile the rows that the ledger knows of it are shown. Once it is back the
 * others come first, late but in their own order: none passed over, none twice.
 * Throws PagingError for a cursor that is bad, foreign, or stood among rows that have all gone;
 * NoProgressError for a page that would lead nowhere, because all rows beyond its cursor wait for a source
 * that can't be read.
 */
export async function listRefunds(deps: ListDeps, asked: ListRequest, signal: AbortSignal): Promise<RefundPage> {
  const isOurs = asksTheLedger(asked.conditions) || isOfTheLedger(asked.by ?? 'CREATED_AT');
  const request = isOurs ? ({ ...asked, read: 'LEDGER' } as const) : asked;
  const accounts = inOrder(deps, request);
  const copies = await copiesFor(deps, request, accounts);
  const mostShown = Math.floor(MOST_SHOWN / Math.max(1, accounts.filter(({ list }) => list !== undefined).length));
  const { window, conditions } = request;
  const page = await readMerged(
    {
      sources: accounts.map((account) => sourceOf(account, { deps, request, copies, mostShown })),
      cursors: cursorsOf(describe(request, accounts), deps.ledger.cursorKey),
      window,
      deadlineMs: deps.deadlineMs(request.read),
    },
    signal,
  );
  const isMoved = page.passed.toRest.some((count) => count > 0);
  const failed = page.sources.find(({ failure }) => failure !== null);
  if (window.limit > 0 && window.from !== null && !isMoved && failed?.failure) {
    throw new NoProgressError(failed.account, failed.failure.code);
  }
  return pageOf(page, await remember(deps, page), { statuses: conditions.statuses, toward: window.toward });
}

/** The accounts in the order in which their rows of the same time come. */
function inOrder({ accounts }: ListDeps, request: ListRequest): readonly ProviderAccount[] {
  const chosen = accounts.filter(({ key }) => request.accounts.includes(key));
  const ordered = chosen.toSorted((a, b) => (a.key < b.key ? -1 : 1));
  // The newest-first list is the oldest-first one turned round.
  return request.direction === 'DESC' ? ordered.toReversed() : ordered;
}

/** The same text for the same query: what a cursor belongs to. */
function describe(
  { direction, by = 'CREATED_AT', conditions, read }: ListRequest,
  accounts: readonly ProviderAccount[],
): string {
  const statuses = conditions.statuses?.toSorted() ?? null;
  const from = accounts.map(({ key, list }) => [key, list === undefined ? 'LEDGER' : read]);
  return JSON.stringify(['refunds', by, direction, { ...conditions, statuses }, from]);
}

/** The whole copies that may answer. */
async function copiesFor(
  { copies }: ListDeps,
  { read, conditions }: ListRequest,
  accounts: readonly ProviderAccount[],
): Promise<ReadonlyMap<AccountKey, Date>> {
  if (copies === undefined || read !== 'AUTO') return new Map();
  const unfiltered = accounts.filter(({ list }) => list?.canPush(conditions) === false);
  return unfiltered.length === 0 ? new Map() : copies(unfiltered.map(({ key }) => key));
}

interface Listing {
  readonly deps: ListDeps;
  readonly request: ListRequest;
  /** Whole copies that may answer, and how old they are. */
  readonly copies: ReadonlyMap<AccountKey, Date>;
  /** Most rows that may be shown in the place of one provider. */
  readonly mostShown: number;
}

/**
 * A walk stays with the source that it began with, also when the copy becomes whole meanwhile: its position
 * is one in there.
 */
function sourceOf(account: ProviderAccount, { deps, request, copies, mostShown }: Listing): Source<RefundRows> {
  const { ledger, pages: flight, clock } = deps;
  const { direction, by = 'CREATED_AT', conditions, read, withTotals = true } = request;
  const { toward } = request.window;
  const { key, list } = account;
  const order = (toward === 'after') === (direction === 'ASC') ? 'ASC' : 'DESC';
  const copiedAt = copies.get(key) ?? null;
  const stored = { ledger, clock, account: key, conditions, order, by, withTotal: withTotals, asOf: copiedAt } as const;
  return (at, limits) => {
    const isEnd = typeof at === 'string';
    const isKeyed = isEnd || isKeyGap(at);
    // At an end of the list nothing of it was passed: either source will do.
    const isCopied = isEnd ? copiedAt !== null : isKeyed;
    if (list === undefined || read === 'LEDGER' || isCopied) {
      return inTime(readLedger(stored, isKeyed ? at : 'start', limits.need), limits);
    }
    const provider = { account, list, direction, toward, conditions, flight, clock };
    if (read === 'PROVIDER') {
      const from = isEnd || at.kind === 'gap' ? at : 'start';
      return readProvider(provider, from, limits).catch(failedAt(provider, from, limits));
    }
    const storedAsOf = async () => (await deps.copies?.([key]))?.get(key) ?? account.health().lastSuccessAt;
    return readLive({ provider, stored, most: mostShown, storedAsOf }, at, limits);
  };
}

/** Observes the providers' rows into the ledger. The page's refunds, row by row. */
async function remember(
  deps: ListDeps,
  { rows, sources }: MergedPage<RefundRows>,
): Promise<readonly (Refund | null)[]> {
  const remembering = sources.map(async (source) => {
    const account = deps.accounts.find(({ key }) => key === source.account);
    const observations = rows.flatMap(({ source: of, row: { content } }) =>
      of === source && content.kind === 'observed' ? [content.observation] : [],
    );
    if (account === undefined) return [];
    // A stored row that can't be read back is none of the provider's.
    const unreadable = source.rows.flatMap(({ content }) =>
      content.kind === 'unreadable' && content.record.raw !== '' ? [content.record] : [],
    );
    const { queriedAt } = source;
    const context = { via: 'QUERY', at: deps.clock(), ...(queriedAt && { queriedAt }) } as const;
    const own = observedAccount(account);
    const observe = (answer: ProviderAnswer) => observeAnswer(deps, own, answer, context);
    const answer = { observations, unreadable };
    const refunds = await (deps.known?.observed(own.key, answer, context.at, observe) ??
      observe(answer).then((observed) => observed.map(({ refund }) => refund)));
    return observations.map((observation, nth) => [observation, refunds[nth] ?? null] as const);
  });
  const remembered = new Map((await Promise.all(remembering)).flat());
  return rows.map(({ row: { content } }) => {
    if (content.kind === 'known') return content.refund;
    return content.kind === 'observed' ? (remembered.get(content.observation) ?? null) : null;
  });
}
