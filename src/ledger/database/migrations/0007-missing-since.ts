/**
 * Since when the provider, asked, has said that it does not know a refund: giving one up takes that long, not
 * that long ago a send.
 */
import { sql, type Kysely } from 'kysely';

const statements = [sql`alter table refunds add column missing_since timestamptz(3)`];

/** Runs inside the migrator's transaction. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await statement.execute(db);
}
