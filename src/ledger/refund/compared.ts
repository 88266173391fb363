/**
 * What a comparison queries the providers about: refunds that may have gone on without the ledger, and
 * payments.
 */
import { merchantPaymentId, providerPaymentId, type AccountKey } from '../../refunds/ids.ts';
import type { Refund } from '../../refunds/refund.ts';
import type { Db } from '../database/database.ts';
import type { PaymentIds } from '../payment/payments.ts';
import { branded, refundOf, selectStored } from './stored-refund.ts';

/** When the ledger's last event was recorded; null: it has none. */
export async function lastRecordedAt(db: Db): Promise<Date | null> {
  const row = await db
    .selectFrom('refund_events')
    .select('recorded_at')
    .orderBy('number', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row?.recorded_at ?? null;
}

/** The next rows in the order of their ids, from behind one of them on; null: from the first on. */
export interface PageAfter {
  readonly after: string | null;
  readonly limit: number;
}

export interface RowPage<Row> {
  readonly rows: readonly Row[];
  /** Where the next page begins; null: there is none. */
  readonly next: string | null;
}

/**
 * An account's refunds that are unfinished, or were made, submitted or changed since then; a page of them,
 * from behind `after` on.
 */
export async function pageTouched(
  db: Db,
  account: AccountKey,
  since: Date,
  { after, limit }: PageAfter,
): Promise<RowPage<Refund>> {
  const rows = await selectStored(db)
    .where('refunds.account_key', '=', account)
    .where((eb) =>
      eb.or([
        eb('refunds.status', 'in', ['PENDING', 'PROCESSING']),
        eb('refunds.created_at', '>=', since),
        eb('refunds.submitted_at', '>=', since),
        eb('refunds.completed_at', '>=', since),
        eb.exists(
          eb
            .selectFrom('refund_events')
            .select('refund_events.number')
            .whereRef('refund_events.refund_id', '=', 'refunds.id')
            .where('refund_events.recorded_at', '>=', since)
            // A first copy of a list makes many old refunds known at once: they have not changed.
            .where('refund_events.type', '!=', 'DISCOVERED'),
        ),
      ]),
    )
    .$if(after !== null, (query) => query.where('refunds.id', '>', after))
    .orderBy('refunds.id')
    .limit(limit)
    .execute();
  return { rows: rows.map(refundOf), next: rows.length < limit ? null : (rows.at(-1)?.id ?? null) };
}

/** An account's payments that have a refund made since then; a page of them, from behind `after` on. */
export async function pageRefundedPayments(
  db: Db,
  account: AccountKey,
  since: Date,
  { after, limit }: PageAfter,
): Promise<RowPage<PaymentIds>> {
  const rows = await db
    .selectFrom('payments')
    .select(['payments.id', 'payments.merchant_payment_id', 'payments.provider_payment_id'])
    .where('payments.account_key', '=', account)
    .where((eb) =>
      eb.exists(
        eb
          .selectFrom('refunds')
          .select('refunds.id')
          .whereRef('refunds.payment_id', '=', 'payments.id')
          .where('refunds.created_at', '>=', since),
      ),
    )
    .$if(after !== null, (query) => query.where('payments.id', '>', after))
    .orderBy('payments.id')
    .limit(limit)
    .execute();
  return {
    rows: rows.map((row) => ({
      merchantPaymentId: branded(row.merchant_payment_id, merchantPaymentId),
      providerPaymentId: branded(row.provider_payment_id, providerPaymentId),
    })),
    next: rows.length < limit ? null : (rows.at(-1)?.id ?? null),
  };
}
