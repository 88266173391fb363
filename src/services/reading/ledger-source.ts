/** The ledger as a source: pages by key, so that rows that come and go never shift the others. */
import { untilAborted } from '../../flow/abort.ts';
import type { Clock } from '../../flow/clock.ts';
import type { Ledger } from '../../ledger/database/database.ts';
import { LedgerUnavailableError } from '../../ledger/database/errors.ts';
import { countRefunds, hasRefundsWithoutTime, pageRows, type LedgerPart } from '../../ledger/refund/refunds.ts';
import { fingerprintOf, type KeyGap, type KeyPosition } from '../../paging/cursor.ts';
import type { ReadLimits } from '../../paging/source.ts';
import type { Direction, RefundConditions } from '../../refunds/filter.ts';
import { merchantRefundId, type AccountKey } from '../../refunds/ids.ts';
import { orderValue, type OrderField } from '../../refunds/list/order.ts';
import { latenessOf, sortKey, type ListedRefund, type RefundRows } from './source.ts';

export interface LedgerList {
  readonly ledger: Ledger;
  readonly clock: Clock;
  readonly account: AccountKey;
  readonly conditions: RefundConditions;
  /** The order of the walk. */
  readonly order: Direction;
  /** Left out: CREATED_AT. */
  readonly by?: OrderField;
  readonly withTotal: boolean;
  /** Left out: every refund. */
  readonly part?: LedgerPart;
  /** Of a copy of the provider's list: how old it is. */
  readonly asOf: Date | null;
}

/** Waits for a reading of the ledger. One that is late when the signal aborts is the ledger's failure. */
export async function inTime<T>(reading: Promise<T>, { signal }: ReadLimits): Promise<T> {
  try {
    return await untilAborted(reading, signal);
  } catch (error) {
    if (latenessOf(signal) === null) throw error;
    throw new LedgerUnavailableError('The ledger did not answer a list in time.');
  }
}

/** Reads what this server knows of an account, for as long as it takes. */
export async function readLedger(list: LedgerList, at: KeyPosition, need: number): Promise<RefundRows<KeyPosition>> {
  const { ledger, account, conditions, order, part, by = 'CREATED_AT' } = list;
  const asOf = list.asOf ?? list.clock();
  const asked = { accounts: [account], conditions, ...(part && { part }) };
  const total = list.withTotal ? await countRefunds(ledger.db, asked) : null;
  // Of unlisted ones nobody asks: they have the times that this server gave them.
  const isTimed = part !== 'UNLISTED' && (conditions.createdFrom ?? conditions.createdBefore) !== null;
  // Which side of a bound such a refund belongs to, nobody knows.
  const hasUntimed = isTimed && (await hasRefundsWithoutTime(ledger.db, account));
  const page = { ...asked, direction: order, by, after: keysetOf(account, at), limit: need };
  const rows = at === 'end' ? [] : (await pageRows(ledger.db, page)).map((row) => placed(row, by));
  const beside = (nth: number, side: KeyGap['side']): KeyPosition | undefined => {
    const row = rows[nth];
    return row && { kind: 'key', side, value: row.value, id: row.id };
  };
  // What comes in front of the first row later is not of this walk, but of one the other way.
  const first = typeof at === 'string' && at !== 'end' ? (beside(0, 'ahead') ?? 'empty') : at;
  return {
    account,
    origin: 'LEDGER',
    rows: rows.map(({ value, id, content }) => ({
      fingerprint: fingerprintOf(id),
      // Unlisted refunds stand among rows of a provider's list, and those have whole seconds.
      key: sortKey(part === 'UNLISTED' ? Math.floor(value / 1000) * 1000 : value, order),
      matches: content.kind === 'known',
      content,
    })),
    more: rows.length === need && at !== 'end',
    complete: !hasUntimed,
    opposite: typeof at !== 'string' && at.side !== 'ahead',
    total,
    queriedAt: null,
    asOf,
    failure: null,
    at: (count, side) => beside(count - 1, side) ?? first,
  };
}

/** A row with its place. One that can't be read back keeps it. */
function placed(row: Awaited<ReturnType<typeof pageRows>>[number], by: OrderField) {
  const { merchantRefundId: id, ...ordered } = row.kind === 'known' ? row.refund : row;
  const { createdAt } = ordered;
  const nothing = { providerRefundId: null, merchantPaymentId: null, providerPaymentId: null };
  const record = { ...nothing, merchantRefundId: id, createdAt, member: 'provider', raw: '' };
  const content: ListedRefund = row.kind === 'known' ? row : { kind: 'unreadable', record };
  return { value: orderValue(ordered, by), id, content };
}

const keysetOf = (account: AccountKey, at: KeyPosition) =>
  typeof at === 'string'
    ? null
    : {
        value: at.value,
        account,
        merchantRefundId: merchantRefundId(at.id),
        inclusive: at.side === 'ahead',
      };
