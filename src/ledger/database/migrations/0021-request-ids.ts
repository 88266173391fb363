/** Of each event the id of the request, callback or job that caused it. */
import { sql, type Kysely } from 'kysely';

/** Runs inside the migrator's transaction. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table refund_events add column request_id text`.execute(db);
}
