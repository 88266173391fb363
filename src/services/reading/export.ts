/** A whole list out of the ledger, page after page, for whoever takes it away in a file. */
import type { Ledger } from '../../ledger/database/database.ts';
import type { Keyset } from '../../ledger/refund/order.ts';
import { pageRows, type RowsQuery } from '../../ledger/refund/refunds.ts';
import { orderValue } from '../../refunds/list/order.ts';

/** Rows that are read at once: few enough that other statements get their turn on the embedded database. */
const ROWS_AT_ONCE = 500;

export type ExportRequest = Pick<RowsQuery, 'accounts' | 'conditions' | 'direction'> & Required<Pick<RowsQuery, 'by'>>;

/** A refund, or what is known of one that this version can't read. */
export type ExportedRow = Awaited<ReturnType<typeof pageRows>>[number];

/**
 * Reads the refunds of a list as the ledger knows them, each as it is when its page is read. In an order in
 * which a change moves a refund, those that changed meanwhile come once more at the end, so that none is
 * passed over. No connection and no transaction is held between two pages, so a slow reader keeps nobody
 * waiting. Pages may be empty. Throws LedgerUnavailableError.
 */
export async function* exportPages(
  ledger: Pick<Ledger, 'db' | 'clock'>,
  request: ExportRequest,
): AsyncGenerator<readonly ExportedRow[], void> {
  const startedAt = ledger.clock();
  yield* walk(ledger, request);
  if (!isPassedOver(request)) return;
  const { updatedFrom } = request.conditions;
  const since = updatedFrom !== null && updatedFrom > startedAt ? updatedFrom : startedAt;
  const conditions = { ...request.conditions, updatedFrom: since };
  yield* walk(ledger, { ...request, conditions, by: 'UPDATED_AT', direction: 'ASC' });
}

/** Whether a refund that changes can move from what is still to be read to what was read. */
function isPassedOver({ by, direction }: ExportRequest): boolean {
  switch (by) {
    case 'CREATED_AT':
    case 'AMOUNT':
      return false;
    case 'UPDATED_AT':
      return direction === 'DESC';
    case 'COMPLETED_AT':
      return true;
  }
}

async function* walk({ db }: Pick<Ledger, 'db'>, request: ExportRequest): AsyncGenerator<readonly ExportedRow[], void> {
  for (let after: Keyset | null = null; ;) {
    const page: readonly ExportedRow[] = await pageRows(db, { ...request, after, limit: ROWS_AT_ONCE });
    yield page;
    const last = page.at(-1);
    if (last === undefined || page.length < ROWS_AT_ONCE) return;
    const { account, merchantRefundId, ...ordered } = last.kind === 'known' ? last.refund : last;
    after = { value: orderValue(ordered, request.by), account, merchantRefundId };
  }
}
