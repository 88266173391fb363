/**
 * A recorded refund goes to its provider, once, and what came of it goes into the ledger. Nothing is sent inside a transaction.
 * Only the provider's own no makes FAILED; silence leaves PENDING, and the job that was recorded before settles it by asking.
 */
import { inTransaction, type Tx } from '../../ledger/database/database.ts';
import { readStored } from '../../ledger/refund/refund-writes.ts';
import { endSubmission, findSubmissions, letAnswersCount, type Refusal } from '../../ledger/submissions.ts';
import type { StoredRefund } from '../../ledger/refund/stored-refund.ts';
import type { SubmissionOutcome } from '../../ledger/tables.ts';
import type { Tell } from '../../operator/event.ts';
import { ProviderError } from '../../providers/errors.ts';
import type { CreateCommand, CreateOutcome, CreateRules, ProviderAccount } from '../../providers/provider.ts';
import type { AccountKey } from '../../refunds/ids.ts';
import type { RefundNews } from '../../refunds/news.ts';
import type { RefundObservation } from '../../refunds/observation.ts';
import type { Refund, RefundFailure } from '../../refunds/refund.ts';
import { ask, askOrRefused, lookupOf, mayBe, observedAccount, type AskDeps } from '../observation/ask.ts';
import { observeAndAsk } from '../observation/ask-again.ts';
import { observeIn } from '../observation/observe.ts';
import { latestArrival, type Recorded, type RecordDeps } from './record.ts';
import type { InFlight } from '../../flow/in-flight.ts';
import { becomeTheirs } from './taken-id.ts';

export interface SubmitDeps extends RecordDeps, AskDeps {
  readonly inFlight: InFlight;
  /** Where the account's provider reaches us. */
  readonly callbackUrl: (account: AccountKey) => string;
  readonly tell: Tell;
}

export type Submitted =
  /** The provider has it, or nobody knows yet. `known`: it had it before this send. */
  | { readonly kind: 'sent'; readonly refund: Refund; readonly known: boolean }
  /** The provider has another refund under this id. */
  | { readonly kind: 'other'; readonly refund: Refund }
  | { readonly kind: 'rejected'; readonly refund: Refund; readonly refusal: Refusal }
  | { readonly kind: 'busy'; readonly refund: Refund; readonly message: string };

/** Sends a refund that was just recorded. Goes on when the client hangs up. */
export const submit = (deps: SubmitDeps, account: ProviderAccount, recorded: Recorded): Promise<Submitted> =>
  deps.inFlight.run(async () => {
    const outcome = await send(deps, account, recorded);
    const checked = await check(deps, account, recorded, outcome);
    const submitted = await storeOutcome(deps, account, recorded, outcome, checked);
    if (submitted.kind === 'busy') void deps.inFlight.run(() => learnOfPayment(deps, account, submitted.refund));
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
  const signal = AbortSignal.any([deps.inFlight.signal, AbortSignal.timeout(Math.ceil(leftMs))]);
  const outcome = await create.send(commandOf(refund, create.rules, deps.callbackUrl(account.key)), signal);
  const { merchantRefundId } = refund;
  if (outcome.kind === 'accepted' && outcome.observation.merchantRefundId !== merchantRefundId) {
    deps.tell({ kind: 'create-answer-strange', account: account.key, merchantRefundId });
    const facts = { kind: 'malformed', account: account.key, operation: 'create refund', sent: true } as const;
    const error = new ProviderError({ ...facts, message: 'the answer speaks of another refund' });
    return { kind: 'accepted-unread', error };
  }
  return outcome;
}

function commandOf(refund: Refund, rules: CreateRules, callbackUrl: string): CreateCommand {
  const { payment } = refund;
  const by = rules.paymentKeys.find((name) => payment[name] !== null);
  return {
    merchantRefundId: refund.merchantRefundId,
    merchantPaymentId: by === 'merchantPaymentId' ? payment.merchantPaymentId : null,
    providerPaymentId: by === 'providerPaymentId' ? payment.providerPaymentId : null,
    amount: refund.amount,
    reason: refund.reason,
    callbackUrl,
    details: refund.details,
  };
}

/** What the provider, asked after a send, says of its outcome. */
type Checked =
  /** The outcome stands. */
  | { readonly kind: 'stands' }
  /** Nobody was able to say. */
  | { readonly kind: 'doubted' }
  /** The provider has the refund, or another one under its id. */
  | { readonly kind: 'ours' | 'other'; readonly found: RefundObservation; readonly askedAt: Date };

const STANDS: Checked = { kind: 'stands' };
const DOUBTED: Checked = { kind: 'doubted' };

/**
 * Whether an outcome that says "not taken" is to be checked. A first send may repeat one that the ledger forgot:
 * then the provider has the refund, whichever of its rules its answer names. And a no may hide an execution.
 */
function needsCheck(account: ProviderAccount, { attempt }: Recorded, outcome: CreateOutcome): boolean {
  switch (outcome.kind) {
    case 'known':
    case 'busy':
      return attempt === 1;
    case 'refused':
      // Without a code it was refused here, and nothing was sent.
      return outcome.code !== null && (attempt === 1 || mayHideExecution(account, outcome));
    case 'accepted':
    case 'accepted-unread':
    case 'not-sent':
    case 'unknown':
      return false;
  }
}

/** A no of which the provider's rules, or its answer, leave open that the refund was executed all the same. */
const mayHideExecution = (
  { create }: ProviderAccount,
  { isDoubted }: Extract<CreateOutcome, { kind: 'refused' }>,
): boolean => isDoubted ?? create?.rules.noIsCertain === false;

/** Asks the provider, once, what an outcome is worth. */
async function check(
  deps: SubmitDeps,
  account: ProviderAccount,
  recorded: Recorded,
  outcome: CreateOutcome,
): Promise<Checked> {
  if (!needsCheck(account, recorded, outcome)) return STANDS;
  const { refund } = recorded.stored;
  // Who can't be asked, or does not answer in time, has not said that it is not there.
  const isCertainNo = outcome.kind === 'refused' && !mayHideExecution(account, outcome);
  const unanswered = isCertainNo ? STANDS : DOUBTED;
  const question = account.question(lookupOf(refund));
  if (question === null) return unanswered;
  // After a no inside a yes a second no to the question agrees with it.
  const hear = outcome.kind === 'refused' && outcome.isDoubted === true ? askOrRefused : ask;
  const signal = AbortSignal.any([deps.inFlight.signal, AbortSignal.timeout(deps.timeoutMs(account.key))]);
  const since = deps.clock();
  try {
    let { askedAt, observations } = await hear(deps, account, question, signal);
    // Somebody's question was under way already: what it brings may be of the time before the send.
    if (askedAt < since) ({ askedAt, observations } = await hear(deps, account, question, signal));
    if (askedAt < since) return unanswered;
    const own = observations.filter(({ merchantRefundId }) => merchantRefundId === refund.merchantRefundId);
    const ours = own.findLast((one) => mayBe(account, refund, one));
    if (ours !== undefined) return { kind: 'ours', found: ours, askedAt };
    const other = own.at(-1);
    return other === undefined ? STANDS : { kind: 'other', found: other, askedAt };
  } catch (error) {
    if (error instanceof ProviderError || signal.aborted) return unanswered;
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
    case 'accepted-unread':
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

async function storeOutcome(
  deps: SubmitDeps,
  account: ProviderAccount,
  { stored, attempt }: Recorded,
  outcome: CreateOutcome,
  checked: Checked,
): Promise<Submitted> {
  const { ledger, queue, clock } = deps;
  const { news, refusal, askSoon } = meaningOf(outcome, stored.refund);
  return inTransaction(ledger, async (tx) => {
    const at = clock();
    const countFrom = outcome.kind === 'unknown' ? latestArrival(deps, account.key, at) : at;
    const asked = 'askedAt' in checked ? ({ via: 'QUERY', at, askedAt: checked.askedAt } as const) : null;
    if (asked !== null && checked.kind === 'other') {
      const weighing = { account: observedAccount(account), context: asked, newId: ledger.newId };
      const theirs = await becomeTheirs(tx, weighing, { known: stored, found: checked.found });
      if (theirs !== null) {
        await endSubmission(tx, stored.id, { attempt, endedAt: at, outcome: outcome.kind, refusal });
        await letAnswersCount(tx, stored.id, attempt, at);
        return { kind: 'other', refund: theirs };
      }
    }
    const isOurs = checked.kind === 'ours';
    const doubted =
      refusal !== null && !isOurs && (checked.kind !== 'stands' || (await isDoubtful(tx, stored, attempt)));
    const told = isOurs ? checked.found : doubted ? null : news;
    const context = asked ?? ({ via: 'MUTATION', at } as const);
    const [observed] = told === null ? [] : await observeIn(ledger, tx, observedAccount(account), [told], context);
    // The refund's row comes last: everybody locks payments first, then refunds.
    await letAnswersCount(tx, stored.id, attempt, countFrom);
    if ((askSoon && !isOurs) || doubted || observed?.askAgain === true) await queue.expedite(tx, stored.refund);
    // Somebody else (a callback) may have told more while the send was under way.
    const [now] = observed === undefined ? await readStored(tx, account.key, [stored.refund.merchantRefundId]) : [];
    const refund = observed?.refund ?? now?.refund ?? stored.refund;
    // Busy with the refund itself: the provider has it.
    const kind = isOurs && outcome.kind === 'busy' ? 'known' : outcome.kind;
    const submitted = submittedOf(kind, refund, {
      refusal: doubted || isOurs ? null : refusal,
      known: isOurs && kind === 'known',
    });
    // A no that the caller was told is kept, so that the same call is told it again.
    const kept = submitted.kind === 'rejected' ? submitted.refusal : kind === 'known' ? null : refusal;
    await endSubmission(tx, stored.id, { attempt, endedAt: at, outcome: kind, refusal: kept });
    return submitted;
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
  return earlier.some(({ outcome }) => outcome === null || outcome === 'unknown' || outcome === 'accepted-unread');
}

function submittedOf(
  kind: SubmissionOutcome,
  refund: Refund,
  { refusal, known }: { readonly refusal: Refusal | null; readonly known: boolean },
): Submitted {
  // What was known before, and has failed since, is no answer to this send.
  if (refund.status !== 'FAILED' || known) return { kind: 'sent', refund, known };
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
    const { askedAt, observations } = await ask(deps, account, question, deps.inFlight.signal);
    // Of the refund itself this says nothing new: it was not taken.
    const others = observations.filter(({ merchantRefundId }) => merchantRefundId !== refund.merchantRefundId);
    const context = { via: 'QUERY', at: deps.clock(), askedAt } as const;
    await observeAndAsk(deps, observedAccount(account), others, context);
  } catch (error) {
    deps.tell({ kind: 'busy-refund-unknown', account: account.key, error });
  }
}
