/**
 * A yes whose data could not be read is kept as what it is: such a send is asked about and never repeated.
 */
import { sql, type Kysely } from 'kysely';

const statements = [
  sql`alter table refund_submissions drop constraint refund_submissions_outcome_check`,
  sql`alter table refund_submissions add constraint refund_submissions_outcome_check check (
    outcome in ('accepted', 'known', 'accepted-unread', 'refused', 'busy', 'not-sent', 'unknown')
  )`,
];

/** Runs inside the migrator's transaction. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await statement.execute(db);
}
