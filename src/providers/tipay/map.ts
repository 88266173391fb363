/** TiPay's record becomes an observation. Pure; nothing above knows these names. */
import type { MerchantRefundId } from '../../refunds/ids.ts';
import type { RefundObservation } from '../../refunds/observation.ts';
import { isFinished, type RefundStatus } from '../../refunds/refund.ts';
import type { StatusOf } from '../wire/status-words.ts';
import type { TiPayRecord } from './wire.ts';

/** YeePay's word for a refund that somebody must complete or end in the console (I). */
const SUSPENDED = 'SUSPEND';

/** The status words: the first three documented (D), the others YeePay's (I). */
export const TIPAY_STATUSES: Readonly<Record<string, RefundStatus>> = {
  PROCESSING: 'PROCESSING',
  SUCCESS: 'SUCCEEDED',
  FAILED: 'FAILED',
  CANCEL: 'CANCELED',
  // Interrupted. It may still succeed.
  [SUSPENDED]: 'PROCESSING',
  REJECT: 'FAILED',
  REJECTIVE: 'FAILED',
};

/** How an account's words are read, and who hears of a refund that waits for a person. */
export interface TiPayReading {
  readonly statusOf: StatusOf;
  /** Whether a refund that failed with these words may succeed when it is submitted again. */
  readonly mayRetry: (words: string) => boolean;
  readonly suspended: (merchantRefundId: MerchantRefundId, word: string) => void;
}

/** One refund, from whichever of the three places. */
export function fromRecord(record: TiPayRecord, reading: TiPayReading, raw: string): RefundObservation {
  const { statusOf, suspended } = reading;
  const status = statusOf(record.status);
  const { uniqueOrderNo, uniqueRefundNo, refundRequestId: id } = record;
  const actionNeeded = record.status === SUSPENDED && !isFinished(status);
  const words = record.failReason ?? record.errorMessage ?? 'TiPay gave no reason';
  if (actionNeeded) suspended(id, record.status);
  return {
    provider: 'TIPAY',
    merchantRefundId: id,
    providerRefundId: uniqueRefundNo,
    merchantPaymentId: record.orderId,
    providerPaymentId: uniqueOrderNo,
    paymentAmount: null,
    amount: record.refundAmount,
    feeRefunded: record.returnMerchantFee,
    status,
    providerStatus: record.status,
    reason: record.description,
    failure:
      // An end only until it is submitted again.
      status === 'FAILED' ? { code: null, message: words, retryable: reading.mayRetry(words) } : null,
    createdAt: record.refundRequestDate,
    completedAt: isFinished(status) ? record.refundSuccessDate : null,
    details: {
      provider: 'TIPAY',
      uniqueOrderNo,
      realRefundAmount: record.realRefundAmount,
      cashRefundAmount: record.cashRefundFee,
      fundingAccounts:
        record.refundAccountDetail?.map(({ accountType, debitAmount }) => ({ accountType, amount: debitAmount })) ??
        null,
      channelReceiverInfo: record.channelReceiverInfo,
      actionNeeded,
    },
    raw,
  };
}
