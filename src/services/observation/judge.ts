/** What one piece of news makes of one refund. Pure: `observe.ts` reads and writes. */
import { jsonText } from '../../ledger/json.ts';
import { digestOf, type StoredWithRecord } from '../../ledger/refund/refund-writes.ts';
import type { ResolvedPayment } from '../../ledger/payment/payment-identity.ts';
import { withEvent, type Contradiction } from '../../ledger/events.ts';
import { attentionAfter, showsSame, withReasons } from '../../refunds/attention.ts';
import { isFinished } from '../../refunds/read-policy.ts';
import { isDeepStrictEqual } from 'node:util';
import type { NewId } from '../../flow/clock.ts';
import type { AccountKey } from '../../refunds/ids.ts';
import { contradictions, paidIn, withNews, type Belief, type RefundNews } from '../../refunds/news.ts';
import type { ObservedVia, PaymentFacts, Provider, Refund } from '../../refunds/refund.ts';
import { judgeStatus, type Verdict } from '../../refunds/status.ts';

/** What of an account matters for judging its news. */
export interface ObservedAccount {
  readonly key: AccountKey;
  readonly provider: Provider;
  /** The provider takes a FAILED refund again under the same id. */
  readonly retryFailed: boolean;
}

export interface ObservationContext {
  readonly via: ObservedVia;
  /** When the news reached us. */
  readonly at: Date;
  /** The provider's own time of the news, where it gives one. */
  readonly occurredAt?: Date | null;
  /**
   * Of QUERY and POLL: when the question was sent. Without it an answer that goes backwards is not believed.
   */
  readonly askedAt?: Date;
  /** It is a part of the first whole copy of a list: refunds that nobody knew are history, no news. */
  readonly isFirstCopy?: boolean;
}

export type ObservedChange =
  | 'DISCOVERED'
  | 'STATUS_CHANGED'
  | 'DETAILS_CHANGED'
  | 'CONFLICT_DETECTED'
  | 'ATTENTION_CHANGED'
  | 'NONE';

export interface Weighing {
  readonly account: ObservedAccount;
  readonly context: ObservationContext;
  readonly newId: NewId;
  /** Contradictions of this refund that are recorded already, as JSON. None when left out. */
  readonly recorded?: readonly unknown[];
}

export interface Weighed {
  readonly news: RefundNews;
  readonly before: StoredWithRecord | null;
  readonly after: StoredWithRecord;
  readonly change: ObservedChange;
  readonly ask: boolean;
  /** The news agrees with what is known, or became it. Else it was ignored. */
  readonly believed: boolean;
  /** The provider's record should be kept. */
  readonly keepsRecord: boolean;
  /** Of CONFLICT_DETECTED. */
  readonly contradiction: Contradiction | null;
}

/**
 * Milliseconds by which `observed_at` lags at most behind the last time that the provider told the same
 * again.
 */
const OBSERVED_EVERY_MS = 1_000;

export const told = (news: RefundNews): PaymentFacts => ({
  merchantPaymentId: news.merchantPaymentId,
  providerPaymentId: news.providerPaymentId,
  amount: paidIn(news),
});

/** Whether news names an id or the amount of the payment that is not known. */
export const tellsMoreOfPayment = (known: PaymentFacts, facts: PaymentFacts): boolean =>
  (known.merchantPaymentId === null && facts.merchantPaymentId !== null) ||
  (known.providerPaymentId === null && facts.providerPaymentId !== null) ||
  (known.amount === null && facts.amount !== null);

/**
 * `payment` is what the news' payment was found to be; `null` as long as nobody has looked, or where it names
 * none.
 */
export function weigh(
  weighing: Weighing,
  known: StoredWithRecord | null,
  news: RefundNews,
  payment: ResolvedPayment | null,
): Weighed {
  const { account, context } = weighing;
  if (news.provider !== account.provider) throw new Error(`${account.key} is not an account of ${news.provider}`);
  const verdict = judgeStatus({
    known: known?.refund.status ?? null,
    told: news.status,
    via: context.via,
    askedAfter: known === null ? null : askedAfter(known, context, marginMs(known, news)),
    retryFailed: account.retryFailed,
    hasLeftFailed: known?.hasLeftFailed ?? false,
  });
  if (known === null) return discovered(weighing, news, payment, verdict);

  const members = [
    ...contradictions(known.refund, news, account.retryFailed),
    ...(payment?.contradicted === true ? ['payment'] : []),
  ];
  // The provider's query has the last word: asking it again would bring the same.
  if (members.length > 0) return conflicting(weighing, known, news, { members, ask: context.via !== 'QUERY' });
  switch (verdict.meaning) {
    case 'same':
    case 'change':
      return believed(weighing, known, news, payment, verdict);
    case 'conflict':
      return conflicting(weighing, known, news, { members: ['status'], ask: verdict.ask });
    case 'stale':
      return { ...nothing(known, news), ask: verdict.ask };
  }
}

const nothing = (known: StoredWithRecord, news: RefundNews) =>
  ({
    news,
    before: known,
    after: known,
    change: 'NONE',
    ask: false,
    believed: false,
    keepsRecord: false,
    contradiction: null,
  }) satisfies Weighed;

function discovered(
  { account, context, newId }: Weighing,
  news: RefundNews,
  payment: ResolvedPayment | null,
  verdict: Verdict,
): Weighed {
  const refund: Refund = {
    account: account.key,
    provider: account.provider,
    merchantRefundId: news.merchantRefundId,
    providerRefundId: news.providerRefundId,
    payment: payment?.payment.facts ?? told(news),
    amount: news.amount,
    feeRefunded: news.feeRefunded?.currency === news.amount.currency ? news.feeRefunded : null,
    status: news.status,
    providerStatus: news.providerStatus,
    reason: news.reason,
    failure: news.status === 'FAILED' ? news.failure : null,
    createdAt: news.createdAt ?? context.occurredAt ?? context.at,
    createdAtSource: news.createdAt === null ? 'SERVER' : 'PROVIDER',
    completedAt: isFinished(news.status) ? news.completedAt : null,
    observedAt: context.at,
    details: news.details,
    attention: {},
    version: 1,
    updatedAt: context.at,
    attempts: 0,
  };
  const isAnswer = context.via !== 'CALLBACK' && news.raw !== null;
  const isUndecided = news.undecided === true;
  const attention = attentionAfter({ refund, isUndecided, isAnswer, askedAt: context.askedAt ?? null, at: context.at });
  const after: StoredWithRecord = {
    id: newId(),
    paymentId: payment?.payment.id ?? null,
    refund: { ...refund, attention },
    submittedAt: null,
    answersCountFrom: null,
    missingSince: null,
    isAnswered: isAnswer,
    hasLeftFailed: false,
    revision: 1,
    recordDigest: news.raw === null ? null : digestOf(news.raw),
  };
  return {
    news,
    before: null,
    after,
    change: 'DISCOVERED',
    ask: verdict.ask || payment?.contradicted === true,
    believed: true,
    keepsRecord: news.raw !== null,
    contradiction: null,
  };
}

function believed(
  { context }: Weighing,
  known: StoredWithRecord,
  news: RefundNews,
  payment: ResolvedPayment | null,
  { meaning, ask }: Verdict,
): Weighed {
  const isLater = askedAfter(known, context) !== false;
  const isReply = (context.via === 'QUERY' || context.via === 'POLL') && isLater;
  const belief: Belief = meaning === 'change' ? 'change' : isReply ? 'correct' : 'fill';
  const isMoved = payment !== null && (known.paymentId === null || known.paymentId === payment.payment.id);
  const merged: Refund = {
    ...withNews(known.refund, news, belief),
    payment: isMoved ? payment.payment.facts : paymentAfter(known, news),
  };
  const isAnswer = (isReply || context.via === 'MUTATION') && news.raw !== null;
  const attention = attentionAfter({
    refund: merged,
    isUndecided: belief === 'fill' && news.undecided !== true ? null : news.undecided === true,
    isAnswer,
    askedAt: context.askedAt ?? null,
    at: context.at,
  });
  const isNew = !isDeepStrictEqual(merged, known.refund);
  const change = changeOf({ meaning, isNew, isShown: !showsSame(attention, known.refund.attention) });
  const isAnswered = known.isAnswered || isAnswer;
  const isWritten =
    change !== 'NONE' || isAnswered !== known.isAnswered || !isDeepStrictEqual(attention, known.refund.attention);

  const { observedAt } = known.refund;
  const since = observedAt === null ? Infinity : context.at.getTime() - observedAt.getTime();
  const isObserved = isNew ? since > 0 : since >= OBSERVED_EVERY_MS;
  const digest = news.raw === null ? null : digestOf(news.raw);
  const keepsRecord =
    digest !== null && digest !== known.recordDigest && (isNew || belief !== 'fill' || known.recordDigest === null);
  const refund: Refund = { ...merged, attention, observedAt: isObserved ? context.at : observedAt };
  return {
    news,
    before: known,
    after: {
      ...known,
      paymentId: isMoved ? payment.payment.id : known.paymentId,
      refund: change === 'NONE' ? refund : withEvent(refund, context.at),
      isAnswered,
      hasLeftFailed: known.hasLeftFailed || (known.refund.status === 'FAILED' && refund.status !== 'FAILED'),
      revision: isWritten ? known.revision + 1 : known.revision,
      recordDigest: keepsRecord ? digest : known.recordDigest,
    },
    change,
    // A callback about a refund that its provider denies proves little: it is asked again.
    ask: ask || (context.via === 'CALLBACK' && attention.DENIED !== undefined),
    believed: true,
    keepsRecord,
    contradiction: null,
  };
}

interface Difference {
  readonly meaning: Verdict['meaning'];
  readonly isNew: boolean;
  /** What is shown of the attention differs. */
  readonly isShown: boolean;
}

/** A change of attention that comes with others is a part of their event. */
function changeOf({ meaning, isNew, isShown }: Difference): ObservedChange {
  if (meaning === 'change') return 'STATUS_CHANGED';
  if (isNew) return 'DETAILS_CHANGED';
  return isShown ? 'ATTENTION_CHANGED' : 'NONE';
}

/** As long as nobody has looked the payment up, what the news tells of it. */
function paymentAfter({ refund: { payment } }: StoredWithRecord, news: RefundNews): PaymentFacts {
  const facts = told(news);
  return {
    merchantPaymentId: payment.merchantPaymentId ?? facts.merchantPaymentId,
    providerPaymentId: payment.providerPaymentId ?? facts.providerPaymentId,
    amount: payment.amount ?? facts.amount,
  };
}

/** A value as the ledger gives it back. */
export const jsonOf = (value: unknown): unknown => JSON.parse(jsonText(value));

/**
 * News that contradicts is not believed, and a person must look until the provider's answer decides. A
 * contradiction is recorded once: told again it changes nothing, unless the provider itself tells it in an
 * answer after it had decided otherwise.
 */
function conflicting(
  { context, recorded = [] }: Weighing,
  known: StoredWithRecord,
  news: RefundNews,
  { members, ask }: { readonly members: readonly string[]; readonly ask: boolean },
): Weighed {
  const contradiction: Contradiction = {
    members,
    knownStatus: known.refund.status,
    told: {
      status: news.status,
      amount: news.amount,
      providerRefundId: news.providerRefundId,
      payment: told(news),
    },
  };
  const asJson = jsonOf(contradiction);
  const isRepeated = recorded.some((one) => isDeepStrictEqual(one, asJson));
  const isPushed = context.via === 'CALLBACK' || context.via === 'MUTATION';
  const attention =
    isRepeated && isPushed ? known.refund.attention : withReasons(known.refund.attention, ['CONFLICT'], context.at);
  const isShown = !showsSame(attention, known.refund.attention);
  if (isRepeated && !isShown) return { ...nothing(known, news), contradiction };
  const refund = withEvent({ ...known.refund, attention }, context.at);
  return {
    ...nothing(known, news),
    after: { ...known, refund, revision: known.revision + 1 },
    change: isRepeated ? 'ATTENTION_CHANGED' : 'CONFLICT_DETECTED',
    ask: ask && !isRepeated,
    contradiction,
  };
}

/** Milliseconds by which the clocks of two servers over one ledger may differ. */
const CLOCKS_DIFFER_MS = 5_000;

/**
 * The question and the new submission may be of two servers with clocks of their own. Where the old failure
 * would be taken for one of the new submission, the money of which is on its way, they must not decide by a
 * hair: it is asked once more.
 */
const marginMs = ({ hasLeftFailed, refund }: StoredWithRecord, news: RefundNews): number =>
  hasLeftFailed && news.status === 'FAILED' && !isFinished(refund.status) ? CLOCKS_DIFFER_MS : 0;

/** `null`: nobody said when the question was sent, or there was none. */
function askedAfter(known: StoredWithRecord, { via, askedAt }: ObservationContext, clocksDifferMs = 0): boolean | null {
  const { refund, submittedAt, answersCountFrom } = known;
  if (askedAt === undefined || via === 'CALLBACK' || via === 'MUTATION') return null;
  // As long as a send may still arrive, an answer may speak of the time before it.
  const sent = isFinished(refund.status) ? submittedAt : answersCountFrom;
  const since = Math.max(refund.observedAt?.getTime() ?? -Infinity, sent?.getTime() ?? -Infinity);
  return askedAt.getTime() > since + clocksDifferMs;
}
