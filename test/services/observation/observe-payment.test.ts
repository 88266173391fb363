/**
 * Promise: what is known of a refund's payment is kept with every event. Wrong facts of a payment spoil
 * nothing else.
 */
import { expect, it } from 'vitest';
import { inTransaction } from '../../../src/ledger/database/database.ts';
import { findPayment, refundsOfPayment } from '../../../src/ledger/payment/payments.ts';
import { merchantPaymentId, merchantRefundId, providerPaymentId } from '../../../src/refunds/ids.ts';
import type { RefundUpdate } from '../../../src/refunds/update.ts';
import { OBSERVED_VIA } from '../../../src/refunds/refund.ts';
import { observe, observeIn } from '../../../src/services/observation/observe.ts';
import { describeOnEachDatabase, waitingForLocks } from '../../support/database.ts';
import { refundUpdate } from '../../support/refund-update.ts';
import { until } from '../../support/until.ts';
import { ACCOUNT, eventsOf, later, T0 } from './observing.ts';

describeOnEachDatabase('the payment of a refund', (database) => {
  it.each(OBSERVED_VIA)(
    'of which nothing was paid, told by %s, spoils no batch, and its true amount is taken',
    async (via) => {
      const ledger = await database.open();
      const nothing = {
        merchantRefundId: merchantRefundId('R2'),
        merchantPaymentId: merchantPaymentId('P2'),
        paymentAmount: { minorUnits: 0n, currency: 'CNY' },
      };
      const tell = (updates: RefundUpdate, ms: number) =>
        observe(ledger, ACCOUNT, [refundUpdate(), updates], { via, at: later(ms) });
      expect(await tell(refundUpdate(nothing), 0)).toMatchObject([
        { change: 'DISCOVERED' },
        { change: 'DISCOVERED', refund: { payment: { merchantPaymentId: 'P2', amount: null } } },
      ]);
      const paymentAmount = { minorUnits: 5000n, currency: 'CNY' };
      expect((await tell(refundUpdate({ ...nothing, paymentAmount }), 1))[1]).toMatchObject({
        refund: { payment: { amount: paymentAmount } },
      });
      // Told without it again it contradicts nothing.
      expect((await tell(refundUpdate({ ...nothing, status: 'SUCCEEDED' }), 2))[1]).toMatchObject({
        contradicts: [],
        refund: { status: 'SUCCEEDED', payment: { amount: paymentAmount } },
      });
    },
  );

  it.runIf(database.kind === 'postgres').each([
    ['learned its other id', { merchantPaymentId: merchantPaymentId('P1') }],
    ['learned that there is one', { merchantPaymentId: null }],
  ])('is whole in an event that waited while somebody else %s', async (_name, known) => {
    const ledger = await database.open();
    await observe(ledger, ACCOUNT, [refundUpdate(known)], { via: 'MUTATION', at: T0 });
    const [written, on] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const first = inTransaction(ledger, async (tx) => {
      const more = refundUpdate({ ...known, providerPaymentId: providerPaymentId('Q1') });
      await observeIn(ledger, tx, ACCOUNT, [more], { via: 'QUERY', at: later(10), queriedAt: later(5) });
      written.resolve();
      await on.promise;
    });
    await written.promise;
    const done = refundUpdate({ ...known, status: 'SUCCEEDED', raw: '{"status":"SUCCESS"}' });
    const second = observe(ledger, ACCOUNT, [done], { via: 'CALLBACK', at: later(20) });
    await until(async () => (await waitingForLocks(ledger)) === 1);
    on.resolve();
    await first;
    const payment = { ...known, providerPaymentId: 'Q1' };
    expect(await second).toMatchObject([{ change: 'STATUS_CHANGED', refund: { payment } }]);
    // What the first told about the payment is a change of its own event, not of the one that waited.
    expect((await eventsOf(ledger)).slice(-2)).toMatchObject([
      { status: 'PROCESSING', changes: ['payment'] },
      { status: 'SUCCEEDED', living: { refund: { payment } }, changes: ['status', 'pendingReason'] },
    ]);
  });

  it('finds out that two payments are one, and both refunds are of it', async () => {
    const ledger = await database.open();
    const [p, q] = [merchantPaymentId('P1'), providerPaymentId('Q1')];
    const one = refundUpdate({ merchantPaymentId: p });
    const two = { merchantRefundId: merchantRefundId('R2'), providerPaymentId: q };
    await observe(ledger, ACCOUNT, [one, refundUpdate({ ...two, merchantPaymentId: null })], { via: 'QUERY', at: T0 });
    expect(await ledger.db.selectFrom('payments').selectAll().execute()).toHaveLength(2);
    const amount = { minorUnits: 9000n, currency: 'CNY' };
    const told = refundUpdate({ ...two, merchantPaymentId: p, paymentAmount: amount });
    const [observed] = await observe(ledger, ACCOUNT, [told], { via: 'CALLBACK', at: later(1) });
    const facts = { merchantPaymentId: p, providerPaymentId: q, amount };
    expect(observed).toMatchObject({ change: 'DETAILS_CHANGED', refund: { payment: facts } });
    const payment = await findPayment(ledger.db, ACCOUNT.key, facts);
    expect(payment?.facts).toEqual(facts);
    const refunds = await refundsOfPayment(ledger.db, payment?.id ?? '');
    expect(refunds.map(({ merchantRefundId: id, payment }) => [id, payment])).toEqual([
      ['R1', facts],
      ['R2', facts],
    ]);
    expect(await ledger.db.selectFrom('payments').selectAll().execute()).toHaveLength(1);
  });
});
