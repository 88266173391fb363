/** Finds refunds by the ids that the caller has: in the ledger, at the provider, or both. */
import { findNamesakes } from '../../ledger/refund/number.ts';
import { findByLookup, findRefunds } from '../../ledger/refund/refunds.ts';
import { ProviderError } from '../../providers/errors.ts';
import type { ProviderAccount, ProviderQuery } from '../../providers/provider.ts';
import { readTogether } from '../../ledger/shared-reads.ts';
import type { AccountKey, RefundRef } from '../../refunds/ids.ts';
import { answersLookup, type RefundLookup, type ProviderAnswer } from '../../refunds/observation.ts';
import { ledgerSuffices, type ReadPolicy } from '../../refunds/read-policy.ts';
import { exactId, isNamed, merchantOf, numberOf } from '../../refunds/numbers.ts';
import type { Refund } from '../../refunds/refund.ts';
import { observeAnswer, type QueryAgainDeps } from '../observation/query-again.ts';
import { queryProvider as askProvider, observedAccount, unreadOf, type QueryDeps } from '../observation/query.ts';

export interface FindRequest {
  readonly account: AccountKey;
  readonly lookup: RefundLookup;
  readonly read: ReadPolicy;
}

/**
 * `refunds` are all that the ids name: one for a refund id, any number for a payment id, none where nobody
 * knows it.
 */
export type FindAnswer =
  | { readonly kind: 'answered'; readonly refunds: readonly Refund[] }
  /** The ledger knows none, and the provider can't be queried by these ids. */
  | { readonly kind: 'not-queryable' }
  | { readonly kind: 'failed'; readonly error: ProviderError };

export interface FindDeps extends QueryDeps, QueryAgainDeps {
  readonly accounts: ReadonlyMap<AccountKey, ProviderAccount>;
}

/** Finds refunds for many callers at once. */
export interface Finder {
  /**
   * Answers many requests, each position for itself: one read of the ledger, then each different query once
   * to its provider, all at the same time. Equal requests of other callers that are under way are joined.
   * What the providers say goes through the one door, so that the ledger remembers it. A provider that fails
   * is a `failed` answer, unless the ledger has a copy and the policy is AUTO.
   */
  readonly find: (requests: readonly FindRequest[]) => Promise<readonly FindAnswer[]>;
}

/** A request with what the ledger knows about it and, unless that suffices, the query for the provider. */
interface Plan {
  readonly request: FindRequest;
  readonly stored: readonly Refund[];
  readonly query: ProviderQuery | null;
  readonly isNotQueryable: boolean;
}

/**
 * What the ledger knows for a request: none where it knows nothing, `contradicted` where it knows that the
 * ids do not belong together.
 */
type LedgerRows = readonly Refund[] | 'contradicted';

/**
 * Makes the finder of a server. A caller who hangs up does not end a query that others may have joined:
 * every query ends by its account's deadline.
 */
export function createFinder(deps: FindDeps): Finder {
  const underWay = new Map<string, Promise<FindAnswer>>();
  const findKnown = readTogether<readonly RefundRef[], readonly Refund[]>(async (asked) => {
    const rows = await findRefunds(deps.ledger.db, asked.flat());
    const byRef = new Map(rows.map((row) => [nameOf(row), row]));
    return asked.map((refs) => [...new Set(refs.flatMap((ref) => byRef.get(nameOf(ref)) ?? []))]);
  });

  async function find(requests: readonly FindRequest[]): Promise<readonly FindAnswer[]> {
    const keys = requests.map(keyOf);
    const newRequests = new Map<string, FindRequest>();
    for (const [index, request] of requests.entries()) {
      const key = keys[index] ?? '';
      if (!underWay.has(key)) newRequests.set(key, request);
    }
    const batch = answerAll({ ...deps, findKnown }, [...newRequests.values()]);
    for (const [index, key] of [...newRequests.keys()].entries()) {
      const answer = batch.then((answers) => answers[index] ?? nothingFound);
      underWay.set(key, answer);
      const over = () => underWay.delete(key);
      answer.then(over, over);
    }
    return Promise.all(keys.map((key) => underWay.get(key) ?? noRequest));
  }

  return { find };
}

/** What the ledger knows under names, read for many callers at once. */
interface KnownRefunds {
  readonly findKnown: (refs: readonly RefundRef[]) => Promise<readonly Refund[]>;
}

const nameOf = ({ account, merchantRefundId }: RefundRef): string => JSON.stringify([account, merchantRefundId]);

const nothingFound: FindAnswer = { kind: 'answered', refunds: [] };
const noRequest = Promise.resolve(nothingFound);

const keyOf = ({ account, lookup, read }: FindRequest): string =>
  JSON.stringify([
    account,
    lookup.merchantRefundId,
    lookup.providerRefundId,
    lookup.merchantPaymentId,
    lookup.providerPaymentId,
    read,
  ]);

async function answerAll(
  deps: FindDeps & KnownRefunds,
  requests: readonly FindRequest[],
): Promise<readonly FindAnswer[]> {
  const { accounts, clock } = deps;
  const now = clock();
  const stored = await readLedger(deps, requests);
  const plans = requests.map((request, index) =>
    plan(request, stored[index] ?? [], accounts.get(request.account), now),
  );

  const queried = new Map<string, Promise<Queried>>();
  for (const { request, query } of plans) {
    const account = accounts.get(request.account);
    if (query === null || account === undefined || queried.has(keyOfQuery(request, query))) continue;
    queried.set(keyOfQuery(request, query), queryAndObserve(deps, account, query));
  }

  return Promise.all(
    plans.map(async ({ request, stored: copies, query, isNotQueryable }): Promise<FindAnswer> => {
      if (isNotQueryable) return { kind: 'not-queryable' };
      const result = query === null ? undefined : await queried.get(keyOfQuery(request, query));
      if (result === undefined) return { kind: 'answered', refunds: copies };
      if (result.kind === 'failed') {
        return request.read === 'AUTO' && copies.length > 0 ? { kind: 'answered', refunds: copies } : result;
      }
      const refunds = newest(copies, result.rows, request.lookup);
      const account = accounts.get(request.account);
      const unread = account === undefined ? null : unreadOf(result.answer, request.lookup, account);
      // What can be read is believed. Where that is nothing, nobody has said that there is none.
      if (unread !== null && (refunds.length === 0 || request.read === 'PROVIDER'))
        return { kind: 'failed', error: unread };
      return { kind: 'answered', refunds };
    }),
  );
}

/** Asks a provider and lets its answer through the one door. */
async function queryAndObserve(deps: FindDeps, account: ProviderAccount, query: ProviderQuery): Promise<Queried> {
  try {
    const answer = await askProvider(deps, account, query, NEVER);
    const { queriedAt } = answer;
    const context = { via: 'QUERY', at: deps.clock(), queriedAt } as const;
    const observed = await observeAnswer(deps, observedAccount(account), answer, context);
    return { kind: 'queried', answer, rows: observed.map(({ refund }) => refund) };
  } catch (error) {
    if (error instanceof ProviderError) return { kind: 'failed', error };
    throw error;
  }
}

/** The account's own deadline ends the call. */
const NEVER = new AbortController().signal;

type Queried =
  | { readonly kind: 'queried'; readonly answer: ProviderAnswer; readonly rows: readonly Refund[] }
  | (FindAnswer & { readonly kind: 'failed' });

const keyOfQuery = (request: FindRequest, query: ProviderQuery): string => `${request.account} ${query.key}`;

/**
 * Rows that were just observed win over the ledger's copies read before; a copy that the provider did not
 * name stays.
 */
function newest(copies: readonly Refund[], rows: readonly Refund[], lookup: RefundLookup): readonly Refund[] {
  const fresh = rows.filter((row) => answersLookup(lookup, { ...row, ...row.payment }));
  const answer = new Set(fresh.map((row) => row.merchantRefundId));
  return ownOf([...fresh, ...copies.filter((copy) => !answer.has(copy.merchantRefundId))], lookup);
}

/** Of refunds that several merchants have under the number asked for, the one that was begun here. */
function ownOf(refunds: readonly Refund[], { merchantRefundId }: RefundLookup): readonly Refund[] {
  const own = merchantRefundId === null ? [] : refunds.filter(({ attempts }) => attempts > 0);
  return own.length === 1 ? own : refunds;
}

function plan(request: FindRequest, found: LedgerRows, account: ProviderAccount | undefined, now: Date): Plan {
  const stored = found === 'contradicted' ? [] : found;
  const only = stored.length > 1 ? undefined : stored[0];
  const isRefundId = request.lookup.merchantRefundId !== null || request.lookup.providerRefundId !== null;
  // A payment may have refunds that were never seen here, so only a refund id can be answered by the ledger
  // alone.
  const suffices = isRefundId && only !== undefined && ledgerSuffices(only, request.read, now);
  if (request.read === 'LEDGER' || suffices || account === undefined) {
    return { request, stored, query: null, isNotQueryable: false };
  }
  const query = account.query(completed(request.lookup, only, isRefundId));
  const isUnknown = stored.length === 0 && found !== 'contradicted';
  return { request, stored, query, isNotQueryable: query === null && isUnknown };
}

/**
 * The ids asked for, as the provider knows them, with those that the ledger knows besides: BluePay can't be
 * queried by our id, but by the payment's.
 */
function completed(lookup: RefundLookup, stored: Refund | undefined, isRefundId: boolean): RefundLookup {
  const id = lookup.merchantRefundId ?? (isRefundId ? (stored?.merchantRefundId ?? null) : null);
  const merchantRefundId = id === null ? null : numberOf(id);
  if (stored === undefined) return { ...lookup, merchantRefundId };
  return {
    merchantRefundId,
    providerRefundId: lookup.providerRefundId ?? (isRefundId ? stored.providerRefundId : null),
    merchantPaymentId: lookup.merchantPaymentId ?? stored.payment.merchantPaymentId,
    providerPaymentId: lookup.providerPaymentId ?? stored.payment.providerPaymentId,
  };
}

/**
 * What the ledger knows for each request: all requests that name our refund id in one read, the others by
 * their ids.
 */
async function readLedger(
  { ledger, findKnown }: Pick<FindDeps, 'ledger'> & KnownRefunds,
  requests: readonly FindRequest[],
): Promise<readonly LedgerRows[]> {
  const refs = requests.flatMap(({ account, lookup: { merchantRefundId: id } }) =>
    id === null ? [] : [{ account, merchantRefundId: exactId(id) ?? id }],
  );
  const exact = new Set(requests.map(({ lookup: { merchantRefundId: id } }) => (id === null ? null : exactId(id))));
  const byRef = refs.length === 0 ? [] : await findKnown(refs);
  // Where a provider names merchants, others of them may have the same number.
  const numbered = byRef.filter((row) => merchantOf(row.details) !== null && !exact.has(row.merchantRefundId));
  const rows = [...byRef, ...(await findNamesakes(ledger.db, numbered))];
  return Promise.all(
    requests.map(async ({ account, lookup }): Promise<LedgerRows> => {
      const { merchantRefundId: id } = lookup;
      if (id === null) return findByLookup(ledger.db, account, lookup);
      const ofAccount = rows.filter((row) => row.account === account && isNamed(row.merchantRefundId, id));
      const found = [...new Map(ofAccount.map((row) => [row.merchantRefundId, row])).values()];
      const agreeing = found.filter((row) => answersLookup(lookup, { ...row, ...row.payment }));
      return found.length > 0 && agreeing.length === 0 ? 'contradicted' : ownOf(agreeing, lookup);
    }),
  );
}
