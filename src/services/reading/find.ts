/** Finds refunds by the ids that the caller has: in the ledger, at the provider, or both. */
import type { Ledger } from '../../ledger/database/database.ts';
import { findByLookup, findRefunds } from '../../ledger/refund/refunds.ts';
import { ProviderError } from '../../providers/errors.ts';
import type { ProviderAccount, Question } from '../../providers/provider.ts';
import type { AccountKey } from '../../refunds/ids.ts';
import { answersLookup, type RefundLookup, type Told } from '../../refunds/observation.ts';
import { ledgerSuffices, type ReadPolicy } from '../../refunds/read-policy.ts';
import type { Refund } from '../../refunds/refund.ts';
import { observeAndAsk, type AskAgainDeps } from '../observation/ask-again.ts';
import { ask as askProvider, observedAccount, unreadOf, type AskDeps } from '../observation/ask.ts';

export interface FindAsk {
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
  /** The ledger knows none, and the provider can't be asked by these ids. */
  | { readonly kind: 'unaskable' }
  | { readonly kind: 'failed'; readonly error: ProviderError };

export interface FindDeps extends AskDeps, AskAgainDeps {
  readonly accounts: ReadonlyMap<AccountKey, ProviderAccount>;
}

/** Finds refunds for many callers at once. */
export interface Finder {
  /**
   * Answers many asks, each position for itself: one read of the ledger, then each different question once to
   * its provider, all at the same time. Equal asks of other callers that are under way are joined. What the
   * providers say goes through the one door, so that the ledger remembers it. A provider that fails is a
   * `failed` answer, unless the ledger has a copy and the policy is AUTO.
   */
  readonly find: (asks: readonly FindAsk[]) => Promise<readonly FindAnswer[]>;
}

/** An ask with what the ledger knows about it and, unless that suffices, the question for the provider. */
interface Plan {
  readonly ask: FindAsk;
  readonly known: readonly Refund[];
  readonly question: Question | null;
  readonly isUnaskable: boolean;
}

/**
 * What the ledger knows for an ask: none where it knows nothing, `contradicted` where it knows that the ids
 * do not belong together.
 */
type Known = readonly Refund[] | 'contradicted';

/**
 * Makes the finder of a server. A caller who hangs up does not end a question that others may have joined:
 * every question ends by its account's deadline.
 */
export function createFinder(deps: FindDeps): Finder {
  const underWay = new Map<string, Promise<FindAnswer>>();

  async function find(asks: readonly FindAsk[]): Promise<readonly FindAnswer[]> {
    const keys = asks.map(keyOf);
    const news = new Map<string, FindAsk>();
    for (const [index, ask] of asks.entries()) {
      const key = keys[index] ?? '';
      if (!underWay.has(key)) news.set(key, ask);
    }
    const batch = answerAll(deps, [...news.values()]);
    for (const [index, key] of [...news.keys()].entries()) {
      const answer = batch.then((answers) => answers[index] ?? absent);
      underWay.set(key, answer);
      const over = () => underWay.delete(key);
      answer.then(over, over);
    }
    return Promise.all(keys.map((key) => underWay.get(key) ?? nobodyAsked));
  }

  return { find };
}

const absent: FindAnswer = { kind: 'answered', refunds: [] };
const nobodyAsked = Promise.resolve(absent);

const keyOf = ({ account, lookup, read }: FindAsk): string =>
  JSON.stringify([
    account,
    lookup.merchantRefundId,
    lookup.providerRefundId,
    lookup.merchantPaymentId,
    lookup.providerPaymentId,
    read,
  ]);

async function answerAll(deps: FindDeps, asks: readonly FindAsk[]): Promise<readonly FindAnswer[]> {
  const { ledger, accounts, clock } = deps;
  const now = clock();
  const known = await readLedger(ledger, asks);
  const plans = asks.map((ask, index) => plan(ask, known[index] ?? [], accounts.get(ask.account), now));

  const said = new Map<string, Promise<Said>>();
  for (const { ask, question } of plans) {
    const account = accounts.get(ask.account);
    if (question === null || account === undefined || said.has(flight(ask, question))) continue;
    said.set(flight(ask, question), say(deps, account, question));
  }

  return Promise.all(
    plans.map(async ({ ask, known: copies, question, isUnaskable }): Promise<FindAnswer> => {
      if (isUnaskable) return { kind: 'unaskable' };
      const words = question === null ? undefined : await said.get(flight(ask, question));
      if (words === undefined) return { kind: 'answered', refunds: copies };
      if (words.kind === 'failed') {
        return ask.read === 'AUTO' && copies.length > 0 ? { kind: 'answered', refunds: copies } : words;
      }
      const refunds = newest(copies, words.rows, ask.lookup);
      const account = accounts.get(ask.account);
      const unread = account === undefined ? null : unreadOf(words.told, ask.lookup, account);
      // What can be read is believed. Where that is nothing, nobody has said that there is none.
      if (unread !== null && (refunds.length === 0 || ask.read === 'PROVIDER'))
        return { kind: 'failed', error: unread };
      return { kind: 'answered', refunds };
    }),
  );
}

/** Asks a provider and lets its answer through the one door. */
async function say(deps: FindDeps, account: ProviderAccount, question: Question): Promise<Said> {
  try {
    const { askedAt, ...told } = await askProvider(deps, account, question, NEVER);
    const observed = await observeAndAsk(deps, observedAccount(account), told.observations, {
      via: 'QUERY',
      at: deps.clock(),
      askedAt,
    });
    return { kind: 'said', told, rows: observed.map(({ refund }) => refund) };
  } catch (error) {
    if (error instanceof ProviderError) return { kind: 'failed', error };
    throw error;
  }
}

/** The account's own deadline ends the call. */
const NEVER = new AbortController().signal;

type Said =
  | { readonly kind: 'said'; readonly told: Told; readonly rows: readonly Refund[] }
  | (FindAnswer & { readonly kind: 'failed' });

const flight = (ask: FindAsk, question: Question): string => `${ask.account} ${question.key}`;

/**
 * Rows that were just observed win over the ledger's copies read before; a copy that the provider did not
 * name stays.
 */
function newest(copies: readonly Refund[], rows: readonly Refund[], lookup: RefundLookup): readonly Refund[] {
  const fresh = rows.filter((row) => answersLookup(lookup, { ...row, ...row.payment }));
  const told = new Set(fresh.map((row) => row.merchantRefundId));
  return [...fresh, ...copies.filter((copy) => !told.has(copy.merchantRefundId))];
}

function plan(ask: FindAsk, found: Known, account: ProviderAccount | undefined, now: Date): Plan {
  const known = found === 'contradicted' ? [] : found;
  const [only] = known;
  const isRefundId = ask.lookup.merchantRefundId !== null || ask.lookup.providerRefundId !== null;
  // A payment may have refunds that were never seen here, so only a refund id can be answered by the ledger
  // alone.
  const suffices = isRefundId && only !== undefined && ledgerSuffices(only, ask.read, now);
  if (ask.read === 'LEDGER' || suffices || account === undefined) {
    return { ask, known, question: null, isUnaskable: false };
  }
  const question = account.question(completed(ask.lookup, only, isRefundId));
  return { ask, known, question, isUnaskable: question === null && only === undefined && found !== 'contradicted' };
}

/**
 * The ids asked for, with those that the ledger knows besides: BluePay can't be asked by our id, but by the
 * payment's.
 */
function completed(lookup: RefundLookup, known: Refund | undefined, isRefundId: boolean): RefundLookup {
  if (known === undefined) return lookup;
  return {
    merchantRefundId: lookup.merchantRefundId ?? (isRefundId ? known.merchantRefundId : null),
    providerRefundId: lookup.providerRefundId ?? (isRefundId ? known.providerRefundId : null),
    merchantPaymentId: lookup.merchantPaymentId ?? known.payment.merchantPaymentId,
    providerPaymentId: lookup.providerPaymentId ?? known.payment.providerPaymentId,
  };
}

/**
 * What the ledger knows for each ask: all asks that name our refund id in one read, the others by their ids.
 */
async function readLedger(ledger: Ledger, asks: readonly FindAsk[]): Promise<readonly Known[]> {
  const refs = asks.flatMap(({ account, lookup: { merchantRefundId } }) =>
    merchantRefundId === null ? [] : [{ account, merchantRefundId }],
  );
  const byRef = await findRefunds(ledger.db, refs);
  return Promise.all(
    asks.map(async ({ account, lookup }): Promise<Known> => {
      if (lookup.merchantRefundId === null) return findByLookup(ledger.db, account, lookup);
      const row = byRef.find(
        (refund) => refund.account === account && refund.merchantRefundId === lookup.merchantRefundId,
      );
      if (row === undefined) return [];
      return answersLookup(lookup, { ...row, ...row.payment }) ? [row] : 'contradicted';
    }),
  );
}
