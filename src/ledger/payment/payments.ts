/**
 * Payments, as far as refunds made them known: found, read with their refunds, locked for a sum that must
 * hold.
 */
import { sql } from 'kysely';
import { merchantPaymentId, providerPaymentId, type AccountKey } from '../../refunds/ids.ts';
import { differingFacts } from '../../refunds/payment.ts';
import type { Money } from '../../refunds/money.ts';
import type { PaymentFacts, Refund } from '../../refunds/refund.ts';
import type { Db, Tx } from '../database/database.ts';
import { keepable } from '../json/json.ts';
import { branded, moneyOf, refundOf, selectStored } from '../refund/stored-refund.ts';
import type { PaymentRow } from '../tables.ts';

export interface StoredPayment {
  readonly id: string;
  readonly facts: PaymentFacts;
  /** What a caller says was paid, which counts as long as the provider says nothing. */
  readonly claimed: Money | null;
}

/** What was paid: the provider's word, else a caller's; null as long as nobody has told it. */
export const paidAmount = ({ facts, claimed }: Pick<StoredPayment, 'facts' | 'claimed'>): Money | null =>
  facts.amount ?? claimed;

/** The row of a payment, as its refunds name it. */
export const rowOf = ({ id, claimed }: StoredPayment): NonNullable<Refund['paymentRow']> => ({ id, claimed });

export type PaymentIds = Pick<PaymentFacts, 'merchantPaymentId' | 'providerPaymentId'>;

/** Reads a row of `payments`. */
export const paymentOf = (row: PaymentRow): StoredPayment => ({
  id: row.id,
  facts: {
    merchantPaymentId: branded(row.merchant_payment_id, merchantPaymentId),
    providerPaymentId: branded(row.provider_payment_id, providerPaymentId),
    amount: moneyOf(row.amount_minor, row.currency),
  },
  claimed: moneyOf(row.claimed_minor, row.claimed_currency),
});

/** The rows that any of these ids name, in one statement. `lock` as in SQL, in a fixed order. */
export async function readPayments(
  db: Db,
  account: AccountKey,
  wanted: readonly PaymentIds[],
  lock: 'for key share' | 'for no key update' | '' = '',
): Promise<readonly StoredPayment[]> {
  const merchantIds = wanted.flatMap((ids) =>
    ids.merchantPaymentId === null ? [] : [keepable(ids.merchantPaymentId)],
  );
  const providerIds = wanted.flatMap((ids) =>
    ids.providerPaymentId === null ? [] : [keepable(ids.providerPaymentId)],
  );
  const { rows } = await sql<PaymentRow>`
    select * from payments
    where account_key = ${account} and id in (
      select id from payments where account_key = ${account} and merchant_payment_id = any(${merchantIds}::text[])
      union all
      select id from payments where account_key = ${account} and provider_payment_id = any(${providerIds}::text[])
    )
    order by id ${sql.raw(lock)}
  `.execute(db);
  return rows.map(paymentOf);
}

/**
 * The payment that one or both ids name; `null` when it is not known, or when the two name different
 * payments.
 */
export async function findPayment(db: Db, account: AccountKey, ids: PaymentIds): Promise<StoredPayment | null> {
  const [payment, ...others] = await readPayments(db, account, [ids]);
  if (payment === undefined || others.length > 0) return null;
  return differingFacts(payment.facts, { ...ids, amount: null }).length === 0 ? payment : null;
}

/** Locks a payment until the transaction ends, so that the sum of its refunds can be checked and added to. */
export async function lockPayment(tx: Tx, id: string): Promise<StoredPayment | null> {
  const row = await tx.selectFrom('payments').selectAll().where('id', '=', id).forNoKeyUpdate().executeTakeFirst();
  return row === undefined ? null : paymentOf(row);
}

/** Keeps what a caller says was paid of a payment, which is locked. */
export async function claimAmount(tx: Tx, payment: StoredPayment, claimed: Money): Promise<StoredPayment> {
  const { minorUnits: claimed_minor, currency: claimed_currency } = claimed;
  await tx.updateTable('payments').set({ claimed_minor, claimed_currency }).where('id', '=', payment.id).execute();
  return { ...payment, claimed };
}

/** A payment of an account of which refunds are known. */
export interface KnownPayment extends StoredPayment {
  readonly account: AccountKey;
  /** That of its refunds. */
  readonly currency: string;
}

/** The payment that an id names, or named before two were one. Null: no refund of it is known. */
export async function findPaymentById(db: Db, account: AccountKey, id: string): Promise<KnownPayment | null> {
  const { rows } = await sql<PaymentRow & { refund_currency: string | null }>`
    select payments.*, (select refunds.currency from refunds where payment_id = payments.id limit 1) as refund_currency
    from payments
    where account_key = ${account}
      and id = coalesce((select kept from merged_payments where gone = ${id}::uuid), ${id}::uuid)
  `.execute(db);
  const [row] = rows;
  if (row === undefined || row.refund_currency === null) return null;
  return { ...paymentOf(row), account, currency: row.refund_currency };
}

/** The ids by which the refunds of each payment name it, in its position; null: no payment has this id. */
export async function findPaymentIds(
  db: Db,
  asked: readonly { readonly account: AccountKey; readonly id: string }[],
): Promise<readonly (PaymentIds | null)[]> {
  const { rows } = await sql<{ position: bigint; merchant: string | null; provider: string | null }>`
    select asked.position, payments.merchant_payment_id as merchant, payments.provider_payment_id as provider
    from unnest(${asked.map(({ account }) => account)}::text[], ${asked.map(({ id }) => id)}::uuid[])
      with ordinality as asked(account, id, position)
    left join merged_payments on merged_payments.gone = asked.id
    join payments on payments.id = coalesce(merged_payments.kept, asked.id) and payments.account_key = asked.account
  `.execute(db);
  const found = new Map(rows.map((row) => [Number(row.position), row]));
  return asked.map((_, nth) => {
    const row = found.get(nth + 1);
    if (row === undefined) return null;
    return {
      merchantPaymentId: branded(row.merchant, merchantPaymentId),
      providerPaymentId: branded(row.provider, providerPaymentId),
    };
  });
}

/** All refunds of a payment that are known, oldest first. */
export async function refundsOfPayment(db: Db, paymentId: string): Promise<readonly Refund[]> {
  const rows = await selectStored(db)
    .where('refunds.payment_id', '=', paymentId)
    .orderBy('refunds.created_at')
    .orderBy('refunds.merchant_refund_id')
    .execute();
  return rows.map(refundOf);
}

/**
 * The sum, in minor units, of a payment's refunds that did not end without money moving (FAILED, CANCELED).
 */
export async function refundedMinor(db: Db, paymentId: string): Promise<bigint> {
  const { rows } = await sql<{ sum: bigint }>`
    select coalesce(sum(amount_minor), 0)::bigint as sum from refunds
    where payment_id = ${paymentId}::uuid and status not in ('FAILED', 'CANCELED')
  `.execute(db);
  return rows[0]?.sum ?? 0n;
}
