/**
 * A ledger that was restored, or lost its last commits in a failover, is compared with a provider before
 * anybody uses it. What the provider says goes through the one door, as always; nothing is sent that could
 * move money.
 */
import { pageRefundedPayments, pageTouched, type PageAfter, type RowPage } from '../../ledger/refund/compared.ts';
import { ProviderError } from '../../providers/errors.ts';
import type { ProviderAccount, ProviderQuery } from '../../providers/provider.ts';
import type { MerchantRefundId } from '../../refunds/ids.ts';
import type { RefundLookup } from '../../refunds/observation.ts';
import type { SourcePosition } from '../../paging/cursor.ts';
import { PagingError } from '../../paging/window.ts';
import { observeAndQuery, type QueryAgainDeps } from '../observation/query-again.ts';
import { queryProvider, lookupOf, observedAccount, unreadOf, type QueryDeps } from '../observation/query.ts';
import { readOn, type Mirrored } from './mirror.ts';
import type { Observed } from '../observation/observe.ts';

/** How far back is compared. */
export interface ComparedSpan {
  /** Refunds that were made or changed since then, beside all that are unfinished. */
  readonly since: Date;
  /** Payments with a refund made since then are queried as a whole, where a provider answers that. */
  readonly paymentsSince: Date;
}

export interface Comparison {
  /** Refunds of which the provider told. */
  readonly compared: number;
  /** Those of them that the ledger did not know; it does now. */
  readonly discovered: number;
  /** Those that had gone on; the ledger has it now. */
  readonly changed: number;
  /** Those that differ in what never changes; the ledger keeps what it knew, and the feed tells of it. */
  readonly contradicted: number;
  /** Refunds of the ledger that the provider, when queried, does not know. */
  readonly missing: number;
  /** Refunds, payments and lists that could not be compared. */
  readonly failed: number;
  /** Why, each reason once. */
  readonly reasons: readonly string[];
}

/** How many refunds or payments are read from the ledger at once. */
const BATCH = 500;
/** How many queries of an account are under way at once. */
const AT_ONCE = 8;
/** A list whose rows around a place have gone is read from its start again, so often at most. */
const MOST_STARTS = 3;

/** Compares one account. A provider that can't be read or queried is counted, and the rest is compared. */
export async function compareAccount(
  deps: QueryDeps & QueryAgainDeps,
  compared: Pick<Mirrored, 'account' | 'throttle'>,
  span: ComparedSpan,
  signal: AbortSignal,
): Promise<Comparison> {
  const tally = openTally();
  const { account } = compared;
  const under: Comparing = { deps, account, signal, tally };
  if (account.list !== undefined) {
    await walkList(under, { ...compared, list: account.list }, span.since);
  }
  const queryAll = createQuerying(under);
  const { db } = deps.ledger;
  for await (const refunds of inPages((page) => pageTouched(db, account.key, span.since, page))) {
    const lookups = refunds.filter(({ merchantRefundId }) => !tally.isTold(merchantRefundId));
    await queryAll(lookups.map((refund) => ({ lookup: lookupOf(refund), wanted: refund.merchantRefundId })));
  }
  // A list has reported forgotten refunds already; without one a payment's own query reports them.
  if (account.list !== undefined) return tally.sum();
  for await (const payments of inPages((page) => pageRefundedPayments(db, account.key, span.paymentsSince, page))) {
    const nothing = { merchantRefundId: null, providerRefundId: null };
    await queryAll(payments.map((payment) => ({ lookup: { ...nothing, ...payment }, wanted: null })));
  }
  return tally.sum();
}

async function* inPages<Row>(read: (page: PageAfter) => Promise<RowPage<Row>>): AsyncGenerator<readonly Row[]> {
  let after: string | null = null;
  do {
    const { rows, next }: RowPage<Row> = await read({ after, limit: BATCH });
    yield rows;
    after = next;
  } while (after !== null);
}

/** A comparison of one account that is under way. */
interface Comparing {
  readonly deps: QueryDeps & QueryAgainDeps;
  readonly account: ProviderAccount;
  readonly signal: AbortSignal;
  readonly tally: ReturnType<typeof openTally>;
}

/** Reads a list from its newest row down to the rows that were made before. */
async function walkList({ deps, signal, tally }: Comparing, mirrored: Mirrored, since: Date): Promise<void> {
  let from: SourcePosition | undefined;
  let starts = 1;
  for (;;) {
    try {
      const { rows, queriedAt, more, at } = await readOn(mirrored, from, { clock: deps.clock, signal });
      const observations = rows.flatMap(({ content }) => (content.kind === 'observed' ? [content.observation] : []));
      const context = { via: 'POLL', at: deps.clock(), ...(queriedAt && { queriedAt }) } as const;
      tally.told(await observeAndQuery(deps, observedAccount(mirrored.account), observations, context));
      // Keys are times turned round, because the list is read newest first.
      if (!more || rows.some(({ key }) => -key < since.getTime())) return;
      from = at(rows.length, 'behind');
    } catch (error) {
      if (error instanceof ProviderError) return tally.failed(error.message);
      if (!(error instanceof PagingError)) throw error;
      if (starts === MOST_STARTS) return tally.failed('the list changes faster than it can be read');
      starts += 1;
      from = undefined;
    }
  }
}

/** Queries about many; the same query once, however many refunds and payments it is about. */
function createQuerying({ deps, account, signal, tally }: Comparing) {
  const answers = new Map<string, ReturnType<typeof answerTo>>();

  /** What an answer said, with the refunds that it made known; or why there is none. */
  async function answerTo(query: ProviderQuery) {
    try {
      const { queriedAt, ...answer } = await queryProvider(deps, account, query, signal);
      const context = { via: 'QUERY', at: deps.clock(), queriedAt } as const;
      const observed = await observeAndQuery(deps, observedAccount(account), answer.observations, context);
      tally.told(observed);
      return { answer, ids: new Set<string>(observed.map(({ refund }) => refund.merchantRefundId)) };
    } catch (error) {
      if (error instanceof ProviderError) return error.message;
      throw error;
    }
  }

  /** `wanted`: the refund that the answer must show; null: any, or none. */
  async function one(lookup: RefundLookup, wanted: MerchantRefundId | null): Promise<void> {
    const query = account.query(lookup);
    if (query === null) {
      // A payment that no provider can be queried about is no refund that was not compared.
      if (wanted !== null) tally.failed('it has refunds by whose ids it can not be asked');
      return;
    }
    const first = !answers.has(query.key);
    const pending = answers.get(query.key) ?? answerTo(query);
    answers.set(query.key, pending);
    const result = await pending;
    if (typeof result === 'string') {
      if (first || wanted !== null) tally.failed(result);
    } else if (wanted !== null && !result.ids.has(wanted)) {
      const unread = unreadOf(result.answer, lookup, account);
      if (unread === null) tally.missing(wanted);
      else tally.failed(unread.message);
    }
  }

  return async (
    lookups: readonly { readonly lookup: RefundLookup; readonly wanted: MerchantRefundId | null }[],
  ): Promise<void> => {
    const rest = lookups.values();
    const work = async (): Promise<void> => {
      for (const { lookup, wanted } of rest) await one(lookup, wanted);
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
  };
}

/** Counts each refund once, however often it is told of. */
function openTally() {
  const told = new Map<MerchantRefundId, Observed['change']>();
  const contradicted = new Set<MerchantRefundId>();
  const missing = new Set<MerchantRefundId>();
  const reasons = new Set<string>();
  let failed = 0;
  const count = (...changes: readonly Observed['change'][]): number =>
    [...told.values()].filter((change) => changes.includes(change)).length;
  return {
    isTold: (id: MerchantRefundId): boolean => told.has(id),
    told: (observed: readonly Observed[]): void => {
      for (const { refund, change, contradicts } of observed) {
        const id = refund.merchantRefundId;
        const before = told.get(id) ?? 'NONE';
        told.set(id, before === 'NONE' || before === 'CONFLICT_DETECTED' ? change : before);
        if (contradicts.length > 0) contradicted.add(id);
      }
    },
    missing: (id: MerchantRefundId): void => void missing.add(id),
    failed: (reason: string): void => {
      failed += 1;
      reasons.add(reason);
    },
    sum: (): Comparison => ({
      compared: told.size,
      discovered: count('DISCOVERED'),
      changed: count('STATUS_CHANGED', 'DETAILS_CHANGED'),
      contradicted: contradicted.size,
      missing: missing.size,
      failed,
      reasons: [...reasons],
    }),
  };
}
