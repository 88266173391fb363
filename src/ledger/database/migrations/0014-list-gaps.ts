/** What of a provider's list can't be copied, and an index of the refunds that only the ledger has. */
import { sql, type Kysely } from 'kysely';

const statements = [
  // A row of the list that is no refund of the copy: it can't be read, or belongs to another account. `place`
  // is its time in the list, of its neighbour where it has none. A pass writes its own rows and drops those
  // of earlier ones.
  sql`create table list_gaps (
    id bigint generated always as identity primary key,
    account_key text collate "C" not null,
    pass_started_at timestamptz(3) not null,
    place timestamptz(3) not null,
    kind text not null check (kind in ('UNREADABLE', 'FOREIGN')),
    member text,
    check ((kind = 'UNREADABLE') = (member is not null))
  )`,
  sql`create index list_gaps_by_account on list_gaps (account_key, place)`,
  sql`alter table mirror_states add column unreadable integer not null default 0 check (unreadable >= 0)`,
  // Rows that the list had in all when the pass began.
  sql`alter table mirror_states add column pass_total integer`,
  sql`alter table mirror_states add constraint pass_total_of_a_pass
    check (pass_started_at is not null or pass_total is null)`,
  // The condition is the first part of UNLISTED in refunds.ts.
  sql`create index refunds_unlisted on refunds (account_key, created_at, merchant_refund_id)
    where submitted_at is not null and (created_at_is_ours or missing_since is not null)`,
];

/** Runs inside the migrator's transaction. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await statement.execute(db);
}
