/** The ledger as a source: pages by key, so that rows that come and go never shift the others. */
import type { Ledger } from '../../ledger/database/database.ts';
import { LedgerUnavailableError } from '../../ledger/database/errors.ts';
import { countRefunds, hasRefundsWithoutTime, pageRefunds, type Keyset } from '../../ledger/refund/refunds.ts';
import type { KeyGap, KeyPosition } from '../../paging/cursor.ts';
import type { SourceRow } from '../../paging/source.ts';
import type { RefundConditions } from '../../refunds/filter.ts';
import { merchantRefundId, type AccountKey } from '../../refunds/ids.ts';
import type { Refund } from '../../refunds/refund.ts';
import { sortKey, type Direction, type ListedRefund, type RefundSource } from './source.ts';

export interface LedgerList {
  readonly ledger: Ledger;
  readonly account: AccountKey;
  readonly conditions: RefundConditions;
  /** The order of the walk. */
  readonly order: Direction;
  readonly withTotal: boolean;
  /** Of a copy of the provider's list: how old it is. */
  readonly asOf: Date | null;
}

/** The source that answers from what this server knows of an account, opened at a position. */
export function ledgerSource({ ledger, account, conditions, order, ...list }: LedgerList, at: KeyPosition) {
  async function read(need: number) {
    const total = list.withTotal ? await countRefunds(ledger.db, { accounts: [account], conditions }) : null;
    const after = typeof at === 'string' ? null : keysetOf(account, at);
    const isTimed = (conditions.createdFrom ?? conditions.createdBefore) !== null;
    // Which side of a bound such a refund belongs to, nobody knows.
    const hasUntimed = isTimed && (await hasRefundsWithoutTime(ledger.db, account));
    const page = { accounts: [account], conditions, direction: order, after, limit: need };
    const refunds = at === 'end' ? [] : await pageRefunds(ledger.db, page);
    const beside = (nth: number, side: KeyGap['side']): KeyPosition | undefined => {
      const refund = refunds[nth];
      return refund && { kind: 'key', side, time: refund.createdAt.getTime(), id: refund.merchantRefundId };
    };
    // What comes in front of the first row later is not of this walk, but of one the other way.
    const first = typeof at === 'string' && at !== 'end' ? (beside(0, 'ahead') ?? 'empty') : at;
    return {
      rows: refunds.map((refund) => rowOf(refund, order)),
      more: refunds.length === need && at !== 'end',
      complete: !hasUntimed,
      opposite: typeof at !== 'string' && at.side !== 'ahead',
      total,
      askedAt: null,
      asOf: list.asOf,
      beyond: (count: number): KeyPosition => beside(count - 1, 'behind') ?? first,
      on: (nth: number): KeyPosition => beside(nth, 'on') ?? first,
    };
  }

  const late = () => new LedgerUnavailableError('The ledger did not answer a list in time.');
  return { account, origin: 'LEDGER', position: at, read, late } as const satisfies RefundSource;
}

const rowOf = (refund: Refund, order: Direction): SourceRow<ListedRefund> => ({
  key: sortKey(refund.createdAt.getTime(), order),
  matches: true,
  content: { kind: 'known', refund },
});

const keysetOf = (account: AccountKey, { side, time, id }: KeyGap): Keyset => ({
  createdAt: new Date(time),
  account,
  merchantRefundId: merchantRefundId(id),
  inclusive: side === 'ahead',
});
