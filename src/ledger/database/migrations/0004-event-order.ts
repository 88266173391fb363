/**
 * A refund's events stand in the feed in the order in which they happened.
 *
 * The feed goes by (transaction, number), and a transaction gets its number with its first write. An older
 * transaction that waited for a refund's lock would so tell of it in front of what was told before. Such a
 * transaction is undone here, as a collision, and runs again under a new number.
 */
import { sql, type Kysely } from 'kysely';

const statements = [
  sql`create function keep_refund_events_in_order() returns trigger language plpgsql as $$
    begin
      if exists (
        select from added join refund_events as told on told.refund_id = added.refund_id where told.xid > added.xid
      ) then
        raise exception 'a later transaction has told of this refund already' using errcode = 'serialization_failure';
      end if;
      return null;
    end
  $$`,
  sql`create trigger keep_refund_events_in_order after insert on refund_events
    referencing new table as added for each statement execute function keep_refund_events_in_order()`,
];

/** Runs inside the migrator's transaction. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await statement.execute(db);
}
