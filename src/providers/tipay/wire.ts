/**
 * What TiPay writes (tipay.md), as schemas of one account. Numbers arrive as their source text (`json.ts`).
 */
import { z } from 'zod';
import { merchantPaymentId, merchantRefundId, providerPaymentId, providerRefundId } from '../../refunds/ids.ts';
import type { Json } from '../../refunds/refund.ts';
import { jsonIn } from '../wire/callback-body.ts';
import {
  decimalMoney,
  neededCode,
  neededId,
  neededIdOf,
  neededMoney,
  neededText,
  optionalCode,
  optionalIdOf,
  optionalMoney,
  optionalText,
  optionalTime,
  optionalWords,
  wordsOfAnswer,
  type SpareMember,
  type TimeUnits,
} from '../wire/members.ts';

/** The outer answer of every call (D). */
export const tiPayAnswer = z.object({
  code: neededCode,
  /** Read as anything, so that an answer without it can still be told by its code. */
  success: z.custom<Json>().optional(),
  msg: wordsOfAnswer,
  data: z.custom<Json>().optional(),
});

/** YeePay's word inside `data` on whether it did what was asked; in the sample only (D). */
export const tiPayResult = z.object({ code: optionalCode, message: wordsOfAnswer });

/** The callback's two parameters: `response` is JSON text, `sign` covers exactly that text (P). */
export const tiPayNotice = z.object({ response: neededText, sign: neededText });

/**
 * The refund as the query (D), the answer to a create and a callback's `response` (P) have it: one shape,
 * more or less full.
 */
export function tiPayRecord(
  units: TimeUnits & {
    readonly currency: string;
    /** For members that can be done without. */
    readonly spare: SpareMember;
  },
) {
  const { currency, spare } = units;
  const time = optionalTime(units);
  const amount = decimalMoney(currency);
  const expected = `an amount in ${currency} as decimal text`;
  const account = z.object({ accountType: neededText, debitAmount: neededMoney(amount, expected) });
  const ofAccounts = spare('refundAccountDetail', account);
  /** One that can't be read costs itself; null where none can be read; none where none is told of. */
  function readableAccounts(accounts: readonly Json[] | null): readonly z.output<typeof account>[] | null {
    const read = (accounts ?? []).flatMap((one) => ofAccounts.parse(one) ?? []);
    return accounts !== null && accounts.length > 0 && read.length === 0 ? null : read;
  }
  return z.object({
    merchantNo: neededId,
    orderId: neededIdOf(merchantPaymentId),
    refundRequestId: neededIdOf(merchantRefundId),
    uniqueOrderNo: optionalIdOf(providerPaymentId),
    uniqueRefundNo: optionalIdOf(providerRefundId),
    refundAmount: neededMoney(amount, expected),
    returnMerchantFee: spare('returnMerchantFee', optionalMoney(amount, expected)),
    status: neededText,
    description: spare('description', optionalText),
    refundRequestDate: spare('refundRequestDate', time),
    refundSuccessDate: spare('refundSuccessDate', time),
    /** The query's word for it; YeePay's callback has `errorMessage` (I). */
    failReason: spare('failReason', optionalWords),
    errorMessage: spare('errorMessage', optionalWords),
    realRefundAmount: spare('realRefundAmount', optionalMoney(amount, expected)),
    cashRefundFee: spare('cashRefundFee', optionalMoney(amount, expected)),
    refundAccountDetail: spare('refundAccountDetail', jsonText(z.array(z.custom<Json>())).transform(readableAccounts)),
    /** Of no published shape: text that is no JSON is kept as the text it is. */
    channelReceiverInfo: spare(
      'channelReceiverInfo',
      optionalText.transform((text): Json => (text === null ? null : (jsonIn(text) ?? text))),
    ),
  });
}

export type TiPayRecord = z.output<ReturnType<typeof tiPayRecord>>;

/** A member that is JSON text, or "" for nothing: read as what the text says. */
const jsonText = <Schema extends z.ZodType>(schema: Schema) =>
  optionalText
    .transform((text, context): unknown => {
      const json = text === null ? null : jsonIn(text);
      if (json !== undefined) return json;
      context.addIssue({ code: 'custom', message: 'expected JSON text' });
      return z.NEVER;
    })
    .pipe(z.nullable(schema));
