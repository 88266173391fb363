/** What only one provider tells, as the ledger keeps it: a schema for each provider. */
import { z } from 'zod';
import type { RefundRef } from '../../refunds/ids.ts';
import { PROVIDERS, SHOUTU_REFUND_MODES, type Provider, type RefundDetails } from '../../refunds/refund.ts';
import { json, money, text } from './pieces.ts';

/** A member that is added later needs a default or may be absent: rows that are there already lack it. */
const DETAILS: { readonly [Name in Provider]: z.ZodType<Extract<RefundDetails, { readonly provider: Name }>> } = {
  SHOUTU: z.object({
    provider: z.literal('SHOUTU'),
    merchantNo: text,
    merchantName: text,
    branchMerchantNo: text,
    appId: text,
    refundMode: z.enum(SHOUTU_REFUND_MODES).nullable(),
    businessId: text,
    extension: json,
    sentExtension: text.exactOptional(),
    sentChannelExtra: text.exactOptional(),
  }),
  BLUEPAY: z.object({
    provider: z.literal('BLUEPAY'),
    originalTransactionId: z.string(),
    failedCode: z.int().nullable(),
  }),
  TIPAY: z.object({
    provider: z.literal('TIPAY'),
    uniqueOrderNo: text,
    realRefundAmount: money.nullable(),
    cashRefundAmount: money.nullable(),
    fundingAccounts: z.array(z.object({ accountType: z.string(), amount: money })).nullable(),
    channelReceiverInfo: json,
    actionNeeded: z.boolean().default(false),
  }),
};

const tagged = z.looseObject({ provider: z.enum(PROVIDERS) });

const listeners = new Set<(ref: RefundRef) => void>();

/** Hears, all over this process, of rows whose details can't be read. Gives back how to stop. */
export function onUnreadableDetails(listener: (ref: RefundRef) => void): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

/**
 * Reads the details that are kept of a refund. What can't be read (an older version's, or a damaged row's)
 * costs itself: the refund is there without details, and whoever listens hears of it.
 */
export function readDetails(value: unknown, { account, merchantRefundId }: RefundRef): RefundDetails | null {
  if (value === null || value === undefined) return null;
  const provider = tagged.safeParse(value).data?.provider;
  const schema: z.ZodType<RefundDetails> | null = provider === undefined ? null : DETAILS[provider];
  const read = schema?.safeParse(value).data;
  if (read !== undefined) return read;
  for (const listener of listeners) listener({ account, merchantRefundId });
  return null;
}
