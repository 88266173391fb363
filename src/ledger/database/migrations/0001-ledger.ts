/**
 * Payments, refunds, their events, the idempotency keys of frontends and the providers' records.
 *
 * Ids and keys are compared byte by byte (`collate "C"`), so that every database orders them alike. No
 * provider is named here: a fourth one needs no migration. Amounts are in minor units; 0 is let through
 * because a provider may list such a refund.
 */
import { sql, type Kysely } from 'kysely';

const statements = [
  sql`create table payments (
    id uuid primary key,
    account_key text collate "C" not null,
    merchant_payment_id text collate "C",
    provider_payment_id text collate "C",
    amount_minor bigint check (amount_minor > 0),
    currency text check (currency ~ '^[A-Z]{3}$'),
    check ((amount_minor is null) = (currency is null)),
    check (merchant_payment_id is not null or provider_payment_id is not null)
  )`,
  sql`create unique index payments_by_merchant_id on payments (account_key, merchant_payment_id)
    where merchant_payment_id is not null`,
  sql`create unique index payments_by_provider_id on payments (account_key, provider_payment_id)
    where provider_payment_id is not null`,

  sql`create table refunds (
    id uuid primary key,
    account_key text collate "C" not null,
    provider text not null,
    merchant_refund_id text collate "C" not null,
    provider_refund_id text collate "C",
    payment_id uuid references payments,
    amount_minor bigint not null check (amount_minor >= 0),
    fee_minor bigint,
    currency text not null check (currency ~ '^[A-Z]{3}$'),
    status text not null check (status in ('PENDING', 'PROCESSING', 'SUCCEEDED', 'FAILED', 'CANCELED')),
    provider_status text,
    reason text,
    failure_code text,
    failure_message text,
    failure_retryable boolean,
    created_at timestamptz(3) not null,
    created_at_is_ours boolean not null,
    completed_at timestamptz(3),
    observed_at timestamptz(3),
    details jsonb,
    submitted_at timestamptz(3),
    attempts integer not null check (attempts >= 0),
    has_left_failed boolean not null,
    revision integer not null check (revision > 0),
    unique (account_key, merchant_refund_id),
    check (status = 'FAILED' or failure_message is null),
    check ((failure_message is null) = (failure_retryable is null)),
    check (failure_message is not null or failure_code is null),
    check (completed_at is null or status in ('SUCCEEDED', 'FAILED', 'CANCELED'))
  ) with (fillfactor = 85)`,
  sql`create index refunds_by_time on refunds (account_key, created_at, merchant_refund_id)`,
  sql`create index refunds_by_status on refunds (account_key, status, created_at, merchant_refund_id)`,
  sql`create index refunds_by_provider_id on refunds (account_key, provider_refund_id)
    where provider_refund_id is not null`,
  sql`create index refunds_by_payment on refunds (payment_id)`,

  sql`create table refund_events (
    number bigint generated always as identity primary key,
    xid xid8 not null default pg_current_xact_id(),
    refund_id uuid not null references refunds,
    account_key text collate "C" not null,
    type text not null
      check (type in ('REQUESTED', 'DISCOVERED', 'STATUS_CHANGED', 'DETAILS_CHANGED', 'CONFLICT_DETECTED')),
    previous_status text check (previous_status in ('PENDING', 'PROCESSING', 'SUCCEEDED', 'FAILED', 'CANCELED')),
    status text not null check (status in ('PENDING', 'PROCESSING', 'SUCCEEDED', 'FAILED', 'CANCELED')),
    via text not null check (via in ('MUTATION', 'CALLBACK', 'POLL', 'QUERY')),
    occurred_at timestamptz(3),
    recorded_at timestamptz(3) not null,
    snapshot jsonb not null,
    contradiction jsonb,
    check ((type = 'CONFLICT_DETECTED') = (contradiction is not null)),
    check ((type in ('REQUESTED', 'DISCOVERED')) = (previous_status is null))
  )`,
  sql`create unique index refund_events_in_commit_order on refund_events (xid, number)`,
  sql`create index refund_events_by_refund on refund_events (refund_id, number)`,
  // The same contradiction is recorded once, however often it is told.
  sql`create unique index refund_events_contradiction on refund_events (refund_id, contradiction)
    where contradiction is not null`,
  // Delivered when the transaction commits, once for all its events. Nobody can forget it here.
  sql`create function tell_refund_events() returns trigger language plpgsql as $$
    begin
      perform pg_notify('refund_events', '');
      return null;
    end
  $$`,
  sql`create trigger tell_refund_events after insert on refund_events
    for each statement execute function tell_refund_events()`,

  sql`create table idempotency_keys (
    key text collate "C" primary key,
    input_hash text not null,
    refund_id uuid not null references refunds,
    created_at timestamptz(3) not null
  )`,
  sql`create index idempotency_keys_by_refund on idempotency_keys (refund_id)`,

  sql`create table provider_records (
    refund_id uuid primary key references refunds,
    raw text not null,
    digest text not null,
    via text not null check (via in ('MUTATION', 'CALLBACK', 'POLL', 'QUERY')),
    received_at timestamptz(3) not null
  )`,
];

/** Runs inside the migrator's transaction. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await statement.execute(db);
}
