/** Callbacks as they came, one row for each: what was told, and what was made of it. */
import { sql, type Kysely } from 'kysely';

const statements = [
  // `body` is null only for a rejected callback that was too large to be worth keeping; its size and digest
  // stay.
  sql`create table callbacks (
    id uuid primary key,
    account_key text collate "C" not null,
    digest text collate "C" not null,
    state text not null check (state in ('APPLIED', 'FLAGGED', 'REJECTED')),
    reason text,
    merchant_refund_id text collate "C",
    content_type text not null,
    body bytea,
    body_size integer not null check (body_size >= 0),
    remote_address text,
    received_at timestamptz(3) not null,
    last_received_at timestamptz(3) not null,
    times_received integer not null check (times_received > 0),
    unique (account_key, digest),
    check (state = 'APPLIED' or reason is not null),
    check (state = 'REJECTED' or body is not null)
  ) with (fillfactor = 90)`,
  sql`create index callbacks_by_time on callbacks (received_at, id)`,
  sql`create index callbacks_to_look_at on callbacks (account_key, state, received_at, id) where state <> 'APPLIED'`,
];

/** Runs inside the migrator's transaction. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await statement.execute(db);
}
