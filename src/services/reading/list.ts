/**
 * `refunds`: one list over several accounts, each read from its provider or from the ledger, page by page.
 */
import type { Clock } from '../../flow/clock.ts';
import type { SingleFlight } from '../../flow/single-flight.ts';
import { cursorsOf, MOST_SHOWN, type SinglePosition, type SourcePosition } from '../../paging/cursor.ts';
import type { ProviderErrorCode } from '../../providers/errors.ts';
import { readMerged } from '../../paging/read-merged.ts';
import type { PageWindow } from '../../paging/window.ts';
import type { ProviderAccount } from '../../providers/provider.ts';
import type { RefundConditions, Direction } from '../../refunds/filter.ts';
import type { AccountKey } from '../../refunds/ids.ts';
import type { ReadPolicy } from '../../refunds/read-policy.ts';
import type { Refund } from '../../refunds/refund.ts';
import { observedAccount } from '../observation/query.ts';
import { observeAnswer, type QueryAgainDeps } from '../observation/query-again.ts';
import { withFallback } from './fallback.ts';
import { ledgerSource } from './ledger-source.ts';
import { pageOf, type ReadPage, type RefundPage } from './list-answer.ts';
import type { QueriedPage } from './provider-pages.ts';
import { failureOf, providerSource } from './provider-source.ts';
import type { ListedRefund, RefundSource } from './source.ts';
import { pairAt, withUnlisted } from './unlisted.ts';

export interface ListDeps extends QueryAgainDeps {
  /** Every configured account. */
  readonly accounts: readonly ProviderAccount[];
  /** Shared by all requests: equal upstream pages asked for at the same time are one call. */
  readonly pages: SingleFlight<QueriedPage>;
  readonly clock: Clock;
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
  readonly window: PageWindow;
  /**
   * LEDGER queries no provider, nor does `needsAttention`. AUTO queries every provider that has a list,
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
export async function listRefunds(deps: ListDeps, request: ListRequest, signal: AbortSignal): Promise<RefundPage> {
  const accounts = inOrder(deps, request);
  const copies = await copiesFor(deps, request, accounts);
  const most = Math.floor(MOST_SHOWN / Math.max(1, accounts.filter(({ list }) => list !== undefined).length));
  const sources = accounts.map(
    (account) => (position: SourcePosition | null) =>
      openSource(deps, request, { account, position, copiedAt: copies.get(account.key) ?? null, most }),
  );
  const cursors = cursorsOf(describe(request, accounts), deps.ledger.cursorKey);
  const limits = { clock: deps.clock, deadlineMs: deps.deadlineMs(request.read), signal, failureOf };
  const page = await readMerged<ListedRefund, RefundSource, ProviderErrorCode>(
    { sources, cursors, window: request.window },
    limits,
  );
  const { limit, from } = request.window;
  const failed = page.results.find(({ failure }) => failure !== null);
  if (limit > 0 && from !== null && !page.advanced && failed?.failure) {
    throw new NoProgressError(failed.source.account, failed.failure.code);
  }
  const shown = { statuses: request.conditions.statuses, toward: request.window.toward };
  return pageOf(page, await remember(deps, page), shown);
}

/** The accounts in the order in which their rows of the same time come. */
function inOrder({ accounts }: ListDeps, request: ListRequest): readonly ProviderAccount[] {
  const chosen = accounts.filter(({ key }) => request.accounts.includes(key));
  const ordered = chosen.toSorted((a, b) => (a.key < b.key ? -1 : 1));
  // The newest-first list is the oldest-first one turned round.
  return request.direction === 'DESC' ? ordered.toReversed() : ordered;
}

/** The same text for the same query: what a cursor belongs to. */
function describe({ direction, conditions, read }: ListRequest, accounts: readonly ProviderAccount[]): string {
  const statuses = conditions.statuses?.toSorted() ?? null;
  const from = accounts.map(({ key, list }) => [
    key,
    list === undefined || !queriesProviders({ read, conditions }) ? 'LEDGER' : read,
  ]);
  return JSON.stringify(['refunds', direction, { ...conditions, statuses }, from]);
}

/** Whether providers are queried at all. Which refunds need attention only the ledger knows. */
const queriesProviders = ({ read, conditions }: Pick<ListRequest, 'read' | 'conditions'>): boolean =>
  read !== 'LEDGER' && conditions.needsAttention === null;

/** The whole copies that may answer. */
async function copiesFor(
  { copies }: ListDeps,
  { read, conditions }: ListRequest,
  accounts: readonly ProviderAccount[],
): Promise<ReadonlyMap<AccountKey, Date>> {
  if (copies === undefined || read !== 'AUTO' || !queriesProviders({ read, conditions })) return new Map();
  const unfiltered = accounts.filter(({ list }) => list?.canPush(conditions) === false);
  return unfiltered.length === 0 ? new Map() : copies(unfiltered.map(({ key }) => key));
}

interface OpenedAt {
  readonly account: ProviderAccount;
  readonly position: SourcePosition | null;
  /** Of a whole copy that may answer: how old it is. */
  readonly copiedAt: Date | null;
  /** Most rows that may be shown in the place of the provider. */
  readonly most: number;
}

/**
 * A walk stays with the source that it began with, also when the copy becomes whole meanwhile: its position
 * is one in there.
 */
function openSource(
  deps: ListDeps,
  request: ListRequest,
  { account, position, copiedAt, most }: OpenedAt,
): RefundSource {
  const { ledger, pages, clock } = deps;
  const { direction, conditions, read, window, withTotals = true } = request;
  const { key, list } = account;
  const isForward = window.toward === 'after';
  const order = isForward === (direction === 'ASC') ? 'ASC' : 'DESC';
  const stored = { ledger, account: key, conditions, order, withTotal: withTotals, asOf: copiedAt } as const;
  const at = position ?? 'start';
  if (typeof at !== 'string' && at.kind === 'key') return ledgerSource(stored, at);
  // At an end of the list nothing of it was passed: either source will do.
  const edge = typeof at === 'string' ? at : null;
  if (list === undefined || !queriesProviders(request) || (edge !== null && copiedAt !== null)) {
    return ledgerSource(stored, edge ?? 'start');
  }

  const wholeList = list;
  const listedPart = { ...stored, withTotal: false, part: 'LISTED' } as const;
  function listed(position: SinglePosition): RefundSource<SinglePosition> {
    if (typeof position !== 'string' && position.kind === 'key') return ledgerSource(listedPart, position);
    const [from, shown] =
      typeof position !== 'string' && position.kind === 'fallback' ? [position.from, position.shown] : [position, []];
    const live = providerSource(
      { account, list: wholeList, direction, conditions, flight: pages, clock },
      { at: from, toward: window.toward, shown: new Set(shown) },
    );
    if (read === 'PROVIDER') return live;
    return withFallback({
      position,
      live,
      stored: (start) => ledgerSource(listedPart, start),
      order,
      most,
      asOf: async () => (await deps.copies?.([key]))?.get(key) ?? account.health().lastSuccessAt,
    });
  }

  const pair = pairAt(at);
  if (read === 'PROVIDER') return listed(pair.listed);
  const unlisted = ledgerSource({ ...stored, part: 'UNLISTED' }, pair.unlisted);
  return withUnlisted(listed(pair.listed), unlisted, { order, at: pair });
}

/** Observes the providers' rows into the ledger. The page's refunds, row by row. */
async function remember(deps: ListDeps, { rows, results }: ReadPage): Promise<readonly (Refund | null)[]> {
  const remembering = results.map(async ({ source, at, rows: read }) => {
    const account = deps.accounts.find(({ key }) => key === source.account);
    const observations = rows.flatMap(({ source: of, row: { content } }) =>
      of === source && content.kind === 'observed' ? [content.observation] : [],
    );
    if (account === undefined) return [];
    // A stored row that can't be read back is none of the provider's.
    const unreadable = (read?.rows ?? []).flatMap(({ content }) =>
      content.kind === 'unreadable' && content.record.raw !== '' ? [content.record] : [],
    );
    const context = { via: 'QUERY', at, ...(read?.queriedAt && { queriedAt: read.queriedAt }) } as const;
    const observed = await observeAnswer(deps, observedAccount(account), { observations, unreadable }, context);
    return observations.map((observation, nth) => [observation, observed[nth]?.refund] as const);
  });
  const remembered = new Map((await Promise.all(remembering)).flat());
  return rows.map(({ row: { content } }) => {
    if (content.kind === 'known') return content.refund;
    return content.kind === 'observed' ? (remembered.get(content.observation) ?? null) : null;
  });
}
