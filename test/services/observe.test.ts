import { expect, it } from 'vitest';
import type { Ledger } from '../../src/ledger/database.ts';
import { pageEvents } from '../../src/ledger/events.ts';
import { findRecord } from '../../src/ledger/records.ts';
import { findRefunds } from '../../src/ledger/refunds.ts';
import {
  accountKey,
  merchantPaymentId,
  merchantRefundId,
  providerPaymentId,
  providerRefundId,
} from '../../src/refunds/ids.ts';
import type { RefundNews } from '../../src/refunds/news.ts';
import { observe } from '../../src/services/observe.ts';
import { describeOnEachDatabase } from '../support/database.ts';

const ACCOUNT = { key: accountKey('chain'), provider: 'TIPAY', retryFailed: true } as const;
const T0 = new Date('2024-07-31T08:26:46.123Z');
const later = (ms: number): Date => new Date(T0.getTime() + ms);

const news = (rest: Partial<RefundNews> = {}): RefundNews => ({
  provider: 'TIPAY',
  merchantRefundId: merchantRefundId('R1'),
  providerRefundId: null,
  merchantPaymentId: merchantPaymentId('P1'),
  providerPaymentId: null,
  paymentAmount: null,
  amount: { minorUnits: 1292n, currency: 'CNY' },
  feeRefunded: null,
  status: 'PROCESSING',
  providerStatus: 'PROCESSING',
  reason: null,
  failure: null,
  createdAt: later(-5_000),
  completedAt: null,
  details: null,
  raw: '{"status":"PROCESSING"}',
  ...rest,
});

const ref = { account: ACCOUNT.key, merchantRefundId: merchantRefundId('R1') };
const eventsOf = async (ledger: Ledger, which = ref) =>
  pageEvents(ledger.db, which, { direction: 'ASC', after: null, limit: 100 });

describeOnEachDatabase('observe', (database) => {
  it('makes an unknown refund known, with everything that was told', async () => {
    const ledger = await database.open();
    const told = news({
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
      },
    });
    const [observed] = await observe(ledger, ACCOUNT, [told], { via: 'QUERY', at: T0 });
    expect(observed).toMatchObject({ change: 'DISCOVERED', askAgain: false });
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
      },
    });
    expect(await eventsOf(ledger)).toMatchObject([
      { type: 'DISCOVERED', previousStatus: null, status: 'PROCESSING', via: 'QUERY', recordedAt: T0, refund: stored },
    ]);
    expect(await findRecord(ledger.db, ref)).toEqual({ raw: told.raw, via: 'QUERY', receivedAt: T0 });
  });
});
