/**
 * A payment's id leads to it for ever, also after it turned out to be another one; and what a caller says was
 * paid is kept beside what the provider says.
 */
import { sql, type Kysely } from 'kysely';

const statements = [
  sql`create table merged_payments (
    gone uuid primary key,
    kept uuid not null references payments
  )`,
  sql`create index merged_payments_by_kept on merged_payments (kept)`,
  sql`alter table payments
    add column claimed_minor bigint check (claimed_minor > 0),
    add column claimed_currency text check (claimed_currency ~ '^[A-Z]{3}$'),
    add check ((claimed_minor is null) = (claimed_currency is null))`,
];

/** Runs inside the migrator's transaction. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await statement.execute(db);
}
