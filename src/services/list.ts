/** `refunds`: one list over several accounts, each read from its provider or from the ledger, page by page. */
import type { ProviderAccount } from '../providers/provider.ts';
import type { SingleFlight } from '../flow/single-flight.ts';
import type { Clock } from '../flow/clock.ts';
import { cursorsOf, MOST_SHOWN, type Cursor, type SourcePlace } from '../refunds/cursor.ts';
import type { RefundConditions } from '../refunds/filter.ts';
import type { AccountKey } from '../refunds/ids.ts';
import type { RefundObservation } from '../refunds/observation.ts';
import type { PageWindow } from '../refunds/paging.ts';
import type { Toward } from '../refunds/place.ts';
import type { ReadPolicy } from '../refunds/read-policy.ts';
import type { Refund } from '../refunds/refund.ts';
import { observedAccount } from './ask.ts';
import { observeAndAsk, type AskAgainDeps } from './ask-again.ts';
import { bridged } from './list-bridge.ts';
import { draftPage, type Draft } from './list-draft.ts';
import { ledgerSource } from './list-ledger.ts';
import { readSources, type Outcome, type SourceFailure } from './list-outcome.ts';
import type { AskedPage } from './list-pages.ts';
import { providerSource } from './list-provider.ts';
import type { Direction, ListSource, RefundOrigin } from './list-source.ts';

export interface ListDeps extends AskAgainDeps {
  /** Every configured account. */
  readonly accounts: readonly ProviderAccount[];
  /** Shared by all requests: equal upstream pages asked for at the same time are one call. */
  readonly pages: SingleFlight<AskedPage>;
  readonly clock: Clock;
  /** The accounts whose lists are kept copied whole, each with the instant that the copy tells of. None when left out. */
  readonly copies?: (accounts: readonly AccountKey[]) => Promise<ReadonlyMap<AccountKey, Date>>;
  /** How long the sources may take before the page is served without the late ones, in milliseconds. */
  readonly deadlineMs: (read: ReadPolicy) => number;
}

export interface ListAsk {
  /** The accounts that the caller may see and has chosen. */
  readonly accounts: readonly AccountKey[];
  readonly conditions: RefundConditions;
  readonly direction: Direction;
  readonly window: PageWindow;
  /**
   * LEDGER asks nobody. AUTO asks every provider that has a list, unless it can't apply the filter and the ledger has a whole
   * copy; where one can't be read it shows what the ledger knows. PROVIDER does neither.
   */
  readonly read: ReadPolicy;
  /** Default true. Counting a large ledger costs more than a page of it: false when nobody asked for totals. */
  readonly withTotals?: boolean;
}

/** Where the rows of one account came from, and whether they could be read. */
export interface SourceReport {
  readonly account: AccountKey;
  readonly origin: RefundOrigin;
  /** False when this source could not be read to the end of what was asked. */
  readonly complete: boolean;
  readonly totalCount: number | null;
  readonly asOf: Date;
  readonly failure: SourceFailure | null;
}

export interface RefundPage {
  readonly edges: readonly { readonly cursor: string; readonly refund: Refund }[];
  /**
   * The first and the last edge's cursors. Where the page ends early (a source failed, or a filter's bound was reached) the
   * one that the walk goes on from stands beyond the edges, and is there even on a page without edges. Else null on such.
   */
  readonly startCursor: string | null;
  readonly endCursor: string | null;
  readonly hasNextPage: boolean;
  readonly hasPreviousPage: boolean;
  /** Null when a source can't count. */
  readonly totalCount: number | null;
  readonly sources: readonly SourceReport[];
}

/**
 * Reads one page. All sources are read at once, each only as far as the page needs. One that fails, or is late, is named in
 * `sources`; its place in the cursors stays where it was, and there may be more rows as long as it is away. Meanwhile the rows
 * that the ledger knows of it are shown. Once it is back the others come first, late but in their own order: none passed over,
 * none twice.
 * Throws PagingError for a cursor that is bad, foreign, or stood among rows that have all gone.
 */
export async function listRefunds(deps: ListDeps, ask: ListAsk, signal: AbortSignal): Promise<RefundPage> {
  const accounts = inOrder(deps, ask);
  const cursors = cursorsOf(describe(ask, accounts));
  const [toward, limit, text]: readonly [Toward, number, string | null] =
    ask.window.kind === 'forward'
      ? ['after', ask.window.first, ask.window.after]
      : ['before', ask.window.last, ask.window.before];
  const cursor = text === null ? null : cursors.read(text, toward);
  const copies = await copiesFor(deps, ask, accounts);
  const lists = accounts.filter(({ list }) => list !== undefined).length;
  const placed = accounts.map((account, index) => {
    const place = turned(cursor?.[index] ?? null, toward);
    const source = sourceOf(deps, ask, account, place, copies.get(account.key), lists);
    return { source, place: place ?? outset(source, toward) };
  });
  const withTotal = ask.withTotals ?? true;
  const outcomes = await readSources(
    placed,
    { toward, need: limit + 1, withTotal },
    { clock: deps.clock, deadlineMs: deps.deadlineMs(ask.read) },
    signal,
  );
  const draft = draftPage(outcomes, limit, toward);
  const refunds = await remember(deps, outcomes, draft);
  return pageOf(ask, outcomes, draft, refunds, cursors.write);
}

/** The accounts in the order in which their rows of the same time come. */
function inOrder({ accounts }: ListDeps, ask: ListAsk): readonly ProviderAccount[] {
  const chosen = accounts.filter(({ key }) => ask.accounts.includes(key));
  const ordered = chosen.toSorted((a, b) => (a.key < b.key ? -1 : 1));
  // The newest-first list is the oldest-first one turned round.
  return ask.direction === 'DESC' ? ordered.toReversed() : ordered;
}

/** The same text for the same question: what a cursor belongs to. */
function describe({ direction, conditions, read }: ListAsk, accounts: readonly ProviderAccount[]): string {
  const statuses = conditions.statuses?.toSorted() ?? null;
  const from = accounts.map(({ key, list }) => [key, list === undefined ? 'LEDGER' : read]);
  return JSON.stringify(['refunds', direction, { ...conditions, statuses }, from]);
}

/** The whole copies that may answer. */
async function copiesFor(
  { copies }: ListDeps,
  { read, conditions }: ListAsk,
  accounts: readonly ProviderAccount[],
): Promise<ReadonlyMap<AccountKey, Date>> {
  if (copies === undefined || read !== 'AUTO') return new Map();
  const unfiltered = accounts.filter(({ list }) => list?.canPush(conditions) === false);
  return unfiltered.length === 0 ? new Map() : copies(unfiltered.map(({ key }) => key));
}

/** A walk stays with the source that it began with, also when the copy becomes whole meanwhile: its place is one in there. */
function sourceOf(
  deps: ListDeps,
  { direction, conditions, read }: ListAsk,
  account: ProviderAccount,
  place: SourcePlace | null,
  copiedAt: Date | undefined,
  lists: number,
): ListSource {
  const { ledger, pages, clock } = deps;
  const { key, list } = account;
  const isCopy = place === null ? copiedAt !== undefined : place.kind === 'ledger' || place.kind === 'ledger-row';
  const stored = { ledger, account: key, direction, conditions, ...(copiedAt && { asOf: copiedAt }) };
  if (list === undefined || read === 'LEDGER' || isCopy) return ledgerSource(stored);
  const live = providerSource({ account, list, direction, conditions, flight: pages, clock });
  if (read === 'PROVIDER') return live;
  const asOf = async () => (await deps.copies?.([key]))?.get(key) ?? account.health().lastSuccessAt;
  const most = Math.floor(MOST_SHOWN / lists);
  return bridged({ live, stored: ledgerSource(stored), direction, most, asOf });
}

/** Rows that were shown from the ledger lie on one side of a place only: the other way, the walk goes back through the ledger. */
const turned = (place: SourcePlace | null, toward: Toward): SourcePlace | null =>
  place?.kind === 'bridge' && place.toward !== toward ? place.ledger : place;

function outset({ origin }: ListSource, toward: Toward): SourcePlace {
  const place = toward === 'after' ? 'start' : 'end';
  return origin === 'LEDGER' ? { kind: 'ledger', place } : { kind: 'list', place };
}

/** Lets the providers' rows pass through the one door into the ledger; the draft's refunds, row by row. */
async function remember(
  deps: ListDeps,
  outcomes: readonly Outcome[],
  draft: Draft,
): Promise<readonly (Refund | null)[]> {
  const known = new Map<RefundObservation, Refund>();
  const remembering = outcomes.map(async ({ source, at, result }, index) => {
    const account = deps.accounts.find(({ key }) => key === source.account);
    const contents = draft.rows.filter((row) => row.source === index).map(({ row }) => row.content);
    const told = contents.flatMap((content) => (content.kind === 'observed' ? [content.observation] : []));
    if (account === undefined || told.length === 0) return;
    const askedAt = result.kind === 'read' ? result.reading.askedAt : null;
    const context = { via: 'QUERY', at, ...(askedAt && { askedAt }) } as const;
    const observed = await observeAndAsk(deps, observedAccount(account), told, context);
    for (const [nth, observation] of told.entries()) {
      const refund = observed[nth]?.refund;
      if (refund !== undefined) known.set(observation, refund);
    }
  });
  await Promise.all(remembering);
  return draft.rows.map(({ row: { content } }) =>
    content.kind === 'known' ? content.refund : (known.get(content.observation) ?? null),
  );
}

function pageOf(
  { conditions, window }: ListAsk,
  outcomes: readonly Outcome[],
  draft: Draft,
  refunds: readonly (Refund | null)[],
  write: (cursor: Cursor) => string,
): RefundPage {
  const outwards = draft.rows.flatMap(({ cursor }, index) => {
    const refund = refunds[index] ?? null;
    // The ledger may know better than the provider's list by now; a row that does not meet the filter is not shown.
    const meets = refund !== null && (conditions.statuses?.includes(refund.status) ?? true);
    return meets ? [{ cursor: write(cursor), refund }] : [];
  });
  const goesOn = draft.more && (draft.blocked || outwards.length < draft.rows.length || outwards.length === 0);
  const near = outwards[0]?.cursor ?? null;
  const far = goesOn ? write(draft.rest) : (outwards.at(-1)?.cursor ?? null);
  const sources = outcomes.map(reportOf).toSorted((a, b) => (a.account < b.account ? -1 : 1));
  const totals = sources.map(({ totalCount }) => totalCount);
  const isCounted = totals.every((total) => total !== null);
  const common = { totalCount: isCounted ? totals.reduce((sum, total) => sum + total, 0) : null, sources };
  return window.kind === 'forward'
    ? {
        ...common,
        edges: outwards,
        startCursor: near,
        endCursor: far,
        hasNextPage: draft.more,
        hasPreviousPage: draft.opposite,
      }
    : {
        ...common,
        edges: outwards.toReversed(),
        startCursor: far,
        endCursor: near,
        hasNextPage: draft.opposite,
        hasPreviousPage: draft.more,
      };
}

function reportOf({ source: { account, origin, asOf }, at, result }: Outcome): SourceReport {
  const from = { account, origin, asOf: asOf ?? at };
  if (result.kind === 'read') {
    return { ...from, complete: result.reading.complete, totalCount: result.reading.total, failure: null };
  }
  const { failure, bridge } = result;
  const failed = { ...from, complete: false, totalCount: null, failure };
  return bridge === null ? failed : { ...failed, origin: 'LEDGER', asOf: bridge.asOf ?? at };
}
