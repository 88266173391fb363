/**
 * What must hold in the ledger at any time, as named SQL sentences. `npm run doctor` and the stories run
 * them.
 */
import { sql, type RawBuilder } from 'kysely';
import type { Db } from './database/database.ts';

const refund = sql`refunds.account_key || ' ' || refunds.merchant_refund_id`;

/** Each query returns one row per offence, in words that an operator can search for. */
const INVARIANTS: readonly {
  readonly name: string;
  readonly offenders: RawBuilder<{ readonly offender: string }>;
}[] = [
  {
    name: 'every refund has its first event, and only one',
    offenders: sql`
      select ${refund} as offender
      from refunds left join refund_events on refund_events.refund_id = refunds.id and previous_status is null
      group by refunds.id having count(refund_events.number) <> 1`,
  },
  {
    name: "a refund's events form one path: each goes on from the status of the one before",
    offenders: sql`
      select ${refund} || ' event ' || number as offender
      from (
        select number, refund_id, previous_status,
          lag(status) over (partition by refund_id order by number) as status_before
        from refund_events
      ) as steps join refunds on refunds.id = steps.refund_id
      where previous_status is distinct from status_before`,
  },
  {
    name: 'only STATUS_CHANGED changes the status',
    offenders: sql`
      select ${refund} || ' event ' || number as offender
      from refund_events join refunds on refunds.id = refund_events.refund_id
      where previous_status is not null
        and (type = 'STATUS_CHANGED') = (refund_events.status = previous_status)`,
  },
  {
    name: "the last event's status is the refund's status",
    offenders: sql`
      select ${refund} || ' is ' || refunds.status || ', last event ' || last.status as offender
      from refunds cross join lateral (
        select status from refund_events where refund_id = refunds.id order by number desc limit 1
      ) as last
      where last.status <> refunds.status`,
  },
  {
    name: 'an event is of the account of its refund, and keeps its amount',
    offenders: sql`
      select ${refund} || ' event ' || number as offender
      from refund_events join refunds on refunds.id = refund_events.refund_id
      where refund_events.account_key <> refunds.account_key
        -- The amount changes once at most: where the provider has another refund under the id of a send.
        or (snapshot -> 'amount' ->> 'minorUnits')::bigint <> refunds.amount_minor and not exists (
          select from refund_submissions as sends
          where sends.refund_id = refunds.id and outcome in ('known', 'refused', 'busy')
        )`,
  },
  {
    name: 'every send of a refund is written down',
    offenders: sql`
      select ${refund} || ': ' || count(refund_submissions.attempt) || ' of ' || attempts as offender
      from refunds left join refund_submissions on refund_submissions.refund_id = refunds.id
      group by refunds.id having count(refund_submissions.attempt) <> attempts
        or max(refund_submissions.started_at) is distinct from submitted_at`,
  },
  {
    name: "no SUCCEEDED refund without a provider's word, or a person's",
    offenders: sql`
      select ${refund} as offender
      from refunds left join provider_records on provider_records.refund_id = refunds.id
      where status = 'SUCCEEDED' and (observed_at is null or provider_records.refund_id is null)
        and not exists (
          select from refund_events
          where refund_events.refund_id = refunds.id and via = 'OPERATOR' and refund_events.status = 'SUCCEEDED'
        )`,
  },
  {
    name: "a refund's version is the number of its events, and that of the last one",
    offenders: sql`
      select ${refund} || ': version ' || refunds.version || ' of ' || counted.events as offender
      from refunds cross join lateral (
        select count(*) as events, max((snapshot ->> 'version')::int) as version from refund_events
        where refund_id = refunds.id
      ) as counted
      where counted.events <> refunds.version or counted.version <> refunds.version`,
  },
  {
    name: 'refunds of a payment never exceed it',
    offenders: sql`
      select payments.account_key || ' payment ' || coalesce(merchant_payment_id, provider_payment_id)
        || ': ' || sum(refunds.amount_minor) || ' of ' || payments.amount_minor as offender
      from payments join refunds on refunds.payment_id = payments.id and refunds.status not in ('FAILED', 'CANCELED')
      where payments.amount_minor is not null
      group by payments.id having sum(refunds.amount_minor) > payments.amount_minor`,
  },
  {
    name: 'a refund is in the account and the currency of its payment',
    offenders: sql`
      select ${refund} as offender
      from refunds join payments on payments.id = refunds.payment_id
      where payments.account_key <> refunds.account_key or payments.currency <> refunds.currency`,
  },
];

export interface CheckedInvariant {
  readonly name: string;
  /** What breaks it, at most a hundred; empty when it holds. */
  readonly offenders: readonly string[];
}

/** Checks every invariant. Reads whole tables: for the doctor and for tests, not for every minute. */
export async function checkInvariants(db: Db): Promise<readonly CheckedInvariant[]> {
  const checked: CheckedInvariant[] = [];
  for (const { name, offenders } of INVARIANTS) {
    const { rows } = await sql<{ offender: string }>`
      select offender from (${offenders}) as offences order by offender limit 100
    `.execute(db);
    checked.push({ name, offenders: rows.map((row) => row.offender) });
  }
  return checked;
}
