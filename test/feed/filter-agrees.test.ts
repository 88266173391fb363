/** Promise: the rule in memory and the rule in SQL let the same events through. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { openFeed } from '../../src/feed/feed.ts';
import { letsThrough } from '../../src/feed/filter.ts';
import { NO_CONDITIONS } from '../../src/refunds/filter.ts';
import { accountKey, merchantRefundId, providerPaymentId, providerRefundId } from '../../src/refunds/ids.ts';
import { REFUND_STATUSES } from '../../src/refunds/refund.ts';
import { observe } from '../../src/services/observation/observe.ts';
import { describeOnEachDatabase } from '../support/database.ts';
import { LEDGER_CONDITIONS, LOOKED_AT } from '../support/ledger-conditions.ts';
import { refundUpdate } from '../support/refund-update.ts';
import { UNHEARD } from '../support/unheard.ts';
import { wholeLog } from './writing.ts';

const T0 = Date.parse('2024-07-31T00:00:00Z');
const KEYS = ['library', 'blue'].map(accountKey);
const told = fc.record({
  account: fc.constantFrom(...KEYS),
  id: fc.constantFrom('R1', 'R12', 'aBc'),
  theirs: fc.constantFrom(null, 'aBcd', 'P1-9'),
  status: fc.constantFrom(...REFUND_STATUSES),
  undecided: fc.boolean(),
  seen: fc.integer({ min: 0, max: 4 }),
  paidAs: fc.constantFrom(null, null, 'C1'),
  ...LOOKED_AT,
});

describeOnEachDatabase('the filter of the feed', (database) => {
  it('says the same in memory and in SQL', { timeout: 60_000 }, async () => {
    let met = 0;
    let passedOver = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(told, { minLength: 1, maxLength: 12 }),
        fc.array(fc.record(LEDGER_CONDITIONS), { minLength: 8, maxLength: 8 }),
        async (updates, asked) => {
          const ledger = await database.open();
          for (const { account: key, id, theirs, amount, currency, undecided, seen, paidAs, ...rest } of updates) {
            const update = refundUpdate({
              ...rest,
              ...(undecided && { undecided }),
              merchantRefundId: merchantRefundId(id),
              ...(paidAs && { merchantPaymentId: null, providerPaymentId: providerPaymentId(paidAs) }),
              providerRefundId: theirs === null ? null : providerRefundId(theirs),
              amount: { minorUnits: amount, currency },
            });
            const account = { key, provider: 'TIPAY', retryFailed: true } as const;
            await observe(ledger, account, [update], { via: 'POLL', at: new Date(T0 + seen) });
          }
          const log = await wholeLog(ledger);
          const feed = openFeed(ledger, UNHEARD);
          try {
            for (const conditions of asked) {
              const filter = { accounts: KEYS, conditions: { ...NO_CONDITIONS, ...conditions } };
              const expected = log.filter((event) => letsThrough(filter, event)).map(({ number }) => number);
              const { events } = await feed.page(filter, null, 1_000);
              expect(events.map(({ number }) => number)).toEqual(expected);
              met += expected.length;
              passedOver += log.length - expected.length;
            }
          } finally {
            await feed.close();
          }
        },
      ),
      { numRuns: 15 },
    );
    expect([met > 20, passedOver > 20]).toEqual([true, true]);
  });
});
