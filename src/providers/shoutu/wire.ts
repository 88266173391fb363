/** What Shoutu writes (shoutu.md), as schemas of one account. Numbers arrive as their source text (`json.ts`). */
import { z } from 'zod';
import { currencyExponent } from '../../refunds/money.ts';
import type { Json } from '../../refunds/refund.ts';
import {
  decimalMoney,
  integerMoney,
  neededCode,
  neededMoney,
  neededText,
  optionalCode,
  optionalMoney,
  optionalText,
  optionalWallTime,
  optionalWords,
  wordsOfAnswer,
} from '../wire-members.ts';

/** How an account's amounts and times are to be read. */
export interface ShoutuUnits {
  readonly currency: string;
  readonly amountUnit: 'fen' | 'yuan';
  readonly timeZone: string;
}

/** The outer answer of every call (D). */
export const shoutuAnswer = z.object({ code: neededCode, msg: wordsOfAnswer, data: z.custom<Json>().optional() });

const count = z
  .string()
  .regex(/^\d{1,15}$/, 'expected a whole number')
  .transform(Number);

/** `data` of querylist (D): a page whose numbers are text. */
export const shoutuPage = z.object({
  records: z.array(z.custom<Json>()),
  total: count,
  // Both documented as needed; what they are used for can be done without.
  current: count.nullish(),
  size: count.nullish(),
});

/** A record of the list or of a callback (D), and what a create's answer may say of one (I). */
export function shoutuRecords({ currency, amountUnit, timeZone }: ShoutuUnits) {
  const amount = amountUnit === 'fen' ? integerMoney(currency, currencyExponent(currency)) : decimalMoney(currency);
  const expected = amountUnit === 'fen' ? `a whole number of minor units of ${currency}` : `an amount in ${currency}`;
  const record = z.object({
    mchRefundNo: neededText,
    refundAmount: neededMoney(amount, expected),
    refundState: neededText,
    channelOrderNo: optionalText,
    channelPayOrderNo: optionalText,
    payAmount: optionalMoney(amount, expected),
    refundReason: optionalText,
    errCode: optionalCode,
    errMsg: optionalWords,
    successTime: optionalWallTime(timeZone),
    createdTime: optionalWallTime(timeZone),
    mchNo: optionalText,
    mchName: optionalText,
    mchNoBranch: optionalText,
    appId: optionalText,
    refundMode: optionalText,
    businessId: optionalText,
    /** JSON text, or any text; an object in its place is read as what it is. */
    extJsonb: z.custom<Json>().optional(),
  });
  const created = record.extend({
    mchRefundNo: optionalText,
    refundAmount: optionalMoney(amount, expected),
    refundState: optionalText,
  });
  return { record, created };
}

export type ShoutuRecords = ReturnType<typeof shoutuRecords>;
export type ShoutuRecord = z.output<ShoutuRecords['record']>;
export type ShoutuCreated = z.output<ShoutuRecords['created']>;
