/**
 * A callback is recognised by what was signed, however it is wrapped, and keeps the headers that its
 * signature needs. Refunds whose time nobody told are found without reading the others.
 */
import { sql, type Kysely } from 'kysely';

const statements = [
  sql`alter table callbacks add column headers jsonb`,
  // Of media type and body, as it first came: a callback that was not believed is found by it when it is
  // believed later.
  sql`alter table callbacks add column body_digest text collate "C"`,
  sql`update callbacks set body_digest = digest`,
  sql`alter table callbacks alter column body_digest set not null`,
  sql`create index callbacks_by_body on callbacks (account_key, body_digest)`,
  sql`create index refunds_without_time on refunds (account_key) where created_at_is_ours and submitted_at is null`,
];

/** Runs inside the migrator's transaction. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await statement.execute(db);
}
