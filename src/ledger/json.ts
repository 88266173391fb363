/** What the ledger keeps as JSON: a refund as it was at an event. Money is text inside. */
import { z } from 'zod';
import { readDetails } from './details.ts';
import { instant, money, text } from './json-pieces.ts';
import {
  accountKey,
  merchantPaymentId,
  merchantRefundId,
  providerPaymentId,
  providerRefundId,
} from '../refunds/ids.ts';
import {
  ATTENTION_REASONS,
  PROVIDERS,
  REFUND_STATUSES,
  TIME_SOURCES,
  type Attention,
  type Refund,
} from '../refunds/refund.ts';

/**
 * A value as JSON text for a `jsonb` parameter: bigint as text, instants in UTC. Characters that PostgreSQL
 * can't keep (NUL, half a surrogate pair) are dropped from what a provider wrote, rather than losing the
 * whole record over them.
 */
export const jsonText = (value: unknown): string =>
  JSON.stringify(value, (_, member: unknown) => {
    if (typeof member === 'bigint') return member.toString();
    return typeof member === 'string' ? keepable(member) : member;
  });

/** Whether PostgreSQL can keep a text as it is. An id that it can't is nobody's. */
export const isKeepable = (text: string): boolean => keepable(text) === text;

/** The text without what PostgreSQL can't keep. */
export const keepable = (text: string): string => text.toWellFormed().replaceAll('\0', '');

const attention = z.partialRecord(z.enum(ATTENTION_REASONS), instant);

const snapshot = z.object({
  account: z.string().transform(accountKey),
  provider: z.enum(PROVIDERS),
  merchantRefundId: z.string().transform(merchantRefundId),
  providerRefundId: z.string().transform(providerRefundId).nullable(),
  payment: z.object({
    merchantPaymentId: z.string().transform(merchantPaymentId).nullable(),
    providerPaymentId: z.string().transform(providerPaymentId).nullable(),
    amount: money.nullable(),
  }),
  amount: money,
  feeRefunded: money.nullable(),
  status: z.enum(REFUND_STATUSES),
  providerStatus: text,
  reason: text,
  failure: z.object({ code: text, message: z.string(), retryable: z.boolean() }).nullable(),
  createdAt: instant,
  createdAtSource: z.enum(TIME_SOURCES),
  completedAt: instant.nullable(),
  observedAt: instant.nullable(),
  details: z.unknown(),
  attention,
  version: z.int().positive(),
  updatedAt: instant,
  attempts: z.int().nonnegative(),
});

/** Reads the `attention` of a refund's row. Throws when it is none. */
export const readAttention = (value: unknown): Attention => attention.parse(value);

/** Whether this server knows a provider of that name. */
export const isProvider = (value: string): boolean => z.enum(PROVIDERS).safeParse(value).success;

/** Reads the provider's name in a refund's row. Throws when this server knows no such provider. */
export const readProvider = (value: string): Refund['provider'] => z.enum(PROVIDERS).parse(value);

/** Reads the refund that an event keeps. Throws when it is none. */
export function readSnapshot(value: unknown): Refund {
  const { details, ...refund } = snapshot.parse(value);
  return { ...refund, details: readDetails(details, refund) };
}
