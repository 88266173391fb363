/** The first update of a refund makes it known. */
import { rowOf } from '../../ledger/payment/payments.ts';
import { digestOf, type StoredWithRecord } from '../../ledger/refund/refund-writes.ts';
import { attentionAfter } from '../../refunds/attention.ts';
import { paymentFactsOf } from '../../refunds/payment.ts';
import { isFinished, type Refund } from '../../refunds/refund.ts';
import type { StatusVerdict } from '../../refunds/status.ts';
import type { Case, Judged, JudgeContext } from './judged.ts';

/** The new refund that an update tells about. */
export function discover(
  { account, context, newId }: JudgeContext,
  { incoming, payment }: Omit<Case, 'stored'>,
  { queryAgain }: StatusVerdict,
): Judged {
  const refund: Refund = {
    account: account.key,
    provider: account.provider,
    merchantRefundId: incoming.merchantRefundId,
    providerRefundId: incoming.providerRefundId,
    payment: payment?.payment.facts ?? paymentFactsOf(incoming),
    paymentRow: payment === null ? null : rowOf(payment.payment),
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
  const { queriedAt = null, at } = context;
  const attention = attentionAfter({ refund, isUndecided, isAnswer, queriedAt, at });
  const after: StoredWithRecord = {
    id: newId(),
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
    queryAgain: queryAgain || payment?.contradicted === true,
    believed: true,
    repeats: false,
    keepsRecord: incoming.raw !== null,
    contradiction: null,
  };
}
