/** What the simulated providers keep: payments, refunds, callbacks to be sent. Amounts are minor units. */
import { z } from 'zod';

export const PROVIDERS = ['SHOUTU', 'BLUEPAY', 'TIPAY'] as const;
/** The simulated providers; providers.ts says what each of them is. */
export type ProviderName = (typeof PROVIDERS)[number];

/** A record with one value for each provider. */
export const ofEach = <T>(make: (provider: ProviderName) => T): Readonly<Record<ProviderName, T>> => ({
  SHOUTU: make('SHOUTU'),
  BLUEPAY: make('BLUEPAY'),
  TIPAY: make('TIPAY'),
});

export const STATUSES = ['PENDING', 'PROCESSING', 'SUCCEEDED', 'FAILED', 'CANCELED'] as const;
/** The sandbox's own words; each provider's wire has its own spelling of them. */
export type Status = (typeof STATUSES)[number];

const amount = z
  .string()
  .regex(/^\d{1,15}$/)
  .transform(BigInt);
const instant = z.number().int();

/**
 * Why a payment can't be refunded, or not in every way; null where it can. UNPAID: not paid yet. SPLIT: split
 * between receivers (TiPay). The others are BluePay's 21402, 21404 and 21405.
 */
const obstacle = z.enum(['UNPAID', 'SPLIT', 'FROZEN', 'NO_FULL', 'NO_PARTIAL']).nullable();

export const paymentSchema = z.object({
  provider: z.enum(PROVIDERS),
  /** channelPayOrderNo, originalTransactionId, uniqueOrderNo. */
  providerPaymentId: z.string(),
  /** mchOrderNo, (BluePay's merchant order id, which no refund call knows), orderId. */
  merchantPaymentId: z.string(),
  amount,
  /** Epoch ms; null for the demo payments, which never grow too old to be refunded. */
  paidAt: instant.nullable(),
  obstacle,
});
export type Payment = z.infer<typeof paymentSchema>;

const failure = z.object({ code: z.string(), message: z.string() });
/** Why a refund failed, in the provider's words. */
export type Failure = z.infer<typeof failure>;

/** How the wire shows a refund otherwise than its provider would: these members, and without those. */
const bend = z.object({ members: z.record(z.string(), z.json()), without: z.array(z.string()) });

/** A change that is to come: at this instant (epoch ms) the refund becomes this. */
const step = z.object({ at: instant, status: z.enum(STATUSES) });
export type Step = z.infer<typeof step>;

export const refundSchema = z.object({
  provider: z.enum(PROVIDERS),
  /** mchRefundNo, mchRefundOrderId, refundRequestId. */
  merchantRefundId: z.string(),
  /** channelOrderNo, refundTransactionId, uniqueRefundNo. */
  providerRefundId: z.string(),
  providerPaymentId: z.string(),
  amount,
  /** Fee that comes back to the merchant. */
  fee: amount,
  reason: z.string(),
  status: z.enum(STATUSES),
  /** A word of the provider's own that the wire shows in place of the usual one, e.g. SUSPEND. */
  word: z.string().nullable(),
  createdAt: instant,
  completedAt: instant.nullable(),
  failure: failure.nullable(),
  notifyUrl: z.string().nullable(),
  /** How often it was submitted (TiPay takes a failed one again under the same id). */
  submissions: z.number().int(),
  /** What will become of it, oldest first; empty when it stays as it is. */
  plan: z.array(step),
  /** Wire members that only its provider has. */
  extra: z.record(z.string(), z.string()),
  bend: bend.optional(),
});
export type Refund = z.infer<typeof refundSchema>;

/** A callback that has not been acknowledged yet: what it says was fixed when the refund changed. */
export const letterSchema = z.object({
  id: z.number().int(),
  provider: z.enum(PROVIDERS),
  merchantRefundId: z.string(),
  url: z.string(),
  /** JSON text of what the provider tells; signed anew at each attempt. */
  content: z.string(),
  attempts: z.number().int(),
  nextAt: instant,
});
export type Letter = z.infer<typeof letterSchema>;

/** How often creates of one merchant refund id were taken, and how often its money really moved. */
export const executionSchema = z.object({ accepted: z.number().int(), moved: z.number().int() });
export type Execution = z.infer<typeof executionSchema>;

/** Whether a refund takes part of its payment: everything but what failed or was called off. */
export const holdsMoney = (refund: Refund): boolean => refund.status !== 'FAILED' && refund.status !== 'CANCELED';

/** Whether a refund has come to an end. */
export const isEnd = (status: Status): boolean => status !== 'PENDING' && status !== 'PROCESSING';
