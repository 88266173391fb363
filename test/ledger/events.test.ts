import { expect, it } from 'vitest';
import { findEvent, pageEvents } from '../../src/ledger/events.ts';
import { accountKey, merchantRefundId } from '../../src/refunds/ids.ts';
import { observe } from '../../src/services/observation/observe.ts';
import { describeOnEachDatabase } from '../support/database.ts';
import { refundUpdate } from '../support/refund-update.ts';

const ACCOUNT = { key: accountKey('chain'), provider: 'TIPAY', retryFailed: true } as const;
const [R1, R2] = [merchantRefundId('R1'), merchantRefundId('R2')];

describeOnEachDatabase('events of a refund', (database) => {
  it('are paged in the order in which they happened, from either end, and found by their number', async () => {
    const ledger = await database.open();
    for (const [index, reason] of ['a', 'b', 'c', 'd', 'e'].entries()) {
      const updates = [R1, R2].map((id) => refundUpdate({ merchantRefundId: id, reason }));
      await observe(ledger, ACCOUNT, updates, { via: 'QUERY', at: new Date(index), queriedAt: new Date(index) });
    }
    const ref = { account: ACCOUNT.key, merchantRefundId: R2 };
    const page = async (direction: 'ASC' | 'DESC', after: bigint | null, limit: number) =>
      pageEvents(ledger.db, ref, { direction, after, limit });
    const all = await page('ASC', null, 100);
    expect(all.map(({ snapshot }) => [snapshot.merchantRefundId, snapshot.reason])).toEqual([
      ['R2', 'a'],
      ['R2', 'b'],
      ['R2', 'c'],
      ['R2', 'd'],
      ['R2', 'e'],
    ]);
    expect(await page('ASC', all[1]?.number ?? null, 2)).toEqual(all.slice(2, 4));
    expect(await page('DESC', null, 2)).toEqual(all.toReversed().slice(0, 2));
    expect(await page('DESC', all[2]?.number ?? null, 100)).toEqual(all.slice(0, 2).toReversed());
    expect(await findEvent(ledger.db, all[3]?.number ?? 0n)).toEqual(all[3]);
    expect(await findEvent(ledger.db, 0n)).toBeNull();
    const transactions = all.map(({ transaction }) => transaction);
    expect(transactions).toEqual(transactions.toSorted((one, other) => (one < other ? -1 : 1)));
    expect(new Set(transactions).size).toBe(5);
  });
});
