/** A ledger that was moved to another server: the numbers of its transactions mean nothing there. */
import { sql, type Kysely } from 'kysely';
import type { Tables } from '../tables.ts';

/** In front of every number that a server gives to a transaction. */
const BEFORE_ALL = '3';

/**
 * Repairs the feed of a ledger that was moved by dump and restore. Its events carry transaction numbers of
 * the former server, which this server may not have reached yet. Such events would come behind all that
 * happens now, and their refunds could have no new events. So all of them go to the beginning of the feed, in
 * the order of their own numbers. Older cursors then name places without an event, and are refused from then
 * on. Returns how many events were moved; 0 on a ledger that was not moved.
 */
export async function adoptMovedEvents(db: Kysely<Tables>): Promise<number> {
  const { numAffectedRows = 0n } = await sql`
    update refund_events set xid = ${BEFORE_ALL}::text::xid8
    where exists (select from refund_events where xid >= pg_snapshot_xmax(pg_current_snapshot()))
  `.execute(db);
  return Number(numAffectedRows);
}
