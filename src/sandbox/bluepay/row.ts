/** A refund as BluePay shows it, in a query and in a callback. */
import { bent } from '../bend.ts';
import type { Refund, Status } from '../model.ts';
import { wallTime } from '../time.ts';

/**
 * The query says COMPLETED (documented) where the callback says COMPLETE (public page). There is one word for
 * what is not finished.
 */
const QUERY_WORDS: Readonly<Record<Status, string>> = {
  PENDING: 'PENDING',
  PROCESSING: 'PENDING',
  SUCCEEDED: 'COMPLETED',
  FAILED: 'FAILED',
  CANCELED: 'CANCEL',
};

/** Only an end has an event name: there is no callback for a refund on its way. */
const EVENTS: Readonly<Record<Status, string | null>> = {
  PENDING: null,
  PROCESSING: null,
  SUCCEEDED: 'payment.refund.success',
  FAILED: 'payment.refund.failed',
  CANCELED: 'payment.refund.cancel',
};

/** A long of the wire. Amounts are at most 15 digits, which a JavaScript number holds exactly. */
export const long = (minorUnits: bigint): number => Number(minorUnits);

export const bluePayStatus = (refund: Refund): string => refund.word ?? QUERY_WORDS[refund.status];

/** The members that a query and a callback share. A refund on its way has no refundReturnTime. */
function members(refund: Refund, refundStatus: string): object {
  return {
    mchRefundOrderId: refund.merchantRefundId,
    originalTransactionId: refund.providerPaymentId,
    refundTransactionId: refund.providerRefundId,
    refundAmount: long(refund.amount),
    feeRefunded: long(refund.fee),
    refundStatus,
    refundCreateTime: wallTime(refund.createdAt),
    ...(refund.completedAt === null ? {} : { refundReturnTime: wallTime(refund.completedAt) }),
    ...(refund.failure === null
      ? {}
      : { failedCode: Number(refund.failure.code), failedMessage: refund.failure.message }),
  };
}

/** A row of the query's `data`. */
export const bluePayRow = (refund: Refund): object => bent(members(refund, bluePayStatus(refund)), refund);

/** The callback's `param`, or null for a state that has none. */
export function bluePayCallback(refund: Refund): string | null {
  const eventName = EVENTS[refund.status];
  if (eventName === null) return null;
  const word = refund.word ?? (refund.status === 'SUCCEEDED' ? 'COMPLETE' : QUERY_WORDS[refund.status]);
  return JSON.stringify({ eventName, ...bent(members(refund, word), refund) });
}
