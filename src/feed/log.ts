/**
 * The event log, page by page, in the order (transaction, number).
 *
 * Events become visible in the order of commits, which is not the order of a sequence: a reader that
 * remembered the last number would pass over a slower transaction. So readers stop below the oldest
 * transaction that still runs: everything below it is settled, nothing can come in between any more. See
 * docs/decisions/0006-commit-order-is-not-sequence-order.md.
 */
import { sql, type RawBuilder, type Selectable, type SqlBool } from 'kysely';
import type { Db } from '../ledger/database/database.ts';
import { readEvents, type RefundEvent } from '../ledger/events.ts';
import type { Tables } from '../ledger/tables.ts';
import { comparePositions, FEED_START, isSamePosition, type EventPosition } from '../refunds/event-cursor.ts';
import { IS_NEWS, matching, type EventFilter } from './filter.ts';

/** A place is not, or not any more, in this database's log: its event does not stand there. */
export class UnknownPositionError extends Error {
  override readonly name = 'UnknownPositionError';
}

/** The oldest transaction that runs, in the statement's own snapshot: all below it is settled. */
const BELOW_ALL = sql`pg_snapshot_xmin(pg_current_snapshot())`;

/**
 * The oldest transaction that runs and may yet tell of events. Transaction numbers are shared by all
 * databases of a server, so one that is seen to run in another database is passed over: a long one there must
 * not hold this feed up. What can't be placed (it has just ended, or was prepared) counts as ours. It costs
 * several times what the other bound costs, so it is asked for only where that one holds events back.
 */
const BELOW_OURS = sql`coalesce(
  (
    select running from pg_snapshot_xip(pg_current_snapshot()) as running
    where not exists (
      select from pg_locks join pg_stat_activity using (pid)
      where pg_locks.locktype = 'transactionid' and pg_locks.granted and pg_locks.mode = 'ExclusiveLock'
        and pg_locks.transactionid = running::xid
        and pg_stat_activity.datid <> (select oid from pg_database where datname = current_database())
    )
    order by running
    limit 1
  ),
  pg_snapshot_xmax(pg_current_snapshot())
)`;

/** `newest_…`: the last settled event, whatever its filter; null in a log without one. */
type LogRow = {
  readonly settled_below: string;
  readonly known: boolean;
  readonly newest_xid: string | null;
  readonly newest_number: bigint | null;
  readonly newest_recorded_at: Date | null;
} & (Selectable<Tables['refund_events']> | { readonly number: null });

/** Whether an event stands at a place. The log's start is always there. */
const stands = (position: EventPosition): RawBuilder<boolean> =>
  isSamePosition(position, FEED_START)
    ? sql`true`
    : sql`exists (
        select from refund_events
        where number = ${position.number}::bigint and xid = ${position.transaction}::text::xid8
          and recorded_at = ${position.recordedAt}::timestamptz)`;

/**
 * Throws UnknownPositionError unless a place from outside is one of this log. A ledger that was moved or set
 * back may have given it out for an event that has another place now, or none: a reader that went on from
 * there would miss what lies between. Gives back where to follow on from.
 */
export async function requirePosition(db: Db, position: EventPosition): Promise<EventPosition> {
  const { rows } = await sql<{ known: boolean; is_news: boolean }>`
    select ${stands(position)} as known, coalesce((
      select ${IS_NEWS} from refund_events where number = ${position.number}::bigint
    ), true) as is_news
  `.execute(db);
  const [row] = rows;
  if (row?.known !== true) throw new UnknownPositionError('This place is not in the log.');
  return row.is_news ? position : positionInHistory(db, position);
}

/**
 * The place that a reader follows on from behind an event that the feed passes over. While such events are
 * the newest, no event of the feed stands there: then it is where the feed ends.
 */
export async function positionInHistory(db: Db, position: EventPosition): Promise<EventPosition> {
  const end = await endOfLog(db);
  return comparePositions(end, position) < 0 ? end : position;
}

/**
 * Reads a page of the log. Throws UnknownPositionError when `after` is not in the log any more. The same
 * statement looks at both, so that a page never follows on an event that this database does not have.
 */
export async function readLog(
  db: Db,
  query: {
    /** `null` lets everything through. */
    readonly filter: EventFilter | null;
    readonly after: EventPosition;
    readonly limit: number;
  },
) {
  const page = await readBelow(db, query, BELOW_ALL);
  return page.held ? readBelow(db, query, BELOW_OURS) : page;
}

async function readBelow(db: Db, { filter, after, limit }: Parameters<typeof readLog>[1], bound: typeof BELOW_ALL) {
  const { rows } = await sql<LogRow>`
    with bounds as materialized (select ${bound} as settled_below)
    select bounds.settled_below::text, ${stands(after)} as known, newest.*, event.*
    from bounds
    left join lateral (
      select xid as newest_xid, number as newest_number, recorded_at as newest_recorded_at from refund_events
      where xid < bounds.settled_below and ${IS_NEWS}
      order by xid desc, number desc
      limit 1
    ) as newest on true
    left join lateral (
      select * from refund_events
      where (xid, number) > (${after.transaction}::text::xid8, ${after.number}::bigint)
        and ${IS_NEWS} and ${filter === null ? sql`true` : matching(filter)}
      order by xid, number
      limit ${limit}
    ) as event on true
    order by event.xid, event.number
  `.execute(db);
  const [first] = rows;
  if (first === undefined) throw new Error('the bounds of the log are always there');
  if (!first.known) throw new UnknownPositionError('This place is not in the log.');
  const settledBelow = BigInt(first.settled_below);
  const written = rows.flatMap((row) => (row.number === null ? [] : [row]));
  const settled = written.filter(({ xid }) => BigInt(xid) < settledBelow);
  const last = settled.at(-1);
  const full = last !== undefined && settled.length === limit;
  const end = newestIn(first);
  const readTo: EventPosition = full ? positionOf(last) : comparePositions(end, after) > 0 ? end : after;
  const events = await readEvents(db, settled);
  return {
    /** Settled events, oldest first. */
    events,
    /** Everything settled up to this event was looked at: where the next page begins. */
    readTo,
    /** More settled events may follow. */
    full,
    /** Committed events wait for an older transaction that still runs. */
    held: settled.length < written.length,
  };
}

const positionOf = (
  row: Pick<Selectable<Tables['refund_events']>, 'xid' | 'number' | 'recorded_at'>,
): EventPosition => ({
  transaction: BigInt(row.xid),
  number: row.number,
  recordedAt: row.recorded_at,
});

function newestIn(row: LogRow): EventPosition {
  const { newest_xid: xid, newest_number: number, newest_recorded_at: recordedAt } = row;
  if (xid === null || number === null || recordedAt === null) return FEED_START;
  return { transaction: BigInt(xid), number, recordedAt };
}

/** Where the log ends now: the place of its last settled event. All that is settled later comes behind it. */
export async function endOfLog(db: Db): Promise<EventPosition> {
  const row = await lastPlace(db, IS_NEWS);
  return row === undefined ? FEED_START : positionOf(row);
}

/**
 * The last settled event that passes, whatever made it: also one that the feed passes over. `null` when there
 * is none. All that is settled later comes behind it.
 */
export async function lastEvent(db: Db, filter: EventFilter): Promise<RefundEvent | null> {
  const place = await lastPlace(db, matching(filter));
  if (place === undefined) return null;
  const rows = await db.selectFrom('refund_events').selectAll().where('number', '=', place.number).execute();
  const [event = null] = await readEvents(db, rows);
  return event;
}

async function lastPlace(db: Db, condition: RawBuilder<SqlBool>) {
  const newest = (settled: RawBuilder<SqlBool>) =>
    db
      .selectFrom('refund_events')
      .select(['xid', 'number', 'recorded_at'])
      .select(sql<boolean>`xid < ${BELOW_ALL}`.as('settled'))
      .where(condition)
      .where(settled)
      .orderBy('xid', 'desc')
      .orderBy('number', 'desc')
      .limit(1)
      .executeTakeFirst();
  const first = await newest(sql`true`);
  return first === undefined || first.settled ? first : newest(sql`xid < ${BELOW_OURS}`);
}
