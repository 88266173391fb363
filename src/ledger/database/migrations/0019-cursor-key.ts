/**
 * The key that cursors are sealed with. Every server over this ledger has it, and so has a ledger that was
 * restored: cursors stay good there.
 */
import { sql, type Kysely } from 'kysely';

const statements = [
  sql`create table cursor_key (
    is_only boolean primary key default true check (is_only),
    key bytea not null check (length(key) = 32)
  )`,
  sql`insert into cursor_key (key)
    select decode(replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', ''), 'hex')`,
];

/** Runs inside the migrator's transaction. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await statement.execute(db);
}
