/**
 * What callers have used in the running minute. Its shape is that of rate-limiter-flexible. It is not logged:
 * after a crash callers begin anew.
 */
import { sql, type Kysely } from 'kysely';

/** Runs inside the migrator's transaction. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`create unlogged table caller_bills (
    key varchar(255) primary key,
    points integer not null default 0,
    expire bigint
  )`.execute(db);
}
