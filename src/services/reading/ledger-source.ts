/** The ledger as a source: pages by key, so that rows that come and go never shift the others. */
import type { Ledger } from '../../ledger/database/database.ts';
import { LedgerUnavailableError } from '../../ledger/database/errors.ts';
import {
  countRefunds,
  hasRefundsWithoutTime,
  pageRows,
  type Keyset,
  type LedgerPart,
} from '../../ledger/refund/refunds.ts';
import type { KeyGap, KeyPosition } from '../../paging/cursor.ts';
import type { SourceRow } from '../../paging/source.ts';
import type { RefundConditions, Direction } from '../../refunds/filter.ts';
import { merchantRefundId, type AccountKey } from '../../refunds/ids.ts';
import { sortKey, type ListedRefund, type RefundSource } from './source.ts';

export interface LedgerList {
  readonly ledger: Ledger;
  readonly account: AccountKey;
  readonly conditions: RefundConditions;
  /** The order of the walk. */
  readonly order: Direction;
  readonly withTotal: boolean;
  /** Left out: every refund. */
  readonly part?: LedgerPart;
  /** Of a copy of the provider's list: how old it is. */
  readonly asOf: Date | null;
}

/** The source that answers from what this server knows of an account, opened at a position. */
export function ledgerSource({ ledger, account, conditions, order, part, ...list }: LedgerList, at: KeyPosition) {
  const query = { accounts: [account], conditions, ...(part && { part }) };

  async function read(need: number) {
    const total = list.withTotal ? await countRefunds(ledger.db, query) : null;
    const after = typeof at === 'string' ? null : keysetOf(account, at);
    const isTimed = (conditions.createdFrom ?? conditions.createdBefore) !== null;
    // Which side of a bound such a refund belongs to, nobody knows.
    const hasUntimed = isTimed && (await hasRefundsWithoutTime(ledger.db, account));
    const page = { ...query, direction: order, after, limit: need };
    const rows = at === 'end' ? [] : (await pageRows(ledger.db, page)).map(placed);
    const beside = (nth: number, side: KeyGap['side']): KeyPosition | undefined => {
      const row = rows[nth];
      return row && { kind: 'key', side, time: row.time, id: row.id };
    };
    // What comes in front of the first row later is not of this walk, but of one the other way.
    const first = typeof at === 'string' && at !== 'end' ? (beside(0, 'ahead') ?? 'empty') : at;
    return {
      rows: rows.map((row) => rowOf(row, order, part)),
      more: rows.length === need && at !== 'end',
      complete: !hasUntimed,
      opposite: typeof at !== 'string' && at.side !== 'ahead',
      total,
      queriedAt: null,
      asOf: list.asOf,
      beyond: (count: number): KeyPosition => beside(count - 1, 'behind') ?? first,
      on: (nth: number): KeyPosition => beside(nth, 'on') ?? first,
    };
  }

  const late = () => new LedgerUnavailableError('The ledger did not answer a list in time.');
  return { account, origin: 'LEDGER', position: at, read, late } as const satisfies RefundSource;
}

/** Unlisted refunds stand among rows of a provider's list, and those have whole seconds. */
function rowOf(
  { time, content }: ReturnType<typeof placed>,
  order: Direction,
  part: LedgerPart | undefined,
): SourceRow<ListedRefund> {
  const key = sortKey(part === 'UNLISTED' ? Math.floor(time / 1000) * 1000 : time, order);
  return { key, matches: content.kind === 'known', isGap: content.kind === 'unreadable', content };
}

/** A row with its place. One that can't be read back keeps it. */
function placed(row: Awaited<ReturnType<typeof pageRows>>[number]) {
  const { createdAt, merchantRefundId: id } = row.kind === 'known' ? row.refund : row;
  const nothing = {
    providerRefundId: null,
    merchantPaymentId: null,
    providerPaymentId: null,
    member: 'provider',
    raw: '',
  };
  const content: ListedRefund =
    row.kind === 'known' ? row : { kind: 'unreadable', record: { ...nothing, merchantRefundId: id, createdAt } };
  return { time: createdAt.getTime(), id, content };
}

const keysetOf = (account: AccountKey, { side, time, id }: KeyGap): Keyset => ({
  createdAt: new Date(time),
  account,
  merchantRefundId: merchantRefundId(id),
  inclusive: side === 'ahead',
});
