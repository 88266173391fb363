/**
 * What BluePay writes (bluepay.md), as schemas of one account. Numbers arrive as their source text
 * (`json.ts`).
 */
import { z } from 'zod';
import { merchantRefundId, providerPaymentId, providerRefundId } from '../../refunds/ids.ts';
import type { Json } from '../../refunds/refund.ts';
import {
  integerMoney,
  neededCode,
  neededIdOf,
  neededMoney,
  neededText,
  optionalCode,
  optionalMoney,
  optionalText,
  optionalTime,
  optionalWords,
  wordsOfAnswer,
  type SpareMember,
  type TimeUnits,
} from '../wire/members.ts';

/** The outer answer of every call (D). `data` is read once `code` says that there is any. */
export const bluePayAnswer = z.object({
  code: neededCode,
  message: wordsOfAnswer,
  data: z.custom<Json>().optional(),
});

/** The callback's body: `param` is JSON text, `sign` covers exactly that text (P). */
export const bluePayNotice = z.object({ param: neededText, sign: neededText });

/**
 * The three records of a refund: a row of the query (D), the answer to a create (P), a callback's `param`
 * (P).
 */
export function bluePayRecords({
  minorUnitExponent,
  ...units
}: TimeUnits & {
  /** ISO 4217; the wire names none. */
  readonly currency: string;
  /** Amounts are integers of 10^-this major units. */
  readonly minorUnitExponent: number;
  /** For members that can be done without. */
  readonly spare: SpareMember;
}) {
  const { currency, spare } = units;
  const time = optionalTime(units);
  const amount = integerMoney(currency, minorUnitExponent);
  const expected = `an amount in ${currency}, as an integer of units of 10^-${minorUnitExponent}`;
  const created = z.object({
    mchRefundOrderId: neededIdOf(merchantRefundId),
    refundTransactionId: neededIdOf(providerRefundId),
    refundAmount: neededMoney(amount, expected),
    refundStatus: neededText,
    refundCreateTime: spare('refundCreateTime', time),
  });
  const row = created.extend({
    originalTransactionId: neededIdOf(providerPaymentId),
    feeRefunded: spare('feeRefunded', optionalMoney(amount, expected)),
    /** Absent while the refund is pending. */
    refundReturnTime: spare('refundReturnTime', time),
    failedCode: spare('failedCode', optionalCode),
    failedMessage: spare('failedMessage', optionalWords),
    /** Named by the callback's page, absent in its samples. */
    refundReason: spare('refundReason', optionalText),
  });
  const notice = row.extend({ eventName: spare('eventName', optionalText), refundStatus: optionalText });
  return { created, row, notice };
}

export type BluePayRecords = ReturnType<typeof bluePayRecords>;
export type BluePayRow = z.output<BluePayRecords['row']>;
