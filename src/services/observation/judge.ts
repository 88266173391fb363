/** What one update makes of one refund. Pure: `observe.ts` reads and writes. */
import { jsonText } from '../../ledger/json.ts';
import { digestOf, type StoredWithRecord } from '../../ledger/refund/refund-writes.ts';
import type { ResolvedPayment } from '../../ledger/payment/payment-identity.ts';
import { withEvent, type Contradiction } from '../../ledger/events.ts';
import { attentionAfter, showsSame, withReasons } from '../../refunds/attention.ts';
import { isFinished } from '../../refunds/read-policy.ts';
import { isDeepStrictEqual } from 'node:util';
import type { NewId } from '../../flow/clock.ts';
import type { AccountKey } from '../../refunds/ids.ts';
import { contradictions, paidIn, mergeUpdate, type MergePolicy, type RefundUpdate } from '../../refunds/update.ts';
import type { ObservedVia, PaymentFacts, Provider, Refund } from '../../refunds/refund.ts';
import { judgeStatus, type StatusVerdict } from '../../refunds/status.ts';

/** What of an account matters for judging its updates. */
export interface ObservedAccount {
  readonly key: AccountKey;
  readonly provider: Provider;
  /** The provider takes a FAILED refund again under the same id. */
  readonly retryFailed: boolean;
}

export interface ObservationContext {
  readonly via: ObservedVia;
  /** When the update reached us. */
  readonly at: Date;
  /** The provider's own time of the update, where it gives one. */
  readonly occurredAt?: Date | null;
  /**
   * Of QUERY and POLL: when the query was sent. Without it an answer that goes backwards is not believed.
   */
  readonly queriedAt?: Date;
}

export type ObservedChange =
  | 'DISCOVERED'
  | 'STATUS_CHANGED'
  | 'DETAILS_CHANGED'
  | 'CONFLICT_DETECTED'
  | 'ATTENTION_CHANGED'
  | 'NONE';

export interface JudgeContext {
  readonly account: ObservedAccount;
  readonly context: ObservationContext;
  readonly newId: NewId;
  /** Contradictions of this refund that are recorded already, as JSON. None when left out. */
  readonly recorded?: readonly unknown[];
}

export interface Judged {
  readonly incoming: RefundUpdate;
  readonly before: StoredWithRecord | null;
  readonly after: StoredWithRecord;
  readonly change: ObservedChange;
  readonly queryAgain: boolean;
  /** The update agrees with what is known, or became it. Else it was ignored. */
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

export const paymentFactsOf = (incoming: RefundUpdate): PaymentFacts => ({
  merchantPaymentId: incoming.merchantPaymentId,
  providerPaymentId: incoming.providerPaymentId,
  amount: paidIn(incoming),
});

/** Whether an update names an id or the amount of the payment that is not known. */
export const tellsMoreOfPayment = (stored: PaymentFacts, facts: PaymentFacts): boolean =>
  (stored.merchantPaymentId === null && facts.merchantPaymentId !== null) ||
  (stored.providerPaymentId === null && facts.providerPaymentId !== null) ||
  (stored.amount === null && facts.amount !== null);

/**
 * `payment` is what its payment was found to be; `null` as long as nobody has looked, or where it names
 * none.
 */
export function judge(
  judgeContext: JudgeContext,
  stored: StoredWithRecord | null,
  incoming: RefundUpdate,
  payment: ResolvedPayment | null,
): Judged {
  const { account, context } = judgeContext;
  if (incoming.provider !== account.provider)
    throw new Error(`${account.key} is not an account of ${incoming.provider}`);
  const verdict = judgeStatus({
    stored: stored?.refund.status ?? null,
    incoming: incoming.status,
    via: context.via,
    queriedAfter: stored === null ? null : queriedAfter(stored, context, marginMs(stored, incoming)),
    retryFailed: account.retryFailed,
    hasLeftFailed: stored?.hasLeftFailed ?? false,
  });
  if (stored === null) return discovered(judgeContext, incoming, payment, verdict);

  const members = [
    ...contradictions(stored.refund, incoming, account.retryFailed),
    ...(payment?.contradicted === true ? ['payment'] : []),
  ];
  // The provider's query has the last word: querying it again would bring the same.
  if (members.length > 0)
    return conflicting(judgeContext, stored, incoming, { members, queryAgain: context.via !== 'QUERY' });
  switch (verdict.meaning) {
    case 'same':
    case 'change':
      return believed(judgeContext, stored, incoming, payment, verdict);
    case 'conflict':
      return conflicting(judgeContext, stored, incoming, { members: ['status'], queryAgain: verdict.queryAgain });
    case 'stale':
      return { ...nothing(stored, incoming), queryAgain: verdict.queryAgain };
  }
}

const nothing = (stored: StoredWithRecord, incoming: RefundUpdate) =>
  ({
    incoming,
    before: stored,
    after: stored,
    change: 'NONE',
    queryAgain: false,
    believed: false,
    keepsRecord: false,
    contradiction: null,
  }) satisfies Judged;

function discovered(
  { account, context, newId }: JudgeContext,
  incoming: RefundUpdate,
  payment: ResolvedPayment | null,
  verdict: StatusVerdict,
): Judged {
  const refund: Refund = {
    account: account.key,
    provider: account.provider,
    merchantRefundId: incoming.merchantRefundId,
    providerRefundId: incoming.providerRefundId,
    payment: payment?.payment.facts ?? paymentFactsOf(incoming),
    amount: incoming.amount,
    feeRefunded: incoming.feeRefunded?.currency === incoming.amount.currency ? incoming.feeRefunded : null,
    status: incoming.status,
    providerStatus: incoming.providerStatus,
    reason: incoming.reason,
    failure: incoming.status === 'FAILED' ? incoming.failure : null,
    createdAt: incoming.createdAt ?? context.occurredAt ?? context.at,
    createdAtSource: incoming.createdAt === null ? 'SERVER' : 'PROVIDER',
    completedAt: isFinished(incoming.status) ? incoming.completedAt : null,
    observedAt: context.at,
    details: incoming.details,
    attention: {},
    version: 1,
    updatedAt: context.at,
    attempts: 0,
  };
  const isAnswer = context.via !== 'CALLBACK' && incoming.raw !== null;
  const isUndecided = incoming.undecided === true;
  const attention = attentionAfter({
    refund,
    isUndecided,
    isAnswer,
    queriedAt: context.queriedAt ?? null,
    at: context.at,
  });
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
    recordDigest: incoming.raw === null ? null : digestOf(incoming.raw),
  };
  return {
    incoming,
    before: null,
    after,
    change: 'DISCOVERED',
    queryAgain: verdict.queryAgain || payment?.contradicted === true,
    believed: true,
    keepsRecord: incoming.raw !== null,
    contradiction: null,
  };
}

function believed(
  { context }: JudgeContext,
  stored: StoredWithRecord,
  incoming: RefundUpdate,
  payment: ResolvedPayment | null,
  { meaning, queryAgain }: StatusVerdict,
): Judged {
  const isLater = queriedAfter(stored, context) !== false;
  const isReply = (context.via === 'QUERY' || context.via === 'POLL') && isLater;
  const policy: MergePolicy = meaning === 'change' ? 'replace' : isReply ? 'overwrite' : 'fillGaps';
  const isMoved = payment !== null && (stored.paymentId === null || stored.paymentId === payment.payment.id);
  const merged: Refund = {
    ...mergeUpdate(stored.refund, incoming, policy),
    payment: isMoved ? payment.payment.facts : paymentAfter(stored, incoming),
  };
  const isAnswer = (isReply || context.via === 'MUTATION') && incoming.raw !== null;
  const attention = attentionAfter({
    refund: merged,
    isUndecided: policy === 'fillGaps' && incoming.undecided !== true ? null : incoming.undecided === true,
    isAnswer,
    queriedAt: context.queriedAt ?? null,
    at: context.at,
  });
  const isNew = !isDeepStrictEqual(merged, stored.refund);
  const change = changeOf({ meaning, isNew, isShown: !showsSame(attention, stored.refund.attention) });
  const isAnswered = stored.isAnswered || isAnswer;
  const isWritten =
    change !== 'NONE' || isAnswered !== stored.isAnswered || !isDeepStrictEqual(attention, stored.refund.attention);

  const { observedAt } = stored.refund;
  const since = observedAt === null ? Infinity : context.at.getTime() - observedAt.getTime();
  const isObserved = isNew ? since > 0 : since >= OBSERVED_EVERY_MS;
  const digest = incoming.raw === null ? null : digestOf(incoming.raw);
  const keepsRecord =
    digest !== null &&
    digest !== stored.recordDigest &&
    (isNew || policy !== 'fillGaps' || stored.recordDigest === null);
  const refund: Refund = { ...merged, attention, observedAt: isObserved ? context.at : observedAt };
  return {
    incoming,
    before: stored,
    after: {
      ...stored,
      paymentId: isMoved ? payment.payment.id : stored.paymentId,
      refund: change === 'NONE' ? refund : withEvent(refund, context.at),
      isAnswered,
      hasLeftFailed: stored.hasLeftFailed || (stored.refund.status === 'FAILED' && refund.status !== 'FAILED'),
      revision: isWritten ? stored.revision + 1 : stored.revision,
      recordDigest: keepsRecord ? digest : stored.recordDigest,
    },
    change,
    // A callback about a refund that its provider denies proves little: it is queried again.
    queryAgain: queryAgain || (context.via === 'CALLBACK' && attention.DENIED !== undefined),
    believed: true,
    keepsRecord,
    contradiction: null,
  };
}

interface Difference {
  readonly meaning: StatusVerdict['meaning'];
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

/** As long as nobody has looked the payment up, what the update tells of it. */
function paymentAfter({ refund: { payment } }: StoredWithRecord, incoming: RefundUpdate): PaymentFacts {
  const facts = paymentFactsOf(incoming);
  return {
    merchantPaymentId: payment.merchantPaymentId ?? facts.merchantPaymentId,
    providerPaymentId: payment.providerPaymentId ?? facts.providerPaymentId,
    amount: payment.amount ?? facts.amount,
  };
}

/** A value as the ledger gives it back. */
export const jsonOf = (value: unknown): unknown => JSON.parse(jsonText(value));

/**
 * An update that contradicts is not believed, and a person must look until the provider's answer decides. A
 * contradiction is recorded once: told again it changes nothing, unless the provider itself tells it in an
 * answer after it had decided otherwise.
 */
function conflicting(
  { context, recorded = [] }: JudgeContext,
  stored: StoredWithRecord,
  incoming: RefundUpdate,
  { members, queryAgain }: { readonly members: readonly string[]; readonly queryAgain: boolean },
): Judged {
  const contradiction: Contradiction = {
    members,
    knownStatus: stored.refund.status,
    told: {
      status: incoming.status,
      amount: incoming.amount,
      providerRefundId: incoming.providerRefundId,
      payment: paymentFactsOf(incoming),
    },
  };
  const asJson = jsonOf(contradiction);
  const isRepeated = recorded.some((one) => isDeepStrictEqual(one, asJson));
  const isPushed = context.via === 'CALLBACK' || context.via === 'MUTATION';
  const attention =
    isRepeated && isPushed ? stored.refund.attention : withReasons(stored.refund.attention, ['CONFLICT'], context.at);
  const isShown = !showsSame(attention, stored.refund.attention);
  if (isRepeated && !isShown) return { ...nothing(stored, incoming), contradiction };
  const refund = withEvent({ ...stored.refund, attention }, context.at);
  return {
    ...nothing(stored, incoming),
    after: { ...stored, refund, revision: stored.revision + 1 },
    change: isRepeated ? 'ATTENTION_CHANGED' : 'CONFLICT_DETECTED',
    queryAgain: queryAgain && !isRepeated,
    contradiction,
  };
}

/** Milliseconds by which the clocks of two servers over one ledger may differ. */
const CLOCKS_DIFFER_MS = 5_000;

/**
 * The query and the new submission may be of two servers with clocks of their own. Where the old failure
 * would be taken for one of the new submission, the money of which is on its way, they must not decide by a
 * hair: it is queried once more.
 */
const marginMs = ({ hasLeftFailed, refund }: StoredWithRecord, incoming: RefundUpdate): number =>
  hasLeftFailed && incoming.status === 'FAILED' && !isFinished(refund.status) ? CLOCKS_DIFFER_MS : 0;

/** `null`: nobody said when the query was sent, or there was none. */
function queriedAfter(
  stored: StoredWithRecord,
  { via, queriedAt }: ObservationContext,
  clocksDifferMs = 0,
): boolean | null {
  const { refund, submittedAt, answersCountFrom } = stored;
  if (queriedAt === undefined || via === 'CALLBACK' || via === 'MUTATION') return null;
  // As long as a send may still arrive, an answer may speak of the time before it.
  const sent = isFinished(refund.status) ? submittedAt : answersCountFrom;
  const since = Math.max(refund.observedAt?.getTime() ?? -Infinity, sent?.getTime() ?? -Infinity);
  return queriedAt.getTime() > since + clocksDifferMs;
}
