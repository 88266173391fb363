/**
 * What Shoutu writes (shoutu.md), as schemas of one account. Numbers arrive as their source text (`json.ts`).
 */
import { z } from 'zod';
import { merchantRefundId, providerPaymentId, providerRefundId } from '../../refunds/ids.ts';
import { currencyExponent } from '../../refunds/money.ts';
import type { Json } from '../../refunds/refund.ts';
import { withDocumentedNames, type RecordNames } from './record-names.ts';
import {
  decimalMoney,
  integerMoney,
  neededCode,
  neededIdOf,
  neededMoney,
  neededText,
  optionalCode,
  optionalId,
  optionalIdOf,
  optionalMoney,
  optionalText,
  optionalTime,
  optionalWords,
  wordsOfAnswer,
  type SpareMember,
  type TimeUnits,
} from '../wire/members.ts';
import { ifReadable } from '../wire/records.ts';

/** The outer answer of every call (D). */
export const shoutuAnswer = z.object({ code: neededCode, msg: wordsOfAnswer, data: z.custom<Json>().optional() });

const count = z
  .string()
  .regex(/^\d{1,15}$/, 'expected a whole number')
  .transform(Number);
const optionalCount = count.nullish().transform((number) => number ?? null);

/**
 * A record of the list or of a callback (D), what a create's answer may say of one (I), and a page of records
 * (D).
 */
export function shoutuRecords({
  amountUnit,
  names = {},
  ...units
}: TimeUnits & {
  /** Names of the record's members, where the account has other ones. */
  readonly names?: RecordNames;
  readonly currency: string;
  readonly amountUnit: 'fen' | 'yuan';
  /** For members that can be done without. */
  readonly spare: SpareMember;
}) {
  const { currency, spare } = units;
  const time = optionalTime(units);
  const amount = amountUnit === 'fen' ? integerMoney(currency, currencyExponent(currency)) : decimalMoney(currency);
  const expected = amountUnit === 'fen' ? `a whole number of minor units of ${currency}` : `an amount in ${currency}`;
  // A payment of nothing is none, and the ledger keeps none.
  const paid = (text: string) => {
    const money = amount(text);
    return money !== null && money.minorUnits > 0n ? money : null;
  };
  const documented = withDocumentedNames(names);
  const members = z.object({
    mchRefundNo: neededIdOf(merchantRefundId),
    refundAmount: neededMoney(amount, expected),
    refundState: neededText,
    channelOrderNo: optionalIdOf(providerRefundId),
    channelPayOrderNo: optionalIdOf(providerPaymentId),
    payAmount: spare('payAmount', optionalMoney(paid, `${expected}, more than zero`)),
    refundReason: spare('refundReason', optionalText),
    errCode: spare('errCode', optionalCode),
    errMsg: spare('errMsg', optionalWords),
    successTime: spare('successTime', time),
    createdTime: spare('createdTime', time),
    mchNo: spare('mchNo', optionalId),
    mchName: spare('mchName', optionalText),
    mchNoBranch: spare('mchNoBranch', optionalText),
    appId: spare('appId', optionalText),
    refundMode: spare('refundMode', optionalText),
    businessId: spare('businessId', optionalText),
    /** JSON text, or any text; an object in its place is read as what it is. */
    extJsonb: z.custom<Json>().optional(),
  });
  const record = z.preprocess(documented, members);
  /** What is read of a record that can't be read as a whole. */
  const rest = z.preprocess(
    documented,
    z.object({
      mchRefundNo: ifReadable(members.shape.mchRefundNo),
      channelOrderNo: ifReadable(members.shape.channelOrderNo),
      channelPayOrderNo: ifReadable(members.shape.channelPayOrderNo),
      createdTime: ifReadable(members.shape.createdTime),
    }),
  );
  const likeCreated = members.extend({
    mchRefundNo: optionalIdOf(merchantRefundId),
    refundAmount: optionalMoney(amount, expected),
    refundState: optionalText,
  });
  const created = z.preprocess(documented, likeCreated);
  /** `data` of querylist (D): a page whose numbers are text. */
  const page = z.object({
    records: z.array(z.custom<Json>()),
    total: count,
    // Both documented as needed; what they are used for can be done without.
    current: spare('current', optionalCount),
    size: spare('size', optionalCount),
  });
  /** The application that a record names, whatever else it has. */
  const owner = z.preprocess(documented, z.object({ appId: ifReadable(optionalText) }));
  return { record, rest, owner, created, page };
}

export type ShoutuRecords = ReturnType<typeof shoutuRecords>;
export type ShoutuRecord = z.output<ShoutuRecords['record']>;
