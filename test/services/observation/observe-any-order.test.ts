/**
 * Promise: whatever is told, in whatever order and however often, a refund goes along the table, and null
 * erases nothing.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkInvariants } from '../../../src/ledger/invariants.ts';
import { findRefunds } from '../../../src/ledger/refund/refunds.ts';
import { accountKey, providerPaymentId, providerRefundId } from '../../../src/refunds/ids.ts';
import {
  isFinished,
  OBSERVED_VIA,
  REFUND_STATUSES,
  type Refund,
  type RefundStatus,
} from '../../../src/refunds/refund.ts';
import { judgeStatus, type StatusVerdict } from '../../../src/refunds/status.ts';
import { observe } from '../../../src/services/observation/observe.ts';
import { describeOnEachDatabase } from '../../support/database.ts';
import { refundUpdate } from '../../support/refund-update.ts';
import { ACCOUNT, T0, later, ref, eventsOf, holds } from './observing.ts';

describeOnEachDatabase('observe in any order', (database) => {
  describe('whatever is told, in whatever order and however often', { timeout: 60_000 }, () => {
    const CLOCKS_DIFFER_MS = 5_000;
    const word = fc.record({
      status: fc.constantFrom(...REFUND_STATUSES),
      via: fc.constantFrom(...OBSERVED_VIA),
      /** Milliseconds since the word before. */
      pauseMs: fc.constantFrom(2_000, 20_000),
      queriedBefore: fc.constantFrom(null, 1, 5_000),
      facts: fc.record({
        providerRefundId: fc.constantFrom(null, providerRefundId('U1')),
        providerPaymentId: fc.constantFrom(null, providerPaymentId('Q1')),
        feeRefunded: fc.constantFrom(null, { minorUnits: 5n, currency: 'CNY' }),
        reason: fc.constantFrom(null, 'too small', 'too large'),
        createdAt: fc.constantFrom(null, later(-10_000)),
      }),
    });

    it('ends in the status that the table gives, along a path of the table, and null erases nothing', async () => {
      const ledger = await database.open();
      let runs = 0;
      await fc.assert(
        fc.asyncProperty(fc.array(word, { minLength: 1, maxLength: 8 }), fc.boolean(), async (words, retryFailed) => {
          const account = { ...ACCOUNT, key: accountKey(`run${(runs += 1)}`), retryFailed };
          let expected: RefundStatus | null = null;
          let hasLeftFailed = false;
          let before: Refund | null = null;
          let knownSince = -Infinity;
          let at = 0;
          for (const { status, via, pauseMs, queriedBefore, facts } of words) {
            at += pauseMs;
            const isAnswer = (via === 'QUERY' || via === 'POLL') && queriedBefore !== null;
            // The old failure must not pass for the new one, although the clocks of two servers differ.
            const isOldPerhaps = hasLeftFailed && status === 'FAILED' && expected !== null && !isFinished(expected);
            const asked = at - (queriedBefore ?? 0) - (isOldPerhaps ? CLOCKS_DIFFER_MS : 0);
            const queriedAfter = !isAnswer || before === null ? null : asked > knownSince;
            const verdict: StatusVerdict = judgeStatus({
              stored: expected,
              incoming: status,
              via,
              queriedAfter,
              retryFailed,
              hasLeftFailed,
            });
            if (verdict.meaning === 'change') {
              hasLeftFailed ||= expected === 'FAILED';
              expected = status;
            }
            if (verdict.meaning === 'change' || verdict.meaning === 'same') knownSince = at;
            const context = {
              via,
              at: later(at),
              ...(queriedBefore === null ? {} : { queriedAt: later(at - queriedBefore) }),
            };
            const [observed] = await observe(ledger, account, [refundUpdate({ ...facts, status })], context);
            const after = observed?.refund;
            expect(after?.status).toBe(expected);
            if (before !== null) {
              for (const member of ['providerRefundId', 'feeRefunded', 'reason'] as const) {
                if (before[member] !== null) expect(after?.[member]).not.toBeNull();
              }
              if (before.payment.providerPaymentId !== null) expect(after?.payment.providerPaymentId).toBe('Q1');
            }
            before = after ?? null;
          }
          const stored = await findRefunds(ledger.db, [{ ...ref, account: account.key }]);
          expect(stored).toEqual([before]);
          const events = await eventsOf(ledger, { ...ref, account: account.key });
          expect(events.at(-1)?.status).toBe(expected);
        }),
        { numRuns: 40 },
      );
      expect(await checkInvariants(ledger.db)).toSatisfy(holds);
    });

    it('keeps one path when it is told all at once', async () => {
      const ledger = await database.open();
      const other = await database.another();
      let runs = 0;
      await fc.assert(
        fc.asyncProperty(fc.array(word, { minLength: 2, maxLength: 10 }), async (words) => {
          const account = { ...ACCOUNT, key: accountKey(`run${(runs += 1)}`) };
          await Promise.all(
            [...words, ...words].map(({ status, via, facts }, index) =>
              observe(index % 2 === 0 ? ledger : other, account, [refundUpdate({ ...facts, status })], { via, at: T0 }),
            ),
          );
        }),
        { numRuns: 15 },
      );
      expect(await checkInvariants(ledger.db)).toSatisfy(holds);
    });
  });
});
