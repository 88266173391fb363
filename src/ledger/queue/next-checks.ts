/** When the jobs that settle refunds are due. */
import { sql } from 'kysely';
import type { RefundRef } from '../../refunds/ids.ts';
import type { Db } from '../database/database.ts';
import { keepable } from '../json/json.ts';

/** When the provider of each refund is queried about it next, in its position; null: nobody will. */
export async function findNextChecks(db: Db, refs: readonly RefundRef[]): Promise<readonly (Date | null)[]> {
  const { rows } = await sql<{ position: bigint; due: Date }>`
    select asked.position, min(job.start_after) as due
    from unnest(
      ${refs.map(({ account }) => account)}::text[],
      ${refs.map(({ merchantRefundId }) => keepable(merchantRefundId))}::text[]
    ) with ordinality as asked(account, id, position)
    -- The queue's own index has policy, name, state and key, in the database's own order of texts.
    join pgboss.job on job.name = ('settle.' || asked.account) collate "default"
      and job.state <= 'active' and job.policy = 'stately'
      and coalesce(job.singleton_key, '') = asked.id collate "default"
    -- The job of a refund that has ended meanwhile does nothing, unless it says otherwise.
    where job.data ->> 'evenIfFinished' = 'true' or exists (
      select from refunds
      where account_key = asked.account and merchant_refund_id = asked.id and status in ('PENDING', 'PROCESSING')
    )
    group by asked.position
  `.execute(db);
  const due = new Map(rows.map((row) => [Number(row.position), row.due]));
  return refs.map((_, nth) => due.get(nth + 1) ?? null);
}
