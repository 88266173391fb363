/** Why a person must look at a refund, the number of its events, and who ended it by hand. */
import { sql, type Kysely } from 'kysely';

const statements = [
  sql`alter table refunds
    add column attention jsonb not null default '{}',
    add column version integer not null default 1 check (version > 0),
    add column updated_at timestamptz(3) not null default now(),
    add column is_answered boolean not null default true`,
  sql`create index refunds_needing_attention on refunds (account_key, created_at, merchant_refund_id)
    where attention <> '{}'::jsonb`,

  sql`alter table refund_events
    add column actor_subject text,
    add column actor_client text,
    add column note text`,
  sql`alter table refund_events drop constraint refund_events_type_check`,
  sql`alter table refund_events add constraint refund_events_type_check check (
    type in ('REQUESTED', 'DISCOVERED', 'STATUS_CHANGED', 'DETAILS_CHANGED', 'CONFLICT_DETECTED', 'ATTENTION_CHANGED')
  )`,
  sql`alter table refund_events drop constraint refund_events_via_check`,
  sql`alter table refund_events add constraint refund_events_via_check check (
    via in ('MUTATION', 'CALLBACK', 'POLL', 'QUERY', 'OPERATOR')
  )`,

  // What was written before: each event is numbered among those of its refund.
  sql`update refund_events set snapshot = snapshot || jsonb_build_object(
      'version', numbered.version,
      'updatedAt', to_char(recorded_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
      'createdAtSource', case when refunds.created_at_is_ours then 'SERVER' else 'PROVIDER' end,
      'attempts', refunds.attempts,
      'attention', '{}'::jsonb)
    from refunds, (
      select number, row_number() over (partition by refund_id order by number) as version from refund_events
    ) as numbered
    where numbered.number = refund_events.number and refunds.id = refund_events.refund_id`,
  sql`update refunds set version = counted.version, updated_at = counted.updated_at, is_answered = counted.is_answered
    from (
      select refund_id, count(*) as version, max(recorded_at) as updated_at,
        -- A request says nothing of what the provider told.
        coalesce(bool_or(via <> 'CALLBACK') filter (where type <> 'REQUESTED'), false) as is_answered
      from refund_events group by refund_id
    ) as counted
    where counted.refund_id = refunds.id`,
];

/** Runs inside the migrator's transaction. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await statement.execute(db);
}
