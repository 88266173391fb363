/** Shoutu's records become observations. Pure; nothing above knows these names. */
import type { z } from 'zod';
import type { RefundObservation } from '../../refunds/observation.ts';
import {
  isFinished,
  SHOUTU_REFUND_MODES,
  type Json,
  type RefundFailure,
  type RefundStatus,
  type ShoutuDetails,
} from '../../refunds/refund.ts';
import { NotJsonError, parseJson } from '../wire/json.ts';
import type { CreateCommand } from '../provider.ts';
import type { StatusOf } from '../wire/status-words.ts';
import type { ShoutuRecord, ShoutuRecords } from './wire.ts';

/** Values of refundState, Jeepay's numbers and words (I). */
export const SHOUTU_STATUSES: Readonly<Record<string, RefundStatus>> = {
  '0': 'PENDING',
  '1': 'PROCESSING',
  '2': 'SUCCEEDED',
  '3': 'FAILED',
  '4': 'PROCESSING',
  INIT: 'PENDING',
  REFUNDING: 'PROCESSING',
  PROCESSING: 'PROCESSING',
  SUCCESS: 'SUCCEEDED',
  FAIL: 'FAILED',
  FAILED: 'FAILED',
  CLOSED: 'PROCESSING',
};

/**
 * Closed. Jeepay sets it by a clock, two hours after the refund was made, also on one that is under way:
 * money may have moved (I). It is no end unless the account's `statuses` say so.
 */
const CLOSED_WORDS: ReadonlySet<string> = new Set(['4', 'CLOSED']);

/** A record of the list or of a callback. */
export const fromRecord = (record: ShoutuRecord, statusOf: StatusOf, raw: string): RefundObservation =>
  observation(record, record.refundState, statusOf(record.refundState), raw);

/**
 * The answer to a create: what it leaves out is as it was asked for, and without a state it is accepted, not
 * more.
 */
export const fromCreated = (
  created: z.output<ShoutuRecords['created']>,
  command: Pick<CreateCommand, 'merchantRefundId' | 'amount'>,
  statusOf: StatusOf,
  raw: string,
): RefundObservation => {
  const { refundState, refundAmount } = created;
  const record = { ...created, mchRefundNo: command.merchantRefundId, refundAmount: refundAmount ?? command.amount };
  return observation(record, refundState, refundState === null ? 'PROCESSING' : statusOf(refundState), raw);
};

function observation(
  record: Omit<ShoutuRecord, 'refundState'>,
  providerStatus: string | null,
  status: RefundStatus,
  raw: string,
): RefundObservation {
  return {
    provider: 'SHOUTU',
    merchantRefundId: record.mchRefundNo,
    providerRefundId: record.channelOrderNo,
    merchantPaymentId: null,
    providerPaymentId: record.channelPayOrderNo,
    paymentAmount: record.payAmount,
    amount: record.refundAmount,
    feeRefunded: null,
    status,
    ...(status === 'PROCESSING' && CLOSED_WORDS.has(providerStatus ?? '') && { undecided: true }),
    providerStatus,
    reason: record.refundReason,
    failure: status === 'FAILED' ? failureOf(record) : null,
    createdAt: record.createdTime,
    completedAt: isFinished(status) ? record.successTime : null,
    details: detailsOf(record),
    raw,
  };
}

const failureOf = ({ errCode, errMsg }: Pick<ShoutuRecord, 'errCode' | 'errMsg'>): RefundFailure => ({
  code: errCode,
  message: errMsg ?? 'Shoutu gave no reason',
  // Whether the same mchRefundNo may be submitted again is unknown (trap 3).
  retryable: false,
});

function detailsOf(record: Omit<ShoutuRecord, 'refundState'>): ShoutuDetails {
  const { refundMode } = record;
  return {
    provider: 'SHOUTU',
    merchantNo: record.mchNo,
    merchantName: record.mchName,
    branchMerchantNo: record.mchNoBranch,
    appId: record.appId,
    refundMode: SHOUTU_REFUND_MODES.find((mode) => mode === refundMode) ?? null,
    businessId: record.businessId,
    extension: extensionOf(record.extJsonb ?? null),
  };
}

/** JSON text is read; any other text stays text; "" says nothing. */
function extensionOf(value: Json): Json {
  if (typeof value !== 'string') return value;
  if (value.trim() === '') return null;
  try {
    return parseJson(value);
  } catch (problem) {
    if (problem instanceof NotJsonError) return value;
    throw problem;
  }
}
