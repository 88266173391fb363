/**
 * The events of refunds: written beside every change, read for one refund. The feed reads them in commit
 * order.
 */
import type { Direction } from '../refunds/filter.ts';
import { sql, type RawBuilder, type Selectable } from 'kysely';
import { requestIdFor } from '../flow/trace.ts';
import type { AccountKey, RefundRef } from '../refunds/ids.ts';
import { REFUND_STATUSES, type Actor, type EventVia, type Refund, type RefundStatus } from '../refunds/refund.ts';
import { z } from 'zod';
import type { Db, Tx } from './database/database.ts';
import { writeTogether } from './database/statements/together.ts';
import { beforeOf, readSnapshots, snapshotOf } from './json/event-snapshot.ts';
import { jsonText, keepable } from './json/json.ts';
import { money } from './json/pieces.ts';
import { refundOf, selectStored } from './refund/stored-refund.ts';
import type { RefundEventType, Tables } from './tables.ts';

/** The channel on which the database tells, when a transaction commits, that it wrote events. */
export const EVENTS_CHANNEL = 'refund_events';

/** What an update said against what is known, and in which members. */
export interface Contradiction {
  readonly members: readonly string[];
  readonly knownStatus: RefundStatus;
  readonly told: Readonly<Record<string, unknown>>;
}

export interface NewEvent {
  readonly refundId: string;
  readonly account: AccountKey;
  readonly type: RefundEventType;
  readonly via: EventVia;
  /** The provider's time, where it gives one. */
  readonly occurredAt: Date | null;
  readonly recordedAt: Date;
  /** The refund right before the event; `null`: it is the refund's first. */
  readonly before: Refund | null;
  /** The refund right after the event. */
  readonly refund: Refund;
  /** Of CONFLICT_DETECTED, else `null`. */
  readonly contradiction: Contradiction | null;
  /** Who asked for it; nobody when left out. */
  readonly actor?: Actor | null;
  /** What the person wrote who asked for it. */
  readonly note?: string;
}

/** One event as it was written. */
export type RefundEvent = ReturnType<typeof eventOf>;

/** The refund with the event that is about to be written counted. */
export const withEvent = (refund: Refund, at: Date): Refund => ({
  ...refund,
  version: refund.version + 1,
  updatedAt: at,
});

/**
 * Writes events in the order given. Who listens on EVENTS_CHANNEL hears of it when the transaction commits.
 */
export const appendEvents = (tx: Tx, events: readonly NewEvent[]): Promise<void> =>
  writeTogether(tx, addEvents(events));

/** The statement that writes events in the order given; none where there are none. */
export function addEvents(events: readonly NewEvent[]): readonly RawBuilder<unknown>[] {
  if (events.length === 0) return [];
  const rows = events.map((event) => ({
    refund_id: event.refundId,
    account_key: event.account,
    type: event.type,
    previous_status: event.before?.status ?? null,
    status: event.refund.status,
    via: event.via,
    occurred_at: event.occurredAt,
    recorded_at: event.recordedAt,
    snapshot: snapshotOf(event.refund),
    before: event.before === null ? null : beforeOf(event.before, event.refund),
    contradiction: event.contradiction,
    actor_subject: event.actor?.subject ?? null,
    actor_client: event.actor?.client ?? null,
    note: event.note ?? null,
    request_id: requestIdFor(event.refund.merchantRefundId),
  }));
  const add = sql`
    insert into refund_events (refund_id, account_key, type, previous_status, status, via, occurred_at, recorded_at,
      snapshot, before, contradiction, actor_subject, actor_client, note, request_id)
    select refund_id, account_key, type, previous_status, status, via, occurred_at, recorded_at, snapshot, before,
      contradiction, actor_subject, actor_client, note, request_id
    from rows from (jsonb_populate_recordset(null::refund_events, ${jsonText(rows)}::jsonb)) with ordinality as added
    order by added.ordinality
  `;
  return [add];
}

/** A row of `refund_events`. */
type EventRow = Selectable<Tables['refund_events']>;

const contradiction = z.object({
  members: z.array(z.string()),
  told: z.object({
    status: z.enum(REFUND_STATUSES),
    amount: money,
    providerRefundId: z.string().nullish().default(null),
  }),
});

function eventOf(row: EventRow, refund: Refund) {
  const { merchantRefundId, account } = refund;
  return {
    number: row.number,
    /** The transaction that wrote it: the feed goes in the order (transaction, number). */
    transaction: BigInt(row.xid),
    refundId: row.refund_id,
    account,
    type: row.type,
    previousStatus: row.previous_status,
    status: row.status,
    via: row.via,
    occurredAt: row.occurred_at,
    recordedAt: row.recorded_at,
    ...readSnapshots({ ...row, account, merchantRefundId }),
    /** What was told, of CONFLICT_DETECTED; null also where it can't be read. */
    contradiction: contradiction.safeParse(row.contradiction).data ?? null,
    actor: row.actor_subject === null ? null : { subject: row.actor_subject, client: row.actor_client },
    note: row.note,
    /** Of the request, callback or job that caused it; null of events that are older than such ids. */
    requestId: row.request_id,
    /** The refund as it is now, as far as this process has heard: events of one refund may share it. */
    living: { refund },
  };
}

/** Reads rows of `refund_events`, with their refunds as they are now. */
export async function readEvents(db: Db, rows: readonly EventRow[]): Promise<readonly RefundEvent[]> {
  if (rows.length === 0) return [];
  const ids = [...new Set(rows.map((row) => row.refund_id))];
  const stored = await selectStored(db)
    .where(sql<boolean>`refunds.id = any(${ids}::uuid[])`)
    .execute();
  const refunds = new Map(stored.map((row) => [row.id, refundOf(row)]));
  return rows.map((row) => {
    const refund = refunds.get(row.refund_id);
    if (refund === undefined) throw new Error(`the refund of event ${row.number} is not in the ledger`);
    return eventOf(row, refund);
  });
}

/**
 * A page of one refund's events. A refund's row is locked by whoever writes its events, so their numbers are
 * in order.
 */
export async function pageEvents(
  db: Db,
  { account, merchantRefundId }: RefundRef,
  page: {
    /** Oldest (ASC) or newest first. */
    readonly direction: Direction;
    /** Only events strictly after this number, in the direction asked. */
    readonly after: bigint | null;
    readonly limit: number;
  },
): Promise<readonly RefundEvent[]> {
  const { direction, after, limit } = page;
  const rows = await db
    .selectFrom('refund_events')
    .selectAll('refund_events')
    .where('refund_events.refund_id', '=', (eb) =>
      eb
        .selectFrom('refunds')
        .select('refunds.id')
        .where('refunds.account_key', '=', account)
        .where('refunds.merchant_refund_id', '=', merchantRefundId),
    )
    .$if(after !== null, (query) => query.where('refund_events.number', direction === 'ASC' ? '>' : '<', after ?? 0n))
    .orderBy('refund_events.number', direction === 'ASC' ? 'asc' : 'desc')
    .limit(limit)
    .execute();
  return readEvents(db, rows);
}

/** Who asked for each refund, in its position; null where it was made elsewhere, or before this was kept. */
export async function findRequesters(db: Db, refs: readonly RefundRef[]): Promise<readonly (Actor | null)[]> {
  // Where the row became a refund of the provider's, its key is free again: nobody asked for that one.
  const { rows } = await sql<{ position: bigint; subject: string; client: string | null }>`
    select asked.position, event.actor_subject as subject, event.actor_client as client
    from unnest(
      ${refs.map(({ account }) => account)}::text[],
      ${refs.map(({ merchantRefundId }) => keepable(merchantRefundId))}::text[]
    ) with ordinality as asked(account, id, position)
    join refunds on refunds.account_key = asked.account and refunds.merchant_refund_id = asked.id
    join refund_events as event on event.refund_id = refunds.id and event.type = 'REQUESTED'
    where event.actor_subject is not null
      and exists (select from idempotency_keys where idempotency_keys.refund_id = refunds.id)
  `.execute(db);
  const found = new Map(rows.map(({ position, ...actor }) => [Number(position), actor]));
  return refs.map((_, nth) => found.get(nth + 1) ?? null);
}

/** One event by its number; `null` when there is none. */
export async function findEvent(db: Db, number: bigint): Promise<RefundEvent | null> {
  const rows = await db.selectFrom('refund_events').selectAll().where('number', '=', number).execute();
  const [event = null] = await readEvents(db, rows);
  return event;
}

/** What has been recorded as contradictions of these refunds already. */
export async function findContradictions(
  tx: Tx,
  refundIds: readonly string[],
): Promise<readonly { readonly refundId: string; readonly contradiction: unknown }[]> {
  if (refundIds.length === 0) return [];
  const rows = await tx
    .selectFrom('refund_events')
    .select(['refund_id', 'contradiction'])
    .where('type', '=', 'CONFLICT_DETECTED')
    .where('refund_id', 'in', [...refundIds])
    .execute();
  return rows.map((row) => ({ refundId: row.refund_id, contradiction: row.contradiction }));
}
