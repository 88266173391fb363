/**
 * Lists are ordered by the last change, by the end and by the amount, and filtered by them. An amount is a
 * decimal of its currency; those that have not two decimals are the ones of `refunds/money.ts`.
 */
import { sql, type Kysely } from 'kysely';

const statements = [
  sql`create function refund_decimal(bigint, text) returns numeric language sql immutable parallel safe
    return $1::numeric * case
      when $2 in ('BIF', 'CLP', 'DJF', 'GNF', 'ISK', 'JPY', 'KMF', 'KRW', 'PYG', 'RWF', 'UGX', 'UYI', 'VND', 'VUV',
        'XAF', 'XOF', 'XPF') then 1
      when $2 in ('BHD', 'IQD', 'JOD', 'KWD', 'LYD', 'OMR', 'TND') then 0.001
      when $2 in ('CLF', 'UYW') then 0.0001
      else 0.01
    end`,
  sql`create index refunds_by_update on refunds (account_key, updated_at, merchant_refund_id)`,
  // One that has not ended comes first.
  sql`create index refunds_by_completion
    on refunds (account_key, coalesce(completed_at, '-infinity'), merchant_refund_id) include (completed_at)`,
  sql`create index refunds_by_amount on refunds (account_key, refund_decimal(amount_minor, currency), merchant_refund_id)`,
];

/** Runs inside the migrator's transaction. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await statement.execute(db);
}
