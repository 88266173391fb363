import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { openBook } from '../../../src/sandbox/book.ts';
import { isEnd, PROVIDERS, STATUSES } from '../../../src/sandbox/model.ts';
import { SIMULATED } from '../../../src/sandbox/providers.ts';
import { seedRows } from '../../../src/sandbox/seed/seed.ts';

const START = Date.parse('2025-06-01T00:00:00Z');
const DAY = 86_400_000;
const rows = seedRows({ seed: 1, startedAt: START });
const book = openBook(rows);

describe('The seed', () => {
  test('is the same for the same seed, and another for another', () => {
    expect(seedRows({ seed: 1, startedAt: START })).toEqual(rows);
    expect(seedRows({ seed: 2, startedAt: START })).not.toEqual(rows);
  });

  test('has the same ids on another day, all of them that much later', () => {
    const later = seedRows({ seed: 1, startedAt: START + DAY });
    expect(later.refunds.map(({ createdAt }) => createdAt - DAY)).toEqual(
      rows.refunds.map(({ createdAt }) => createdAt),
    );
    expect(later.refunds.map(({ providerRefundId }) => providerRefundId)).toEqual(
      rows.refunds.map(({ providerRefundId }) => providerRefundId),
    );
  });

  test('has as many refunds of each provider as it names, in every status that the provider has', () => {
    expect(PROVIDERS.map((name) => book.refunds(name).length)).toEqual(
      PROVIDERS.map((name) => SIMULATED[name].seed.count),
    );
    for (const name of PROVIDERS) {
      const seen = new Set(book.refunds(name).map(({ status }) => status));
      expect(seen).toEqual(
        new Set(STATUSES.filter((status) => SIMULATED[name].firstStatus === 'PENDING' || status !== 'PENDING')),
      );
    }
    expect(new Set(book.refunds('TIPAY').map(({ word }) => word))).toEqual(
      new Set([null, 'SUSPEND', 'REJECT', 'REJECTIVE']),
    );
  });

  test('spans the last 90 days', () => {
    const ages = rows.refunds.map(({ createdAt }) => (START - createdAt) / DAY);
    expect(Math.max(...ages)).toBeLessThanOrEqual(90);
    expect(Math.max(...ages)).toBeGreaterThan(80);
    expect(Math.min(...ages)).toBeGreaterThan(0);
  });

  test('has a BluePay payment with ten refunds, and Chinese and Thai reasons', () => {
    const counts = rows.payments
      .filter(({ provider }) => provider === 'BLUEPAY')
      .map((each) => book.refundsOf(each).length);
    expect(Math.max(...counts)).toBe(10);
    expect(book.refunds('SHOUTU').some(({ reason }) => /\p{Script=Han}/u.test(reason))).toBe(true);
    expect(book.refunds('BLUEPAY').some(({ reason }) => /\p{Script=Thai}/u.test(reason))).toBe(true);
  });

  test('keeps the rules of its providers, for any seed', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1_000_000 }), fc.integer({ min: 0, max: 60 }), (seed, count) => {
        const other = openBook(seedRows({ seed, startedAt: START, perProvider: count }));
        for (const name of PROVIDERS) {
          expect(other.refunds(name)).toHaveLength(count);
          for (const refund of other.refunds(name)) {
            const payment = other.paymentOf(refund);
            expect(other.left(payment)).toBeGreaterThanOrEqual(0n);
            expect(refund.amount).toBeGreaterThan(0n);
            expect(refund.createdAt).toBeLessThan(START);
            expect(refund.createdAt - (payment.paidAt ?? 0)).toBeLessThan(60 * DAY);
            expect(refund.completedAt === null).toBe(!isEnd(refund.status));
            expect(refund.completedAt ?? 0).toBeLessThanOrEqual(START);
            const open = other.refundsOf(payment).filter(({ status }) => !isEnd(status));
            expect(open.length).toBeLessThanOrEqual(1);
            expect(refund.merchantRefundId).toMatch(/^[A-Za-z0-9]{1,32}$/);
            expect(refund.providerRefundId.length).toBeLessThanOrEqual(32);
          }
        }
        const ids = PROVIDERS.flatMap((name) => other.refunds(name)).map(
          (each) => each.provider + each.providerRefundId,
        );
        expect(new Set(ids).size).toBe(ids.length);
      }),
      { numRuns: 30 },
    );
  });
});
