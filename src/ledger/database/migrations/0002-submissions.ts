/**
 * Every time that a refund was sent to its provider: written before the send, completed with what came of it.
 */
import { sql, type Kysely } from 'kysely';

const statements = [
  // `outcome` stays null when the process ended in the middle of the send: it may have happened.
  sql`create table refund_submissions (
    refund_id uuid not null references refunds,
    attempt integer not null check (attempt > 0),
    kind text not null check (kind in ('CREATE', 'RETRY', 'REPEAT')),
    started_at timestamptz(3) not null,
    ended_at timestamptz(3),
    outcome text check (outcome in ('accepted', 'known', 'refused', 'busy', 'not-sent', 'unknown')),
    code text,
    message text,
    retryable boolean,
    primary key (refund_id, attempt),
    check ((ended_at is null) = (outcome is null))
  )`,
];

/** Runs inside the migrator's transaction. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await statement.execute(db);
}
