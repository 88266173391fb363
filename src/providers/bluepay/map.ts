/** BluePay's records become observations. Pure; nothing above knows these names. */
import type { z } from 'zod';
import type { ProviderPaymentId } from '../../refunds/ids.ts';
import type { RefundObservation } from '../../refunds/observation.ts';
import { isFinished, type RefundFailure, type RefundStatus } from '../../refunds/refund.ts';
import type { StatusOf } from '../wire/status-words.ts';
import type { BluePayRow, BluePayRecords } from './wire.ts';

/**
 * The status words: PENDING, COMPLETED and FAILED seen in the query, COMPLETE in the callback; CANCEL*
 * inferred (I).
 */
export const BLUEPAY_STATUSES: Readonly<Record<string, RefundStatus>> = {
  PENDING: 'PROCESSING',
  COMPLETED: 'SUCCEEDED',
  COMPLETE: 'SUCCEEDED',
  FAILED: 'FAILED',
  CANCEL: 'CANCELED',
  CANCELED: 'CANCELED',
  CANCELLED: 'CANCELED',
};

/** A row of the query. */
export const fromRow = (row: BluePayRow, statusOf: StatusOf, raw: string): RefundObservation =>
  observation(row, row.refundStatus, statusOf(row.refundStatus), raw);

/**
 * A callback's `param`. `refundStatus` decides. Without it the event's name stands for it, as a word that
 * nobody explained: older samples carry `payment.refund.success` with the status FAILED. So the refund is
 * shown as under way and the operator hears of it; the end is told by the next regular query, which such a
 * callback brings forward only for a refund that was not known before.
 */
export function fromNotice(
  notice: z.output<BluePayRecords['notice']>,
  statusOf: StatusOf,
  raw: string,
): RefundObservation {
  const word = notice.refundStatus ?? notice.eventName;
  return observation(notice, word, statusOf(word ?? ''), raw);
}

/** The answer to a create. It does not name the payment, so that comes from the request. */
export const fromCreated = (
  created: z.output<BluePayRecords['created']>,
  originalTransactionId: ProviderPaymentId,
  statusOf: StatusOf,
  raw: string,
): RefundObservation => {
  const unsaid = { feeRefunded: null, refundReturnTime: null, refundReason: null, failedCode: null };
  const row: BluePayRow = { ...created, ...unsaid, originalTransactionId, failedMessage: null };
  return fromRow(row, statusOf, raw);
};

function observation(
  row: Omit<BluePayRow, 'refundStatus'>,
  providerStatus: string | null,
  status: RefundStatus,
  raw: string,
): RefundObservation {
  return {
    provider: 'BLUEPAY',
    merchantRefundId: row.mchRefundOrderId,
    providerRefundId: row.refundTransactionId,
    merchantPaymentId: null,
    providerPaymentId: row.originalTransactionId,
    paymentAmount: null,
    amount: row.refundAmount,
    feeRefunded: row.feeRefunded,
    status,
    providerStatus,
    reason: row.refundReason,
    failure: status === 'FAILED' ? failureOf(row) : null,
    createdAt: row.refundCreateTime,
    completedAt: isFinished(status) ? row.refundReturnTime : null,
    details: {
      provider: 'BLUEPAY',
      originalTransactionId: row.originalTransactionId,
      failedCode: row.failedCode !== null && /^-?\d{1,9}$/.test(row.failedCode) ? Number(row.failedCode) : null,
    },
    raw,
  };
}

/** Shown, never branched on: "Channel Refund Failed" is −10010 on one page and −10009 on another. */
const failureOf = (row: Pick<BluePayRow, 'failedCode' | 'failedMessage'>): RefundFailure => ({
  code: row.failedCode,
  message: row.failedMessage ?? 'BluePay gave no reason',
  // The same mchRefundOrderId is never taken twice (21407).
  retryable: false,
});
