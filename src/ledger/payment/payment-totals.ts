/** What has been given back of payments, counted by the database. */
import { sql } from 'kysely';
import type { AccountKey } from '../../refunds/ids.ts';
import type { Db } from '../database/database.ts';

/** A payment by the ids that are known of it. */
export interface PaymentRef {
  readonly account: AccountKey;
  readonly merchantPaymentId: string | null;
  readonly providerPaymentId: string | null;
}

/**
 * Minor units of all refunds that neither failed nor were canceled, for each payment in its position, in one
 * statement. A payment that is not known has none.
 */
export async function refundedOf(db: Db, payments: readonly PaymentRef[]): Promise<readonly bigint[]> {
  const { rows } = await sql<{ refunded: bigint }>`
    select coalesce((
      select sum(refunds.amount_minor) from refunds
      where refunds.payment_id in (
        select id from payments
        where payments.account_key = asked.account
          and (payments.merchant_payment_id = asked.merchant_id or payments.provider_payment_id = asked.provider_id)
      ) and refunds.status not in ('FAILED', 'CANCELED')
    ), 0)::bigint as refunded
    from unnest(
      ${payments.map(({ account }) => account)}::text[],
      ${payments.map(({ merchantPaymentId }) => merchantPaymentId)}::text[],
      ${payments.map(({ providerPaymentId }) => providerPaymentId)}::text[]
    ) with ordinality as asked(account, merchant_id, provider_id, position)
    order by asked.position
  `.execute(db);
  return rows.map(({ refunded }) => refunded);
}
