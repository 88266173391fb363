/**
 * Promise: what is told of a refund becomes its row, its event and its record, and the same again writes
 * nothing.
 */
import type { KyselyPlugin } from 'kysely';
import { expect, it, vi } from 'vitest';
import { EVENTS_CHANNEL } from '../../../src/ledger/events.ts';
import { findRecords } from '../../../src/ledger/refund/records.ts';
import { findRefunds } from '../../../src/ledger/refund/refunds.ts';
import { merchantPaymentId, merchantRefundId, providerPaymentId, providerRefundId } from '../../../src/refunds/ids.ts';
import type { RefundUpdate } from '../../../src/refunds/update.ts';
import { OBSERVED_VIA, type RefundStatus } from '../../../src/refunds/refund.ts';
import { observe, observeIn } from '../../../src/services/observation/observe.ts';
import { describeOnEachDatabase } from '../../support/database.ts';
import { refundUpdate } from '../../support/refund-update.ts';
import { ACCOUNT, BLUE, T0, later, ref, eventsOf, versions } from './observing.ts';

describeOnEachDatabase('observe', (database) => {
  it('makes an unknown refund known, with everything that was told', async () => {
    const ledger = await database.open();
    const told = refundUpdate({
      providerRefundId: providerRefundId('U1'),
      providerPaymentId: providerPaymentId('Q1'),
      paymentAmount: { minorUnits: 5000n, currency: 'CNY' },
      feeRefunded: { minorUnits: 5n, currency: 'CNY' },
      reason: 'too \u0000 small',
      details: {
        provider: 'TIPAY',
        uniqueOrderNo: 'Q1',
        realRefundAmount: { minorUnits: 1290n, currency: 'CNY' },
        cashRefundAmount: null,
        fundingAccounts: [{ accountType: 'FUND', amount: { minorUnits: 1292n, currency: 'CNY' } }],
        channelReceiverInfo: { name: 'x\u0000', list: ['1.50', null, true] },
        actionNeeded: true,
      },
    });
    const [observed] = await observe(ledger, ACCOUNT, [told], { via: 'QUERY', at: T0 });
    expect(observed).toMatchObject({ change: 'DISCOVERED', queryAgain: false });
    const [stored] = await findRefunds(ledger.db, [ref]);
    expect(stored).toEqual({
      account: 'chain',
      provider: 'TIPAY',
      merchantRefundId: 'R1',
      providerRefundId: 'U1',
      payment: {
        merchantPaymentId: 'P1',
        providerPaymentId: 'Q1',
        amount: { minorUnits: 5000n, currency: 'CNY' },
      },
      paymentRow: { id: expect.any(String), claimed: null },
      amount: { minorUnits: 1292n, currency: 'CNY' },
      feeRefunded: { minorUnits: 5n, currency: 'CNY' },
      status: 'PROCESSING',
      providerStatus: 'PROCESSING',
      reason: 'too  small',
      failure: null,
      createdAt: later(-5_000),
      completedAt: null,
      observedAt: T0,
      details: {
        provider: 'TIPAY',
        uniqueOrderNo: 'Q1',
        realRefundAmount: { minorUnits: 1290n, currency: 'CNY' },
        cashRefundAmount: null,
        fundingAccounts: [{ accountType: 'FUND', amount: { minorUnits: 1292n, currency: 'CNY' } }],
        channelReceiverInfo: { name: 'x', list: ['1.50', null, true] },
        actionNeeded: true,
      },
      createdAtSource: 'PROVIDER',
      attention: { ACTION_NEEDED: T0 },
      version: 1,
      updatedAt: T0,
      attempts: 0,
    });
    expect(await eventsOf(ledger)).toMatchObject([
      {
        type: 'DISCOVERED',
        previousStatus: null,
        status: 'PROCESSING',
        via: 'QUERY',
        recordedAt: T0,
        snapshot: { providerRefundId: 'U1', amount: stored?.amount, attention: stored?.attention, version: 1 },
        changes: [],
        before: null,
        living: { refund: stored },
      },
    ]);
    const unknown = { ...ref, merchantRefundId: merchantRefundId('NOBODY') };
    const record = { raw: told.raw, via: 'QUERY', receivedAt: T0 };
    expect(await findRecords(ledger.db, [unknown, ref])).toEqual([null, record]);
  });

  it('writes nothing when the same update comes again, and at most one time a second', async () => {
    const ledger = await database.open();
    const page = ['R1', 'R2', 'R3'].map((id) => refundUpdate({ merchantRefundId: merchantRefundId(id) }));
    await observe(ledger, ACCOUNT, page, { via: 'POLL', at: T0 });
    const before = await versions(ledger);
    for (const via of OBSERVED_VIA) {
      const again = await observe(ledger, ACCOUNT, page, { via, at: later(999) });
      expect(again.map(({ change }) => change)).toEqual(['NONE', 'NONE', 'NONE']);
    }
    expect(await versions(ledger)).toEqual(before);

    const [observed] = await observe(ledger, ACCOUNT, page, { via: 'POLL', at: later(1_000) });
    expect(observed?.refund.observedAt).toEqual(later(1_000));
    const after = await versions(ledger);
    expect({ ...after, refunds: null }).toEqual({ ...before, refunds: null });
    expect((await findRefunds(ledger.db, [ref]))[0]?.observedAt).toEqual(later(1_000));
  });

  it('writes an event with what was and what is, in the order of the updates', async () => {
    const ledger = await database.open();
    await observe(ledger, ACCOUNT, [refundUpdate()], { via: 'MUTATION', at: T0 });
    const done = refundUpdate({
      status: 'SUCCEEDED',
      providerStatus: 'SUCCESS',
      completedAt: later(60_000),
      raw: '{"2":2}',
    });
    const [observed] = await observe(ledger, ACCOUNT, [done], { via: 'CALLBACK', at: later(61_000) });
    expect(observed).toMatchObject({ change: 'STATUS_CHANGED', queryAgain: false, refund: { status: 'SUCCEEDED' } });
    expect(await eventsOf(ledger)).toMatchObject([
      { type: 'DISCOVERED', status: 'PROCESSING' },
      {
        type: 'STATUS_CHANGED',
        previousStatus: 'PROCESSING',
        status: 'SUCCEEDED',
        via: 'CALLBACK',
        occurredAt: later(60_000),
        recordedAt: later(61_000),
        snapshot: { completedAt: later(60_000) },
        living: { refund: { observedAt: later(61_000) } },
      },
    ]);
    expect(await findRecords(ledger.db, [ref])).toMatchObject([{ raw: '{"2":2}', via: 'CALLBACK' }]);
  });

  it('takes several updates of one refund in one call, each after the one before', async () => {
    const ledger = await database.open();
    const observed = await observe(
      ledger,
      ACCOUNT,
      [
        refundUpdate(),
        refundUpdate({ status: 'SUCCEEDED' }),
        refundUpdate({ status: 'SUCCEEDED' }),
        refundUpdate({ status: 'PROCESSING' }),
      ],
      { via: 'POLL', at: T0 },
    );
    expect(observed.map(({ change }) => change)).toEqual(['DISCOVERED', 'STATUS_CHANGED', 'NONE', 'NONE']);
    expect((await eventsOf(ledger)).map(({ type }) => type)).toEqual(['DISCOVERED', 'STATUS_CHANGED']);
  });

  it('tells its listeners when, and only when, events are committed', async () => {
    const ledger = await database.open();
    let heard = 0;
    const stop = await ledger.listen(
      EVENTS_CHANNEL,
      () => (heard += 1),
      () => undefined,
    );
    const gaveUp = ledger.db.transaction().execute(async (tx) => {
      await observeIn(ledger, tx, ACCOUNT, [refundUpdate()], { via: 'POLL', at: T0 });
      throw new Error('given up');
    });
    await expect(gaveUp).rejects.toThrow('given up');
    await observe(ledger, ACCOUNT, [refundUpdate()], { via: 'POLL', at: T0 });
    await vi.waitFor(() => expect(heard).toBe(1));
    await observe(ledger, ACCOUNT, [refundUpdate()], { via: 'POLL', at: later(5_000) });
    await observe(ledger, ACCOUNT, [refundUpdate({ status: 'SUCCEEDED' })], { via: 'POLL', at: later(6_000) });
    await vi.waitFor(() => expect(heard).toBe(2));
    await stop();
  });

  it('takes a list page of 100 with a handful of statements', async () => {
    const ledger = await database.open();
    let statements = 0;
    const counting: KyselyPlugin = {
      transformQuery: ({ node }) => {
        statements += 1;
        return node;
      },
      transformResult: ({ result }) => Promise.resolve(result),
    };
    const counted = { ...ledger, db: ledger.db.withPlugin(counting) };
    const page = (status: RefundStatus): RefundUpdate[] =>
      Array.from({ length: 100 }, (_, index) =>
        refundUpdate({
          merchantRefundId: merchantRefundId(`L${index}`),
          merchantPaymentId: merchantPaymentId(`P${index}`),
          status,
          raw: `{"status":"${status}","id":${index}}`,
        }),
      );
    const cost = async (status: RefundStatus, ms: number): Promise<number> => {
      statements = 0;
      await observe(counted, ACCOUNT, page(status), { via: 'POLL', at: later(ms) });
      return statements;
    };
    expect({
      new: await cost('PROCESSING', 0),
      unchanged: await cost('PROCESSING', 500),
      touched: await cost('PROCESSING', 5_000),
      changed: await cost('SUCCEEDED', 6_000),
    }).toEqual({ new: 7, unchanged: 1, touched: 2, changed: 4 });
  });

  it('refuses an update of another provider', async () => {
    const ledger = await database.open();
    const wrong = observe(ledger, BLUE, [refundUpdate()], { via: 'POLL', at: T0 });
    await expect(wrong).rejects.toThrow('blue is not an account of TIPAY');
  });
});
