/** A refund as Shoutu shows it: eighteen members, all text, "" where there is nothing to say (documented). */
import { bent } from '../bend.ts';
import type { Payment, Refund, Status } from '../model.ts';
import { wallTime } from '../time.ts';

const STATES: Readonly<Record<Status, string>> = {
  PENDING: '0',
  PROCESSING: '1',
  SUCCEEDED: '2',
  FAILED: '3',
  CANCELED: '4',
};

export const RECORD_FIELDS = [
  'channelOrderNo',
  'mchRefundNo',
  'channelPayOrderNo',
  'mchNo',
  'mchName',
  'mchNoBranch',
  'appId',
  'refundMode',
  'businessId',
  'payAmount',
  'refundAmount',
  'refundState',
  'refundReason',
  'extJsonb',
  'errCode',
  'errMsg',
  'successTime',
  'createdTime',
] as const;
export type ShoutuRecord = Readonly<Record<(typeof RECORD_FIELDS)[number], string>>;

/** The record of a refund. Amounts are fen as text, times UTC+8. */
export function shoutuRecord(refund: Refund, payment: Payment, appId: string): ShoutuRecord {
  const { extra } = refund;
  return {
    channelOrderNo: refund.providerRefundId,
    mchRefundNo: refund.merchantRefundId,
    channelPayOrderNo: payment.providerPaymentId,
    mchNo: 'M1691231069',
    mchName: '首都图书馆',
    mchNoBranch: extra['mchNoBranch'] ?? '',
    appId,
    refundMode: extra['refundMode'] ?? 'ENTIRE_REFUND',
    businessId: extra['businessId'] ?? '',
    payAmount: payment.amount.toString(),
    refundAmount: refund.amount.toString(),
    refundState: refund.word ?? STATES[refund.status],
    refundReason: refund.reason,
    extJsonb: extra['extJsonb'] ?? '',
    errCode: refund.failure?.code ?? '',
    errMsg: refund.failure?.message ?? '',
    // A refund that failed or was closed has no time of success.
    successTime: refund.status === 'SUCCEEDED' && refund.completedAt !== null ? wallTime(refund.completedAt) : '',
    createdTime: wallTime(refund.createdAt),
  };
}

/** The record as the list and callbacks show it: bent, where the control server said so. */
export const shownRecord = (refund: Refund, payment: Payment, appId: string): Readonly<Record<string, unknown>> =>
  bent(shoutuRecord(refund, payment, appId), refund);
