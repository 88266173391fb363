/** A refund as TiPay shows it: yuan text, "" where there is nothing to say (documented). */
import { yuan } from './amount.ts';
import { bent } from '../bend.ts';
import type { Payment, Refund, Status } from '../model.ts';
import { wallTime } from '../time.ts';

const WORDS: Readonly<Record<Status, string>> = {
  PENDING: 'PROCESSING',
  PROCESSING: 'PROCESSING',
  SUCCEEDED: 'SUCCESS',
  FAILED: 'FAILED',
  CANCELED: 'CANCEL',
};

const tiPayStatus = (refund: Refund): string => refund.word ?? WORDS[refund.status];

/** Where the money comes from: JSON **text**. Its amounts are JSON numbers, from the exact decimal text. */
function fundingText(refund: Refund): string {
  const fromFund = refund.extra['fromFund'] === undefined ? 0n : BigInt(refund.extra['fromFund']);
  const parts = [
    ['SETTLE_ACCOUNT', refund.amount - fromFund],
    ['FUND_ACCOUNT', fromFund],
  ] as const;
  const shown = parts.filter(([, part]) => part > 0n);
  return `[${shown.map(([type, part]) => `{"accountType":"${type}","debitAmount":${yuan(part)}}`).join(',')}]`;
}

const successTime = (refund: Refund): string =>
  refund.status === 'SUCCEEDED' && refund.completedAt !== null ? wallTime(refund.completedAt) : '';

/** What has really come back: nothing until it succeeded. */
const real = (refund: Refund): string => yuan(refund.status === 'SUCCEEDED' ? refund.amount : 0n);

/** The members of the query's `data`. */
export function tiPayRow(refund: Refund, payment: Payment, merchantNo: string): object {
  const row = {
    merchantNo,
    orderId: payment.merchantPaymentId,
    refundRequestId: refund.merchantRefundId,
    uniqueOrderNo: payment.providerPaymentId,
    uniqueRefundNo: refund.providerRefundId,
    refundAmount: yuan(refund.amount),
    returnMerchantFee: yuan(refund.status === 'SUCCEEDED' ? refund.fee : 0n),
    status: tiPayStatus(refund),
    description: refund.reason,
    refundRequestDate: wallTime(refund.createdAt),
    refundSuccessDate: successTime(refund),
    failReason: refund.failure?.message ?? '',
    realRefundAmount: real(refund),
    cashRefundFee: real(refund),
    refundAccountDetail: fundingText(refund),
    channelReceiverInfo: refund.extra['channelReceiverInfo'] ?? '',
  };
  return bent(row, refund);
}

/** The members of the create's `data` (public page): fewer than the query's, and no uniqueOrderNo. */
export function tiPayAccepted(refund: Refund, payment: Payment, merchantNo: string): object {
  return {
    merchantNo,
    orderId: payment.merchantPaymentId,
    refundRequestId: refund.merchantRefundId,
    uniqueRefundNo: refund.providerRefundId,
    status: tiPayStatus(refund),
    refundAmount: yuan(refund.amount),
    refundRequestDate: wallTime(refund.createdAt),
    refundAccountDetail: fundingText(refund),
  };
}

/** The callback's `response`, YeePay's members. errorMessage says why it failed; else it is left out. */
export function tiPayCallback(refund: Refund, payment: Payment, merchantNo: string): string {
  const row = {
    orderId: payment.merchantPaymentId,
    uniqueOrderNo: payment.providerPaymentId,
    refundRequestId: refund.merchantRefundId,
    uniqueRefundNo: refund.providerRefundId,
    merchantNo,
    refundAmount: yuan(refund.amount),
    status: tiPayStatus(refund),
    ...(refund.failure === null ? {} : { errorMessage: refund.failure.message }),
    refundRequestDate: wallTime(refund.createdAt),
    refundSuccessDate: successTime(refund),
    realRefundAmount: real(refund),
    cashRefundFee: real(refund),
    returnMerchantFee: yuan(refund.status === 'SUCCEEDED' ? refund.fee : 0n),
    refundAccountDetail: fundingText(refund),
  };
  return JSON.stringify(bent(row, refund));
}
