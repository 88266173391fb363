import type { Db } from '../../src/ledger/database/database.ts';
import { pageRows } from '../../src/ledger/refund/refunds.ts';
import type { Refund } from '../../src/refunds/refund.ts';

/** A page of refunds, without the rows that can't be read. */
export async function pageRefunds(db: Db, query: Parameters<typeof pageRows>[1]): Promise<readonly Refund[]> {
  const rows = await pageRows(db, query);
  return rows.flatMap((row) => (row.kind === 'known' ? [row.refund] : []));
}
