/**
 * Whether rows are still what they were, without reading them. PostgreSQL writes a new version of a row for
 * each change, named by the transaction that wrote it and by its place. Two versions of one refund that were
 * ever committed differ in the first.
 */
import { sql } from 'kysely';
import type { AccountKey, MerchantRefundId, RefundRef } from '../../refunds/ids.ts';
import type { Db } from '../database/database.ts';
import { isKeepable } from '../json/json.ts';

/** Equal members: nothing has changed. */
export interface Version {
  /** Of the refund's own row. */
  readonly refund: string;
  /** Of its payment and of the record that is kept. */
  readonly beside: string;
}

/** The versions of refunds, in the positions of their names; null for one that is not there. */
export async function readVersions(db: Db, refs: readonly RefundRef[]): Promise<readonly (Version | null)[]> {
  const { rows } = await sql<Version & { readonly position: bigint }>`
    select named.position, concat_ws(' ', refunds.xmin, refunds.ctid) as refund,
      concat_ws(' ', payments.xmin, payments.ctid, record.xmin, record.ctid) as beside
    from unnest(
      ${refs.map(({ account }) => account)}::text[],
      ${refs.map(({ merchantRefundId: id }) => (isKeepable(id) ? id : ''))}::text[]
    ) with ordinality as named(account, id, position)
    join refunds on refunds.account_key = named.account and refunds.merchant_refund_id = named.id
    left join payments on payments.id = refunds.payment_id
    left join provider_records as record on record.refund_id = refunds.id
  `.execute(db);
  const found = new Map(rows.map(({ position, refund, beside }) => [Number(position), { refund, beside }]));
  return refs.map((_, nth) => found.get(nth + 1) ?? null);
}

/**
 * Moves `observed_at` of refunds whose rows have these versions, and gives the versions that they have then.
 * One that somebody else is changing, or has changed, is left to them: no waiting, no deadlock.
 */
export async function touchVersions(
  db: Db,
  account: AccountKey,
  seen: ReadonlyMap<MerchantRefundId, string>,
  observedAt: Date,
): Promise<ReadonlyMap<string, string>> {
  if (seen.size === 0) return new Map();
  const { rows } = await sql<{ readonly id: string; readonly refund: string }>`
    update refunds set observed_at = ${observedAt}::timestamptz(3)
    where id in (
      select refunds.id
      from refunds
      join unnest(${[...seen.keys()]}::text[], ${[...seen.values()]}::text[]) as seen(id, version)
        on seen.id = refunds.merchant_refund_id and seen.version = concat_ws(' ', refunds.xmin, refunds.ctid)
      where refunds.account_key = ${account} and refunds.observed_at < ${observedAt}::timestamptz(3)
      order by refunds.merchant_refund_id
      for no key update of refunds skip locked
    )
    returning merchant_refund_id as id, concat_ws(' ', xmin, ctid) as refund
  `.execute(db);
  return new Map(rows.map(({ id, refund }) => [id, refund]));
}
