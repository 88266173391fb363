/** A whole list out of the ledger, page after page, for whoever takes it away in a file. */
import type { Ledger } from '../../ledger/database/database.ts';
import { pageRows, type Keyset, type RowsQuery } from '../../ledger/refund/refunds.ts';

/** Rows that are read at once: few enough that other statements get their turn on the embedded database. */
const ROWS_AT_ONCE = 500;

export type ExportRequest = Pick<RowsQuery, 'accounts' | 'conditions' | 'direction'>;

/** A refund, or what is known of one that this version can't read. */
export type ExportedRow = Awaited<ReturnType<typeof pageRows>>[number];

/**
 * Reads the refunds of a list as the ledger knows them, each as it is when its page is read. No connection
 * and no transaction is held between two pages, so a slow reader keeps nobody waiting. The last page may be
 * empty. Throws LedgerUnavailableError.
 */
export async function* exportPages(
  { db }: Pick<Ledger, 'db'>,
  request: ExportRequest,
): AsyncGenerator<readonly ExportedRow[], void> {
  for (let after: Keyset | null = null; ;) {
    const page: readonly ExportedRow[] = await pageRows(db, { ...request, after, limit: ROWS_AT_ONCE });
    yield page;
    const last = page.at(-1);
    if (last === undefined || page.length < ROWS_AT_ONCE) return;
    const { createdAt, account, merchantRefundId } = last.kind === 'known' ? last.refund : last;
    after = { createdAt, account, merchantRefundId };
  }
}
