import fc from 'fast-check';
import { expect, it } from 'vitest';
import { inTransaction, type Ledger } from '../../../src/ledger/database/database.ts';
import { checkInvariants } from '../../../src/ledger/invariants.ts';
import {
  claimAmount,
  findPayment,
  findPaymentById,
  lockPayment,
  refundedMinor,
  refundsOfPayment,
} from '../../../src/ledger/payment/payments.ts';
import { accountKey, merchantPaymentId, merchantRefundId, providerPaymentId } from '../../../src/refunds/ids.ts';
import type { RefundUpdate } from '../../../src/refunds/update.ts';
import { REFUND_STATUSES } from '../../../src/refunds/refund.ts';
import { observe, observeIn } from '../../../src/services/observation/observe.ts';
import { describeOnEachDatabase } from '../../support/database.ts';
import { refundUpdate } from '../../support/refund-update.ts';

const AT = new Date('2024-07-31T08:26:46Z');
const ACCOUNT = { key: accountKey('chain'), provider: 'TIPAY', retryFailed: true } as const;

const PAYMENTS = [0, 1, 2].map((number) => ({
  merchantPaymentId: merchantPaymentId(`P${number}`),
  providerPaymentId: providerPaymentId(`Q${number}`),
  paymentAmount: { minorUnits: 100_000n + BigInt(number), currency: 'CNY' },
}));

/** An observation of one of six refunds, two of each payment. It names some of the payment's facts. */
const part = fc
  .record({ refund: fc.nat(5), names: fc.constantFrom('merchant', 'provider', 'both'), amount: fc.boolean() })
  .map(({ refund, names, amount }): RefundUpdate => {
    const payment = PAYMENTS[refund % 3];
    return refundUpdate({
      merchantRefundId: merchantRefundId(`R${refund}`),
      merchantPaymentId: names === 'provider' ? null : (payment?.merchantPaymentId ?? null),
      providerPaymentId: names === 'merchant' ? null : (payment?.providerPaymentId ?? null),
      paymentAmount: amount ? (payment?.paymentAmount ?? null) : null,
    });
  });

const tell = async (ledger: Ledger, updates: readonly RefundUpdate[]) =>
  observe(ledger, ACCOUNT, updates, { via: 'QUERY', at: AT });

describeOnEachDatabase('payments in the ledger', (database) => {
  it(
    'are one row each in the end, whatever named them first and however many tell at once',
    { timeout: 60_000 },
    async () => {
      const other = await database.another();
      await fc.assert(
        fc.asyncProperty(
          fc.array(fc.array(part, { minLength: 1, maxLength: 4 }), { maxLength: 8 }),
          async (batches) => {
            const ledger = await database.open();
            await Promise.all(batches.map((updates, index) => tell(index % 2 === 0 ? ledger : other, updates)));
            const early = await ledger.db.selectFrom('payments').selectAll().execute();
            // Every refund names its whole payment once, in the end.
            const whole = [0, 1, 2, 3, 4, 5].map((refund) =>
              refundUpdate({ ...PAYMENTS[refund % 3], merchantRefundId: merchantRefundId(`R${refund}`) }),
            );
            await tell(ledger, whole);
            const rows = await ledger.db.selectFrom('payments').selectAll().orderBy('merchant_payment_id').execute();
            expect(rows.map((row) => [row.merchant_payment_id, row.provider_payment_id, row.amount_minor])).toEqual(
              PAYMENTS.map((payment) => [
                payment.merchantPaymentId,
                payment.providerPaymentId,
                payment.paymentAmount.minorUnits,
              ]),
            );
            for (const [index, row] of rows.entries()) {
              const refunds = await refundsOfPayment(ledger.db, row.id);
              expect(refunds.map((refund) => refund.merchantRefundId)).toEqual([`R${index}`, `R${index + 3}`]);
            }
            // An id that was given out leads to the payment for ever.
            for (const one of early) {
              const found = await findPaymentById(ledger.db, ACCOUNT.key, one.id);
              const named = rows.find(
                (row) =>
                  (one.merchant_payment_id ?? row.merchant_payment_id) === row.merchant_payment_id &&
                  (one.provider_payment_id ?? row.provider_payment_id) === row.provider_payment_id,
              );
              expect(found?.id).toBe(named?.id);
            }
            expect((await checkInvariants(ledger.db)).flatMap(({ offenders }) => offenders)).toEqual([]);
          },
        ),
        { numRuns: 15 },
      );
    },
  );

  it('keep the older id, and what a caller said was paid, when two turn out to be one, however often', async () => {
    const ledger = await database.open();
    const [payment] = PAYMENTS;
    if (payment === undefined) throw new Error('no payment');
    const { merchantPaymentId: merchant, providerPaymentId: provider } = payment;
    const idOf = async (ids: {
      merchantPaymentId: typeof merchant | null;
      providerPaymentId: typeof provider | null;
    }) => (await findPayment(ledger.db, ACCOUNT.key, ids))?.id ?? '';
    await tell(ledger, [refundUpdate({ merchantRefundId: merchantRefundId('R0'), merchantPaymentId: merchant })]);
    const older = await idOf({ merchantPaymentId: merchant, providerPaymentId: null });
    const byTheirs = { merchantPaymentId: null, providerPaymentId: provider };
    await tell(ledger, [refundUpdate({ merchantRefundId: merchantRefundId('R1'), ...byTheirs })]);
    const younger = await idOf(byTheirs);
    const claimed = { minorUnits: 700n, currency: 'CNY' };
    await inTransaction(ledger, async (tx) => {
      const held = await lockPayment(tx, younger);
      if (held !== null) await claimAmount(tx, held, claimed);
    });
    await tell(ledger, [
      refundUpdate({
        merchantRefundId: merchantRefundId('R1'),
        merchantPaymentId: merchant,
        providerPaymentId: provider,
      }),
    ]);
    for (const id of [older, younger]) {
      expect(await findPaymentById(ledger.db, ACCOUNT.key, id)).toMatchObject({ id: older, claimed, currency: 'CNY' });
    }
    expect(await findPaymentById(ledger.db, accountKey('another'), older)).toBeNull();
  });

  it('stay two when what is told of them contradicts, and the refund goes with the id of its provider', async () => {
    const ledger = await database.open();
    const [known] = PAYMENTS;
    await tell(ledger, [refundUpdate({ ...known })]);
    const [observed] = await tell(ledger, [
      refundUpdate({ ...known, merchantRefundId: merchantRefundId('R2'), providerPaymentId: providerPaymentId('Q9') }),
    ]);
    expect(observed).toMatchObject({
      change: 'DISCOVERED',
      queryAgain: true,
      refund: { payment: { merchantPaymentId: null, providerPaymentId: 'Q9' } },
    });
    expect(await ledger.db.selectFrom('payments').selectAll().execute()).toHaveLength(2);
  });

  it('are not merged over different amounts', async () => {
    const ledger = await database.open();
    const amount = (minorUnits: bigint) => ({ minorUnits, currency: 'CNY' });
    const [r1, r2] = [merchantRefundId('R1'), merchantRefundId('R2')];
    const [p, q] = [merchantPaymentId('P'), providerPaymentId('Q')];
    await tell(ledger, [
      refundUpdate({ merchantRefundId: r1, merchantPaymentId: p, paymentAmount: amount(5000n) }),
      refundUpdate({
        merchantRefundId: r2,
        merchantPaymentId: null,
        providerPaymentId: q,
        paymentAmount: amount(6000n),
      }),
    ]);
    const both = refundUpdate({ merchantRefundId: r1, merchantPaymentId: p, providerPaymentId: q });
    expect(await tell(ledger, [both])).toMatchObject([{ change: 'CONFLICT_DETECTED' }]);
    expect(await ledger.db.selectFrom('payments').selectAll().execute()).toHaveLength(2);
  });

  it('are found by either id, and not by two that name different ones', async () => {
    const ledger = await database.open();
    const [one, two] = PAYMENTS;
    if (one === undefined || two === undefined) throw new Error('no payments');
    await tell(ledger, [
      refundUpdate({ ...one, merchantRefundId: merchantRefundId('R1') }),
      refundUpdate({ ...two, merchantRefundId: merchantRefundId('R2') }),
    ]);
    const find = async (merchant: string | null, provider: string | null) => {
      const found = await findPayment(ledger.db, ACCOUNT.key, {
        merchantPaymentId: merchant === null ? null : merchantPaymentId(merchant),
        providerPaymentId: provider === null ? null : providerPaymentId(provider),
      });
      return found?.facts.merchantPaymentId ?? null;
    };
    expect(await find('P0', null)).toBe('P0');
    expect(await find(null, 'Q1')).toBe('P1');
    expect(await find('P0', 'Q0')).toBe('P0');
    expect(await find('P0', 'Q1')).toBeNull();
    expect(await find('P0', 'Q9')).toBeNull();
    expect(await find('P9', null)).toBeNull();
    expect(await find(null, null)).toBeNull();
  });

  it('count what has not failed, under a lock that makes the sum hold', async () => {
    const ledger = await database.open();
    const [payment] = PAYMENTS;
    const updates = REFUND_STATUSES.map((status, index) =>
      refundUpdate({
        ...payment,
        merchantRefundId: merchantRefundId(status),
        amount: { minorUnits: 10n ** BigInt(index), currency: 'CNY' },
        status,
      }),
    );
    await tell(ledger, updates);
    const row = await ledger.db.selectFrom('payments').select('id').executeTakeFirstOrThrow();
    expect(await refundedMinor(ledger.db, row.id)).toBe(111n);

    // Twenty at once, each adding 1 only while the sum is below 115.
    const other = await database.another();
    await Promise.all(
      Array.from({ length: 20 }, (_, index) => {
        const one = index % 2 === 0 ? ledger : other;
        return one.db.transaction().execute(async (tx) => {
          await lockPayment(tx, row.id);
          if ((await refundedMinor(tx, row.id)) >= 115n) return;
          const added = refundUpdate({
            ...payment,
            merchantRefundId: merchantRefundId(`N${index}`),
            amount: { minorUnits: 1n, currency: 'CNY' },
          });
          await observeIn(one, tx, ACCOUNT, [added], { via: 'MUTATION', at: AT });
        });
      }),
    );
    expect(await refundedMinor(ledger.db, row.id)).toBe(115n);
  });
});
