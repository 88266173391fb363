/** TiPay's record becomes an observation. Pure; nothing above knows these names. */
import { merchantPaymentId, merchantRefundId, providerPaymentId, providerRefundId } from '../../refunds/ids.ts';
import type { RefundObservation } from '../../refunds/observation.ts';
import type { RefundStatus } from '../../refunds/refund.ts';
import { isEnd, type StatusOf } from '../status-words.ts';
import type { TiPayRecord } from './wire.ts';

/** The status words: the first three documented (D), the others YeePay's (I). */
export const TIPAY_STATUSES: Readonly<Record<string, RefundStatus>> = {
  PROCESSING: 'PROCESSING',
  SUCCESS: 'SUCCEEDED',
  FAILED: 'FAILED',
  CANCEL: 'CANCELED',
  // Interrupted: an operator must supply data at TiPay, or end it there. It may still succeed.
  SUSPEND: 'PROCESSING',
  REJECT: 'FAILED',
  REJECTIVE: 'FAILED',
};

/** One refund, from whichever of the three places. */
export function fromRecord(record: TiPayRecord, statusOf: StatusOf, raw: string): RefundObservation {
  const status = statusOf(record.status);
  const { uniqueOrderNo, uniqueRefundNo } = record;
  return {
    provider: 'TIPAY',
    merchantRefundId: merchantRefundId(record.refundRequestId),
    providerRefundId: uniqueRefundNo === null ? null : providerRefundId(uniqueRefundNo),
    merchantPaymentId: merchantPaymentId(record.orderId),
    providerPaymentId: uniqueOrderNo === null ? null : providerPaymentId(uniqueOrderNo),
    paymentAmount: null,
    amount: record.refundAmount,
    feeRefunded: record.returnMerchantFee,
    status,
    providerStatus: record.status,
    reason: record.description,
    failure:
      status === 'FAILED'
        ? {
            code: null,
            message: record.failReason ?? record.errorMessage ?? 'TiPay gave no reason',
            // FAILED is an end only until it is submitted again, under the same refundRequestId (P).
            retryable: true,
          }
        : null,
    createdAt: record.refundRequestDate,
    completedAt: isEnd(status) ? record.refundSuccessDate : null,
    details: {
      provider: 'TIPAY',
      uniqueOrderNo,
      realRefundAmount: record.realRefundAmount,
      cashRefundAmount: record.cashRefundFee,
      fundingAccounts: (record.refundAccountDetail ?? []).map(({ accountType, debitAmount }) => ({
        accountType,
        amount: debitAmount,
      })),
      channelReceiverInfo: record.channelReceiverInfo,
    },
    raw,
  };
}
