/**
 * A recorded refund goes to its provider, once, and what came of it goes into the ledger. Nothing is sent inside a transaction.
 * Only the provider's own no makes FAILED; silence leaves PENDING, and the job that was recorded before settles it by asking.
 */
import { inTransaction, type Tx } from '../ledger/database.ts';
import { readStored } from '../ledger/refund-writes.ts';
import { endSubmission, findSubmissions, letAnswersCount, type Refusal } from '../ledger/submissions.ts';
import type { StoredRefund } from '../ledger/stored-refund.ts';
import type { SubmissionOutcome } from '../ledger/tables.ts';
import { ProviderError } from '../providers/errors.ts';
import type { CreateCommand, CreateOutcome, CreateRules, ProviderAccount } from '../providers/provider.ts';
import type { AccountKey } from '../refunds/ids.ts';
import type { RefundNews } from '../refunds/news.ts';
import type { Refund, RefundFailure } from '../refunds/refund.ts';
import { ask, lookupOf, mayBe, observedAccount, type AskDeps } from './ask.ts';
import { observeAndAsk } from './ask-again.ts';
import { observeIn } from './observe.ts';
import { latestArrival, type Recorded, type RecordDeps } from './record.ts';
import type { InFlight } from '../flow/in-flight.ts';

export interface SubmitDeps extends RecordDeps, AskDeps {
  readonly sends: InFlight;
  /** Where the account's provider reaches us. */
  readonly callbackUrl: (account: AccountKey) => string;
  /** Hears what an operator should know; its facts hold no secret. */
  readonly report: (facts: object, message: string) => void;
}

export type Submitted =
  /** The provider has it, or nobody knows yet. */
  | { readonly kind: 'sent'; readonly refund: Refund }
  | { readonly kind: 'rejected'; readonly refund: Refund; readonly refusal: Refusal }
  | { readonly kind: 'busy'; readonly refund: Refund; readonly message: string };

/** Sends a refund that was just recorded. Goes on when the client hangs up. */
export const submit = (deps: SubmitDeps, account: ProviderAccount, recorded: Recorded): Promise<Submitted> =>
  deps.sends.run(async () => {
    const outcome = await send(deps, account, recorded);
    const isSure = await isCertain(deps, account, recorded, outcome);
    const submitted = await keepOutcome(deps, account, recorded, outcome, isSure);
    if (submitted.kind === 'busy') void deps.sends.run(() => learnOfPayment(deps, account, submitted.refund));
    return submitted;
  });

async function send(deps: SubmitDeps, account: ProviderAccount, recorded: Recorded): Promise<CreateOutcome> {
  const { create } = account;
  const { refund } = recorded.stored;
  const notSent = (message: string): CreateOutcome => {
    const facts = { kind: 'unavailable', account: account.key, operation: 'create refund', sent: false } as const;
    return { kind: 'not-sent', error: new ProviderError({ ...facts, message }) };
  };
  if (create === undefined) return notSent(`${account.key}: creates no refunds`);
  // A process that was asleep since it recorded the refund can't know what others concluded meanwhile.
  const leftMs = deps.timeoutMs(account.key) - (deps.clock().getTime() - recorded.startedAt.getTime());
  if (leftMs <= 0) return notSent(`${account.key}: create refund: came too late to be sent`);
  const signal = AbortSignal.any([deps.sends.signal, AbortSignal.timeout(Math.ceil(leftMs))]);
  const outcome = await create.send(commandOf(refund, create.rules, deps.callbackUrl(account.key)), signal);
  const { merchantRefundId } = refund;
  if (outcome.kind === 'accepted' && outcome.observation.merchantRefundId !== merchantRefundId) {
    deps.report({ account: account.key, merchantRefundId }, 'the answer to a create speaks of another refund');
    const facts = { kind: 'malformed', account: account.key, operation: 'create refund', sent: true } as const;
    return { kind: 'unknown', error: new ProviderError({ ...facts, message: 'the answer speaks of another refund' }) };
  }
  return outcome;
}

function commandOf(refund: Refund, rules: CreateRules, callbackUrl: string): CreateCommand {
  const { payment, details } = refund;
  const by = rules.paymentKeys.find((name) => payment[name] !== null);
  return {
    merchantRefundId: refund.merchantRefundId,
    merchantPaymentId: by === 'merchantPaymentId' ? payment.merchantPaymentId : null,
    providerPaymentId: by === 'providerPaymentId' ? payment.providerPaymentId : null,
    amount: refund.amount,
    reason: refund.reason,
    callbackUrl,
    shoutu:
      details?.provider === 'SHOUTU'
        ? { refundMode: details.refundMode ?? 'ENTIRE_REFUND', businessId: details.businessId }
        : null,
  };
}

/** Whether an outcome is what it says. Of a no that may hide an execution the provider is asked, once. */
async function isCertain(
  deps: SubmitDeps,
  account: ProviderAccount,
  { stored: { refund } }: Recorded,
  outcome: CreateOutcome,
): Promise<boolean> {
  // Without a code it was refused here, and nothing was sent.
  if (outcome.kind !== 'refused' || outcome.code === null || account.create?.rules.noIsCertain !== false) return true;
  const question = account.question(lookupOf(refund));
  if (question === null) return false;
  const signal = AbortSignal.any([deps.sends.signal, AbortSignal.timeout(deps.timeoutMs(account.key))]);
  const since = deps.clock();
  try {
    let { askedAt, observations } = await ask(deps, account, question, signal);
    // Somebody's question was under way already: what it brings may be of the time before the send.
    if (askedAt < since) ({ askedAt, observations } = await ask(deps, account, question, signal));
    if (askedAt < since) return false;
    // Another refund under this id may be the very reason for the no.
    return !observations.some((one) => mayBe(account, refund, one));
  } catch (error) {
    // Who does not answer in time has not said that it is not there.
    if (error instanceof ProviderError || signal.aborted) return false;
    throw error;
  }
}

/** What an outcome says of the refund, and whether the provider is to be asked at once. */
interface Meaning {
  readonly news: RefundNews | null;
  readonly refusal: Refusal | null;
  readonly askSoon: boolean;
}

function meaningOf(outcome: CreateOutcome, refund: Refund): Meaning {
  switch (outcome.kind) {
    case 'accepted':
      return { news: outcome.observation, refusal: null, askSoon: false };
    case 'known':
      return { news: null, refusal: null, askSoon: true };
    case 'refused': {
      const { code, message, retryable } = outcome;
      const refusal = { code, message, retryable };
      return { news: failedNews(refund, refusal), refusal, askSoon: false };
    }
    case 'busy': {
      // Not taken at all, so the same refund may be submitted again.
      const refusal = { code: outcome.code, message: outcome.message, retryable: true };
      return { news: failedNews(refund, refusal), refusal, askSoon: false };
    }
    case 'not-sent':
    case 'unknown':
      return { news: null, refusal: null, askSoon: false };
  }
}

async function keepOutcome(
  deps: SubmitDeps,
  account: ProviderAccount,
  { stored, attempt }: Recorded,
  outcome: CreateOutcome,
  isSure: boolean,
): Promise<Submitted> {
  const { ledger, queue, clock } = deps;
  const meaning = meaningOf(outcome, stored.refund);
  return inTransaction(ledger, async (tx) => {
    const at = clock();
    const doubted = meaning.refusal !== null && (!isSure || (await isDoubtful(tx, stored, attempt)));
    const { refusal } = meaning;
    await endSubmission(tx, stored.id, { attempt, endedAt: at, outcome: outcome.kind, refusal });
    const news = doubted ? null : meaning.news;
    const [observed] =
      news === null ? [] : await observeIn(ledger, tx, observedAccount(account), [news], { via: 'MUTATION', at });
    // The refund's row comes last: everybody locks payments first, then refunds.
    const countFrom = outcome.kind === 'unknown' ? latestArrival(deps, account.key, at) : at;
    await letAnswersCount(tx, stored.id, attempt, countFrom);
    if (meaning.askSoon || doubted || observed?.askAgain === true) await queue.soon(tx, stored.refund);
    // Somebody else (a callback) may have told more while the send was under way.
    const [now] = observed === undefined ? await readStored(tx, account.key, [stored.refund.merchantRefundId]) : [];
    const refund = observed?.refund ?? now?.refund ?? stored.refund;
    return submittedOf(outcome.kind, refund, doubted ? null : refusal);
  });
}

/**
 * Whether an earlier send may have arrived unseen. Then "no" to this one may only mean that the provider has the first: it is
 * believed when the provider, asked after it, still does not know the refund.
 */
async function isDoubtful(tx: Tx, { id, refund }: StoredRefund, attempt: number): Promise<boolean> {
  const sends = (await findSubmissions(tx, id)).filter((one) => one.attempt <= attempt);
  // What was sent before this round has ended, where the provider was ever seen to have it: with the provider's own FAILED.
  const isSettled = refund.providerRefundId !== null;
  const round = isSettled ? sends.slice(sends.findLastIndex(({ kind }) => kind !== 'REPEAT')) : sends;
  const earlier = round.filter((one) => one.attempt < attempt);
  return earlier.some(({ outcome }) => outcome === null || outcome === 'unknown');
}

function submittedOf(kind: SubmissionOutcome, refund: Refund, refusal: Refusal | null): Submitted {
  if (refund.status !== 'FAILED') return { kind: 'sent', refund };
  if (kind === 'busy' && refusal !== null) return { kind: 'busy', refund, message: refusal.message };
  const told = refusal ?? refund.failure ?? { code: null, message: 'The provider gave no reason.', retryable: false };
  return { kind: 'rejected', refund, refusal: told };
}

/** A failure that we conclude, without a record of the provider's. */
export const failedNews = (refund: Refund, failure: RefundFailure): RefundNews => ({
  provider: refund.provider,
  merchantRefundId: refund.merchantRefundId,
  providerRefundId: null,
  merchantPaymentId: null,
  providerPaymentId: null,
  paymentAmount: null,
  amount: refund.amount,
  feeRefunded: null,
  status: 'FAILED',
  providerStatus: null,
  reason: null,
  failure,
  createdAt: null,
  completedAt: null,
  details: null,
  raw: null,
});

/** The refund that keeps a payment busy was made elsewhere: the payment's own question makes it known. */
async function learnOfPayment(deps: SubmitDeps, account: ProviderAccount, refund: Refund): Promise<void> {
  const question = account.question({ ...lookupOf(refund), merchantRefundId: null, providerRefundId: null });
  if (question === null) return;
  try {
    const { askedAt, observations } = await ask(deps, account, question, deps.sends.signal);
    // Of the refund itself this says nothing new: it was not taken.
    const others = observations.filter(({ merchantRefundId }) => merchantRefundId !== refund.merchantRefundId);
    const context = { via: 'QUERY', at: deps.clock(), askedAt } as const;
    await observeAndAsk(deps, observedAccount(account), others, context);
  } catch (error) {
    deps.report({ account: account.key, err: error }, 'the refund that keeps a payment busy could not be asked for');
  }
}
