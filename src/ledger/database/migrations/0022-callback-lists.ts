/** Callbacks are listed by account, and by refund, without reading those of others. */
import { sql, type Kysely } from 'kysely';

const statements = [
  sql`create index callbacks_of_account on callbacks (account_key, received_at, id)`,
  sql`create index callbacks_of_refund on callbacks (account_key, merchant_refund_id, received_at, id)
    where merchant_refund_id is not null`,
];

/** Runs inside the migrator's transaction. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await statement.execute(db);
}
