/** How many refunds wait for their end, and for a person. */
import { sql } from 'kysely';
import { shownAttention } from '../../refunds/attention.ts';
import { accountKey, merchantRefundId } from '../../refunds/ids.ts';
import type { AttentionReason } from '../../refunds/refund.ts';
import { readAttention } from '../json/json.ts';
import type { Db } from '../database/database.ts';
import { shownReason } from '../refund/search.ts';

/** By account and status, along the index by status. */
export async function countUnfinished(
  db: Db,
): Promise<readonly { readonly account: string; readonly status: string; readonly count: number }[]> {
  const { rows } = await sql<{ account: string; status: string; count: number }>`
    select account_key as account, status, count(*)::int as count from refunds
    where status in ('PENDING', 'PROCESSING') group by account_key, status
  `.execute(db);
  return rows;
}

/** The refunds at which a person must look, the oldest first, so many at most. */
export async function findNeedingAttention(db: Db, limit: number) {
  const { rows } = await sql<{ account: string; id: string; attention: unknown }>`
    select account_key as account, merchant_refund_id as id, attention from refunds
    where attention <> '{}'::jsonb order by account_key, created_at, merchant_refund_id limit ${limit}
  `.execute(db);
  return rows.flatMap(({ account, id, attention }) => {
    const shown = shownAttention(readAttention(attention));
    if (shown === null) return [];
    return [{ account: accountKey(account), merchantRefundId: merchantRefundId(id), reason: shown.reason }];
  });
}

/** How many there are, by account and by the reason that is shown. */
export async function countNeedingAttention(
  db: Db,
): Promise<readonly { readonly account: string; readonly reason: AttentionReason; readonly count: number }[]> {
  const { rows } = await sql<{ account: string; reason: AttentionReason; count: number }>`
    select account_key as account, ${shownReason(sql`attention`)} as reason, count(*)::int as count from refunds
    where attention <> '{}'::jsonb group by 1, 2 order by 1, 2
  `.execute(db);
  return rows;
}
