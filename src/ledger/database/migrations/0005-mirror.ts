/** How far each provider's list has been copied into the ledger. */
import { sql, type Kysely } from 'kysely';

const statements = [
  // A pass goes from the newest row down to `pass_until` (null: to the end). `pass_cursor` is the place that
  // it has come to.
  sql`create table mirror_states (
    account_key text collate "C" primary key,
    revision integer not null check (revision > 0),
    pass_started_at timestamptz(3),
    pass_cursor text,
    pass_newest_at timestamptz(3),
    pass_until timestamptz(3),
    copied integer not null check (copied >= 0),
    total integer,
    completed_at timestamptz(3),
    copied_up_to timestamptz(3),
    as_of timestamptz(3),
    check ((completed_at is null) = (as_of is null)),
    check (pass_started_at is not null or (pass_cursor is null and pass_newest_at is null and pass_until is null))
  )`,
];

/** Runs inside the migrator's transaction. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await statement.execute(db);
}
