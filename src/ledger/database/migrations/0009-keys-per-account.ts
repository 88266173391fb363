/** An idempotency key is unique in its account, so that accounts neither block nor learn of each other's. */
import { sql, type Kysely } from 'kysely';

const statements = [
  sql`alter table idempotency_keys add column account_key text collate "C"`,
  // A key that was used before belongs to the account of its refund.
  sql`update idempotency_keys set account_key = refunds.account_key from refunds where refunds.id = refund_id`,
  sql`alter table idempotency_keys
    alter column account_key set not null,
    drop constraint idempotency_keys_pkey,
    add primary key (account_key, key)`,
];

/** Runs inside the migrator's transaction. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await statement.execute(db);
}
