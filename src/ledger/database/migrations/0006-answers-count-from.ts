/**
 * From when on an answer of the provider speaks of the last send: what was asked before may still tell of the
 * time before it.
 */
import { sql, type Kysely } from 'kysely';

const statements = [sql`alter table refunds add column answers_count_from timestamptz(3)`];

/** Runs inside the migrator's transaction. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await statement.execute(db);
}
