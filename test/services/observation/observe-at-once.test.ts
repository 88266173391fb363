/**
 * Promise: twenty who discover one refund make one row and one event, and batches in any order never
 * deadlock.
 */
import { expect, it } from 'vitest';
import { checkInvariants } from '../../../src/ledger/invariants.ts';
import { merchantPaymentId, merchantRefundId, providerPaymentId } from '../../../src/refunds/ids.ts';
import type { RefundUpdate } from '../../../src/refunds/update.ts';
import { observe, observeIn } from '../../../src/services/observation/observe.ts';
import { describeOnEachDatabase } from '../../support/database.ts';
import { refundUpdate } from '../../support/refund-update.ts';
import { ACCOUNT, T0, holds } from './observing.ts';

describeOnEachDatabase('observe at once', (database) => {
  it('is one row and one event when twenty discover the same refund at once', async () => {
    const ledger = await database.open();
    const other = await database.another();
    for (let round = 0; round < 10; round += 1) {
      const told = refundUpdate({ merchantRefundId: merchantRefundId(`D${round}`), status: 'SUCCEEDED' });
      const results = await Promise.all(
        Array.from({ length: 20 }, (_, index) =>
          observe(index % 2 === 0 ? ledger : other, ACCOUNT, [told], { via: 'CALLBACK', at: T0 }),
        ),
      );
      expect(results.flat().filter(({ change }) => change === 'DISCOVERED')).toHaveLength(1);
    }
    const counted = (table: 'refunds' | 'refund_events' | 'payments') =>
      ledger.db
        .selectFrom(table)
        .select(({ fn }) => fn.countAll<bigint>().as('rows'))
        .executeTakeFirst();
    expect(await counted('refunds')).toEqual({ rows: 10n });
    expect(await counted('refund_events')).toEqual({ rows: 10n });
    expect(await counted('payments')).toEqual({ rows: 1n });
  });

  it.each([
    ['with their payments', (id: string) => merchantPaymentId(`P${id}`)],
    ['without payments, whose locks would put them in order too', () => null],
  ])('never lets batches wait for each other in a circle, %s', async (_, paymentOf) => {
    const ledger = await database.open();
    const other = await database.another();
    for (const round of [1, 2, 3]) {
      const ids = Array.from({ length: 100 }, (_, index) => `B${round}${String(index).padStart(3, '0')}`);
      const orders = [
        ids,
        ids.toReversed(),
        ids.toSorted((a, b) => a.slice(-1).localeCompare(b.slice(-1))),
        ids.toSorted((a, b) => b.slice(-1).localeCompare(a.slice(-1))),
      ];
      for (const status of ['PENDING', 'SUCCEEDED'] as const) {
        const batchOf = (order: readonly string[]): RefundUpdate[] =>
          order.map((id) => {
            const payment = paymentOf(id);
            return refundUpdate({
              merchantRefundId: merchantRefundId(id),
              merchantPaymentId: payment,
              providerPaymentId:
                payment === null || status === 'PENDING' ? null : providerPaymentId(payment.replace('P', 'Q')),
              status,
            });
          });
        const results = await Promise.all(
          orders.flatMap((order) =>
            // Without the retry of `observe`, so that a deadlock would be seen.
            [ledger, other].map((one) =>
              one.db
                .transaction()
                .execute((tx) => observeIn(one, tx, ACCOUNT, batchOf(order), { via: 'POLL', at: T0 })),
            ),
          ),
        );
        expect(results.flat().filter(({ change }) => change !== 'NONE')).toHaveLength(100);
      }
    }
    expect(await checkInvariants(ledger.db)).toSatisfy(holds);
  });
});
