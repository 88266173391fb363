/**
 * What an event keeps of its refund: what `RefundSnapshot` shows and filters look at, and no more. Events are
 * most of what a refund takes. What is null is left out.
 */
import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { pendingReason } from '../../refunds/attention.ts';
import type { Filtered } from '../../refunds/filter.ts';
import { merchantPaymentId, providerPaymentId, providerRefundId, type RefundRef } from '../../refunds/ids.ts';
import type { Refund, RefundStatus } from '../../refunds/refund.ts';
import { attention, instant, money } from './pieces.ts';

/** A refund as it was right after an event. */
export type Snapshot = Filtered &
  Pick<
    Refund,
    'version' | 'amount' | 'feeRefunded' | 'providerStatus' | 'reason' | 'failure' | 'completedAt' | 'createdAt'
  >;

const text = z.string().nullish().default(null);

/** Earlier versions kept the whole refund, under the same names. */
const kept = z.object({
  version: z.int().positive(),
  providerRefundId: z.string().transform(providerRefundId).nullish().default(null),
  payment: z
    .object({
      merchantPaymentId: z.string().transform(merchantPaymentId).nullish().default(null),
      providerPaymentId: z.string().transform(providerPaymentId).nullish().default(null),
    })
    .nullish()
    .transform((ids) => ({ merchantPaymentId: null, providerPaymentId: null, ...ids, amount: null })),
  amount: money,
  feeRefunded: money.nullish().default(null),
  providerStatus: text,
  reason: text,
  failure: z.object({ code: text, message: z.string(), retryable: z.boolean() }).nullish().default(null),
  createdAt: instant,
  completedAt: instant.nullish().default(null),
  attention: attention.nullish().transform((reasons) => reasons ?? {}),
});

/** The members of a refund whose change an event names. Times at which it was asked or written are none. */
const NAMED = [
  'status',
  'providerRefundId',
  'payment',
  'amount',
  'feeRefunded',
  'providerStatus',
  'reason',
  'failure',
  'createdAt',
  'createdAtSource',
  'completedAt',
  'details',
  'attention',
  'attempts',
] as const;

/** The members of a refund that are kept, as JSON will have them. */
const keptOf = (refund: Refund): Readonly<Record<string, unknown>> => ({
  version: refund.version,
  providerRefundId: refund.providerRefundId,
  payment: present({
    merchantPaymentId: refund.payment.merchantPaymentId,
    providerPaymentId: refund.payment.providerPaymentId,
  }),
  amount: refund.amount,
  feeRefunded: refund.feeRefunded,
  providerStatus: refund.providerStatus,
  reason: refund.reason,
  failure: refund.failure === null ? null : present(refund.failure),
  createdAt: refund.createdAt,
  completedAt: refund.completedAt,
  attention: present(refund.attention),
});

/** Without what is null; null where nothing is left. */
function present(members: object): object | null {
  const entries = Object.entries(members).filter(([, value]) => value !== null);
  return entries.length === 0 ? null : Object.fromEntries(entries);
}

/** What the event's row keeps of the refund after it. */
export const snapshotOf = (refund: Refund): object => ({ ...present(keptOf(refund)) });

/**
 * What the event's row keeps of the refund before it: each member that the event changed, with its earlier
 * value where that is kept, else with null. Null where none changed.
 */
export function beforeOf(before: Refund, after: Refund): object | null {
  const changed = NAMED.filter((name) => !isDeepStrictEqual(before[name], after[name]));
  const values = keptOf(before);
  const members = changed.map((name) => [name, values[name] ?? null] as const);
  const isOther = pendingReason(before) !== pendingReason(after);
  if (isOther) return Object.fromEntries([...members, ['pendingReason', null]]);
  return members.length === 0 ? null : Object.fromEntries(members);
}

/** An event's row, as far as its refund is told. */
interface Kept extends RefundRef {
  readonly recorded_at: Date;
  readonly snapshot: unknown;
  readonly status: RefundStatus;
  /** Null on a refund's first event. */
  readonly previous_status: RefundStatus | null;
  readonly before: unknown;
}

const members = z.record(z.string(), z.unknown());

/**
 * The refund after an event and before it, and the members that changed. `before` is null on a refund's first
 * event. Throws where the row holds something else.
 */
export function readSnapshots(row: Kept) {
  const { account, merchantRefundId, snapshot, status, previous_status: previous, before, recorded_at } = row;
  const stateOf = (value: unknown, at: RefundStatus, updatedAt: Date | null): Snapshot => ({
    ...kept.parse(value),
    account,
    merchantRefundId,
    status: at,
    updatedAt,
  });
  const earlier = before === null ? {} : members.parse(before);
  const isFirst = previous === null;
  return {
    snapshot: stateOf(snapshot, status, recorded_at),
    // When the event before was written, this one does not keep.
    before: isFirst ? null : stateOf({ ...members.parse(snapshot), ...earlier }, previous, null),
    changes: isFirst
      ? []
      : [...NAMED, 'pendingReason'].filter((name) => name in earlier || (name === 'status' && previous !== status)),
  };
}
