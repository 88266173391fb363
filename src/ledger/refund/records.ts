/**
 * The provider's latest record of each refund, as it was received: for `refunds:raw` and for the operator.
 */
import { sql, type RawBuilder } from 'kysely';
import type { RefundRef } from '../../refunds/ids.ts';
import type { ObservedVia } from '../../refunds/refund.ts';
import type { Db } from '../database/database.ts';
import { writeTogether } from '../database/statements/together.ts';
import { jsonText, keepable } from '../json/json.ts';

export interface ProviderRecord {
  /** JSON text. */
  readonly raw: string;
  readonly via: ObservedVia;
  readonly receivedAt: Date;
}

export interface NewRecord extends ProviderRecord {
  readonly refundId: string;
  readonly digest: string;
}

/** Keeps records, each in the place of the one before. */
export const storeRecords = (db: Db, records: readonly NewRecord[]): Promise<void> =>
  writeTogether(db, keepRecords(records));

/** The statement that keeps records; none where there are none. */
export function keepRecords(records: readonly NewRecord[]): readonly RawBuilder<unknown>[] {
  if (records.length === 0) return [];
  const rows = records.map(({ refundId, raw, digest, via, receivedAt }) => ({
    refund_id: refundId,
    raw: keepable(raw),
    digest,
    via,
    received_at: receivedAt,
  }));
  const keep = sql`
    insert into provider_records (refund_id, raw, digest, via, received_at)
    select refund_id, raw, digest, via, received_at
    from jsonb_populate_recordset(null::provider_records, ${jsonText(rows)}::jsonb)
    order by refund_id
    on conflict (refund_id) do update set
      raw = excluded.raw, digest = excluded.digest, via = excluded.via, received_at = excluded.received_at
  `;
  return [keep];
}

/** The latest record of each refund, in its position; `null` where none was received. */
export async function findRecords(db: Db, refs: readonly RefundRef[]): Promise<readonly (ProviderRecord | null)[]> {
  const { rows } = await sql<ProviderRecord & { readonly position: bigint }>`
    select asked.position, record.raw, record.via, record.received_at as "receivedAt"
    from unnest(
      ${refs.map(({ account }) => account)}::text[],
      ${refs.map(({ merchantRefundId }) => keepable(merchantRefundId))}::text[]
    ) with ordinality as asked(account, id, position)
    join refunds on refunds.account_key = asked.account and refunds.merchant_refund_id = asked.id
    join provider_records as record on record.refund_id = refunds.id
  `.execute(db);
  const found = new Map(rows.map(({ position, raw, via, receivedAt }) => [Number(position), { raw, via, receivedAt }]));
  return refs.map((_, nth) => found.get(nth + 1) ?? null);
}
