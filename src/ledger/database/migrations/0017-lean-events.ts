/**
 * An event keeps what its snapshot shows and what filters look at, and what it changed. The first whole copy
 * of a list is history, which the feed passes over.
 */
import { sql, type Kysely } from 'kysely';

/** The members that are kept, see `event-snapshot.ts`. Of the others only a change is told. */
const KEPT = sql`array['version', 'providerRefundId', 'payment', 'amount', 'feeRefunded', 'providerStatus', 'reason',
  'failure', 'createdAt', 'completedAt', 'attention']`;
const NAMED = sql`array['createdAtSource', 'details', 'attempts']`;

const statements = [
  sql`alter table refund_events add column before jsonb`,
  sql`alter table refund_events drop constraint refund_events_via_check`,
  sql`alter table refund_events add constraint refund_events_via_check check (
    via in ('MUTATION', 'CALLBACK', 'POLL', 'QUERY', 'OPERATOR', 'COPY')
  )`,

  // What was written before held the whole refund.
  sql`create temporary table lean_events on commit drop as
    select number, previous_status, status, whole, kept,
      lag(whole) over history as whole_before, lag(kept) over history as kept_before
    from (
      select number, refund_id, previous_status, status, snapshot as whole,
        (
          select coalesce(jsonb_object_agg(key, lean), '{}')
          from jsonb_each(snapshot), lateral (
            select case key when 'payment' then jsonb_strip_nulls(value - 'amount') else jsonb_strip_nulls(value) end
          ) as member(lean)
          where key = any(${KEPT}) and lean not in ('null', '{}')
        ) as kept
      from refund_events
    ) as lean
    window history as (partition by refund_id order by number)`,
  sql`update refund_events set snapshot = lean.kept, before = (
      select jsonb_object_agg(key, coalesce(kept_before -> key, 'null'))
      from (
        select key from unnest(${KEPT}) as key
        where key <> 'version' and kept -> key is distinct from kept_before -> key
        union all
        select key from unnest(${NAMED}) as key where whole -> key is distinct from whole_before -> key
        union all
        select 'payment'
        where whole #> '{payment,amount}' is distinct from whole_before #> '{payment,amount}'
          and kept -> 'payment' is not distinct from kept_before -> 'payment'
        union all
        select 'status' where lean.status <> lean.previous_status
      ) as changed(key)
      where lean.previous_status is not null
    )
    from lean_events as lean where lean.number = refund_events.number`,

  sql`drop index refund_events_in_commit_order`,
  // The condition is IS_NEWS of the feed: a million old refunds are not walked through by whoever reads on.
  sql`create unique index refund_events_in_feed on refund_events (xid, number) where via <> 'COPY'`,
];

/** Runs inside the migrator's transaction. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await statement.execute(db);
}
