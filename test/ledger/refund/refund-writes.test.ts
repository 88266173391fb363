/** Promise: a confirmation of a refund undoes nothing that was written since. */
import { expect, it } from 'vitest';
import { readStored, touchRefunds } from '../../../src/ledger/refund/refund-writes.ts';
import { accountKey, merchantRefundId } from '../../../src/refunds/ids.ts';
import { observe } from '../../../src/services/observation/observe.ts';
import { describeOnEachDatabase } from '../../support/database.ts';
import { refundUpdate } from '../../support/refund-update.ts';

const ACCOUNT = { key: accountKey('chain'), provider: 'TIPAY', retryFailed: true } as const;
const T0 = new Date('2024-07-31T08:26:46.123Z');
const later = (ms: number): Date => new Date(T0.getTime() + ms);

describeOnEachDatabase('touchRefunds', (database) => {
  it('moves the time at which a refund was last seen forwards, and only forwards', async () => {
    const ledger = await database.open();
    await observe(ledger, ACCOUNT, [refundUpdate()], { via: 'POLL', at: T0 });
    const seen = async () => readStored(ledger.db, ACCOUNT.key, [merchantRefundId('R1')]);
    for (const [told, kept] of [
      [2_000, 2_000],
      [1_000, 2_000],
    ] as const) {
      await touchRefunds(ledger.db, await seen(), later(told));
      expect(await seen()).toMatchObject([{ refund: { observedAt: later(kept) } }]);
    }
  });

  it('leaves a refund alone that was changed since it was read', async () => {
    const ledger = await database.open();
    await observe(ledger, ACCOUNT, [refundUpdate()], { via: 'POLL', at: T0 });
    const seen = () => readStored(ledger.db, ACCOUNT.key, [merchantRefundId('R1')]);
    const read = await seen();
    await observe(ledger, ACCOUNT, [refundUpdate({ status: 'FAILED' })], { via: 'CALLBACK', at: later(10) });
    await touchRefunds(ledger.db, read, later(5_000));
    expect(await seen()).toMatchObject([{ refund: { status: 'FAILED', observedAt: later(10) } }]);
  });
});
