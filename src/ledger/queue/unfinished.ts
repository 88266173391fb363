/** How many refunds wait for their end. */
import { sql } from 'kysely';
import type { Db } from '../database/database.ts';

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
