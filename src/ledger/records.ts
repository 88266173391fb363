/** The provider's latest record of each refund, as it was received: for `refunds:raw` and for the operator. */
import { sql } from 'kysely';
import type { RefundRef } from '../refunds/ids.ts';
import type { ObservedVia } from '../refunds/refund.ts';
import type { Db } from './database.ts';
import { jsonText, keepable } from './json.ts';

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
export async function keepRecords(db: Db, records: readonly NewRecord[]): Promise<void> {
  if (records.length === 0) return;
  const rows = records.map(({ refundId, raw, digest, via, receivedAt }) => ({
    refund_id: refundId,
    raw: keepable(raw),
    digest,
    via,
    received_at: receivedAt,
  }));
  await sql`
    insert into provider_records (refund_id, raw, digest, via, received_at)
    select refund_id, raw, digest, via, received_at
    from jsonb_populate_recordset(null::provider_records, ${jsonText(rows)}::jsonb)
    order by refund_id
    on conflict (refund_id) do update set
      raw = excluded.raw, digest = excluded.digest, via = excluded.via, received_at = excluded.received_at
  `.execute(db);
}

/** The latest record of a refund; `null` when none was received. */
export async function findRecord(db: Db, { account, merchantRefundId }: RefundRef): Promise<ProviderRecord | null> {
  const row = await db
    .selectFrom('provider_records')
    .innerJoin('refunds', 'refunds.id', 'provider_records.refund_id')
    .select(['provider_records.raw', 'provider_records.via', 'provider_records.received_at'])
    .where('refunds.account_key', '=', account)
    .where('refunds.merchant_refund_id', '=', merchantRefundId)
    .executeTakeFirst();
  return row === undefined ? null : { raw: row.raw, via: row.via, receivedAt: row.received_at };
}
