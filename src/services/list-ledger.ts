/** The ledger as a source: pages by key, so that rows that come and go never shift the others. */
import type { Ledger } from '../ledger/database.ts';
import { countRefunds, pageRefunds, type Keyset } from '../ledger/refunds.ts';
import type { LedgerGap, LedgerKey, LedgerPlace, SourcePlace } from '../refunds/cursor.ts';
import type { RefundConditions } from '../refunds/filter.ts';
import { merchantRefundId, type AccountKey } from '../refunds/ids.ts';
import { PagingError } from '../refunds/paging.ts';
import type { Toward } from '../refunds/place.ts';
import type { Refund } from '../refunds/refund.ts';
import { sortKey, type Direction, type ListSource, type ReadAsk, type Reading } from './list-source.ts';

export interface LedgerOf {
  readonly ledger: Ledger;
  readonly account: AccountKey;
  readonly direction: Direction;
  readonly conditions: RefundConditions;
  /** Of a copy of the provider's list: how old it is. */
  readonly asOf?: Date;
}

/** The source that answers from what this server knows of an account. */
export function ledgerSource(of: LedgerOf): ListSource<LedgerPlace> {
  const { account, asOf } = of;
  return {
    account,
    origin: 'LEDGER',
    read: (ask) => read(of, ask, ledgerPlaceOf(ask.place, ask.toward)),
    ...(asOf && { asOf }),
  };
}

const NOWHERE: LedgerGap = { ahead: null, behind: null };

/** The gap that a place means; null when nothing can lie beyond it. */
function gapOf(source: LedgerPlace, toward: Toward): LedgerGap | null {
  if (source.kind === 'ledger-row') {
    return toward === 'after' ? { ahead: source.on, behind: null } : { ahead: null, behind: source.on };
  }
  if (typeof source.place !== 'string') return source.place;
  return source.place === (toward === 'after' ? 'start' : 'end') ? NOWHERE : null;
}

function ledgerPlaceOf(source: SourcePlace, toward: Toward): LedgerPlace {
  switch (source.kind) {
    case 'ledger':
    case 'ledger-row':
      return source;
    case 'list':
    case 'list-row':
    case 'bridge':
      throw new PagingError(toward, `"${toward}" is a cursor of another list.`);
  }
}

async function read(
  { ledger, account, direction, conditions }: LedgerOf,
  ask: ReadAsk,
  place: LedgerPlace,
): Promise<Reading<LedgerPlace>> {
  const { toward, need } = ask;
  const gap = gapOf(place, toward);
  const total = ask.withTotal ? await countRefunds(ledger.db, { accounts: [account], conditions }) : null;
  if (gap === null) return reading([], NOWHERE, place, direction, toward, total, false);
  const outwards = toward === 'after' ? direction : direction === 'ASC' ? 'DESC' : 'ASC';
  const near = toward === 'after' ? gap.ahead : gap.behind;
  const far = toward === 'after' ? gap.behind : gap.ahead;
  const rows = await pageRefunds(ledger.db, {
    accounts: [account],
    conditions: near === null && far !== null ? from(far, outwards, conditions) : conditions,
    direction: outwards,
    after: near === null ? null : keyset(account, near),
    limit: need,
  });
  return reading(rows, gap, null, direction, toward, total, rows.length === need);
}

const keyset = (account: AccountKey, { time, id }: LedgerKey): Keyset => ({
  createdAt: new Date(time),
  account,
  merchantRefundId: merchantRefundId(id),
});

/** There was no row on the near side: everything from the far row's time on, that row included. */
function from({ time }: LedgerKey, outwards: Direction, conditions: RefundConditions): RefundConditions {
  const { createdFrom, createdBefore } = conditions;
  return outwards === 'ASC'
    ? { ...conditions, createdFrom: new Date(Math.max(time, createdFrom?.getTime() ?? time)) }
    : { ...conditions, createdBefore: new Date(Math.min(time + 1, createdBefore?.getTime() ?? time + 1)) };
}

const keyOf = ({ createdAt, merchantRefundId: id }: Refund): LedgerKey => ({ time: createdAt.getTime(), id });

function reading(
  rows: readonly Refund[],
  gap: LedgerGap,
  stay: LedgerPlace | null,
  direction: Direction,
  toward: Toward,
  total: number | null,
  more: boolean,
): Reading<LedgerPlace> {
  const near = toward === 'after' ? gap.ahead : gap.behind;
  const far = toward === 'after' ? gap.behind : gap.ahead;
  const at = (nth: number, otherwise: LedgerKey | null): LedgerKey | null => {
    const row = rows[nth];
    return row === undefined ? otherwise : keyOf(row);
  };
  return {
    rows: rows.map((refund) => ({
      key: sortKey(refund.createdAt.getTime(), direction),
      matches: true,
      content: { kind: 'known', refund },
    })),
    more,
    complete: true,
    askedAt: null,
    opposite: near !== null,
    total,
    placeBeyond: (count) => {
      if (stay !== null) return stay;
      const [passed, next] = [at(count - 1, near), at(count, count === 0 ? far : null)];
      const place = toward === 'after' ? { ahead: passed, behind: next } : { ahead: next, behind: passed };
      return { kind: 'ledger', place };
    },
    placeOn: (nth) => {
      const on = at(nth, null);
      if (on === null) throw new RangeError('A cursor stands on a row that was read.');
      return { kind: 'ledger-row', on };
    },
  };
}
