/**
 * Promise: events of one refund are in the feed in the order in which they happened, whichever transactions
 * wrote them.
 */
import { expect, it } from 'vitest';
import { FEED_START } from '../../src/refunds/event-cursor.ts';
import { readLog } from '../../src/feed/log.ts';
import { inTransaction } from '../../src/ledger/database/database.ts';
import { accountKey, merchantRefundId } from '../../src/refunds/ids.ts';
import { observe, observeIn } from '../../src/services/observation/observe.ts';
import { describeOnEachDatabase } from '../support/database.ts';
import { refundUpdate } from '../support/refund-update.ts';

const ACCOUNT = { key: accountKey('chain'), provider: 'TIPAY', retryFailed: true } as const;
const [R1, R2] = [merchantRefundId('R1'), merchantRefundId('R2')];
const poll = (second: number) =>
  ({ via: 'POLL', at: new Date(second * 1_000), queriedAt: new Date(second * 1_000) }) as const;

describeOnEachDatabase('the feed', (database) => {
  // The embedded database has one connection: transactions do not overlap there.
  it.runIf(database.kind === 'postgres')(
    'keeps the order of a refund when an older transaction tells later',
    async () => {
      const ledger = await database.open();
      await observe(
        ledger,
        ACCOUNT,
        [R1, R2].map((id) => refundUpdate({ merchantRefundId: id, merchantPaymentId: null })),
        poll(1),
      );

      let attempts = 0;
      await inTransaction(ledger, async (older) => {
        attempts += 1;
        await observeIn(
          ledger,
          older,
          ACCOUNT,
          [refundUpdate({ merchantRefundId: R2, merchantPaymentId: null, reason: 'older' })],
          poll(2),
        );
        if (attempts === 1) {
          await observe(
            ledger,
            ACCOUNT,
            [refundUpdate({ merchantRefundId: R1, merchantPaymentId: null, reason: 'first' })],
            poll(3),
          );
        }
        await observeIn(
          ledger,
          older,
          ACCOUNT,
          [refundUpdate({ merchantRefundId: R1, merchantPaymentId: null, reason: 'second' })],
          poll(4),
        );
      });

      const { events } = await readLog(ledger.db, { filter: null, after: FEED_START, limit: 100 });
      const told = events
        .filter(({ snapshot }) => snapshot.merchantRefundId === R1)
        .map(({ snapshot }) => snapshot.reason);
      expect(told).toEqual([null, 'first', 'second']);
      expect(attempts).toBe(2);
    },
  );
});
