/** What a create finds: looked at under its locks, in the message that begins its transaction. */
import type { AccountKey, MerchantRefundId } from '../refunds/ids.ts';
import type { Tx } from './database/database.ts';
import { beginWith, literal } from './database/statements/together.ts';
import { lockNameOf } from './idempotency.ts';
import { lockNamesOf } from './payment/payment-identity.ts';
import { paymentOf, type PaymentIds, type StoredPayment } from './payment/payments.ts';
import type { PaymentRow } from './tables.ts';

/** A payment, locked, with what is known of its refunds. */
export interface LookedAt {
  readonly payment: StoredPayment;
  /** Minor units of its refunds that did not end without money moving. */
  readonly refundedMinor: bigint;
  /** It has an unfinished refund. */
  readonly isBusy: boolean;
}

/**
 * Locks the key, the ids of the payment and its row, in the order in which everybody locks them, and looks.
 * Call it first in a transaction. Null where the key is used, or the refund known.
 */
export async function lookFirst(
  tx: Tx,
  {
    account,
    idempotencyKey,
    id,
    ...ids
  }: PaymentIds & {
    readonly account: AccountKey;
    readonly idempotencyKey: string;
    readonly id: MerchantRefundId;
  },
): Promise<readonly LookedAt[] | null> {
  const of = literal(account);
  const named = [
    ...(ids.merchantPaymentId === null ? [] : [`merchant_payment_id = ${literal(ids.merchantPaymentId)}`]),
    ...(ids.providerPaymentId === null ? [] : [`provider_payment_id = ${literal(ids.providerPaymentId)}`]),
  ];
  const found = foundBy(named.map((is) => `account_key = ${of} and ${is}`));
  const rows = await beginWith<Partial<Found> & { readonly is_known: boolean }>(tx, [
    `select pg_advisory_xact_lock(hashtextextended(${literal(lockNameOf({ account, idempotencyKey }))}, 0))`,
    ...lockNamed(lockNamesOf(account, ids).map(literal)),
    `select from payments where ${found} order by id for no key update`,
    `select looked.is_known, found.*, refunded.* from (select
       exists (select from idempotency_keys where account_key = ${of} and key = ${literal(idempotencyKey)})
       or exists (select from refunds where account_key = ${of} and merchant_refund_id = ${literal(id)}) as is_known
     ) as looked
     left join (select * from payments where ${found}) as found on true
     left join lateral (
       select coalesce(sum(amount_minor) filter (where status not in ('FAILED', 'CANCELED')), 0)::bigint as refunded_minor,
         coalesce(bool_or(status in ('PENDING', 'PROCESSING')), false) as is_busy
       from refunds where payment_id = found.id
     ) as refunded on found.id is not null`,
  ]);
  if (rows.some(({ is_known }) => is_known)) return null;
  return rows.flatMap((row) => (isFound(row) ? [lookedAt(row)] : []));
}

/** The condition on payments that any of these find; one is simple enough to be planned at once. */
function foundBy(conditions: readonly string[]): string {
  const [only = 'false', ...others] = conditions;
  if (others.length === 0) return only;
  return `id = any(array(${conditions.map((is) => `select id from payments where ${is}`).join(' union all ')}))`;
}

/** Locks names, in the order of their keys as everybody does. */
function lockNamed(names: readonly string[]): readonly string[] {
  const [only, ...others] = names;
  if (only === undefined) return [];
  if (others.length === 0) return [`select pg_advisory_xact_lock(hashtextextended(${only}, 0))`];
  const keys = `select distinct hashtextextended(name, 0) as key from unnest(array[${names.join(', ')}]) as name`;
  return [`select pg_advisory_xact_lock(key) from (${keys} order by key) as keys`];
}

type Found = PaymentRow & { readonly refunded_minor: bigint; readonly is_busy: boolean };

const isFound = (row: Partial<Found>): row is Found => typeof row.id === 'string';

const lookedAt = ({ refunded_minor, is_busy, ...row }: Found): LookedAt => ({
  payment: paymentOf(row),
  refundedMinor: refunded_minor,
  isBusy: is_busy,
});
