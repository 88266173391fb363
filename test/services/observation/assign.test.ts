/**
 * Promise: under one number each merchant of an account has a refund of its own, whatever comes first and
 * however it is batched; the one that was begun here is the one that fits what was sent.
 */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { findNamesakes } from '../../../src/ledger/refund/number.ts';
import { findRefunds } from '../../../src/ledger/refund/refunds.ts';
import { accountKey, merchantRefundId, providerPaymentId, providerRefundId } from '../../../src/refunds/ids.ts';
import { exactId, exactly, idOfMerchant, isNamed, merchantOf, numberOf } from '../../../src/refunds/numbers.ts';
import type { RefundUpdate } from '../../../src/refunds/update.ts';
import { observe } from '../../../src/services/observation/observe.ts';
import { describeOnEachDatabase } from '../../support/database.ts';
import { refundUpdate } from '../../support/refund-update.ts';
import { scriptedProvider } from '../../support/scripted-provider.ts';
import { settlingOver } from '../../support/settling.ts';
import { later } from './observing.ts';

const ACCOUNT = { key: accountKey('shoutu'), provider: 'SHOUTU', retryFailed: false } as const;
const MERCHANTS = ['M1', 'M2', 'M3'] as const;
type Merchant = (typeof MERCHANTS)[number];
const minorUnits = { M1: 100n, M2: 700n, M3: 100n } as const;

const recordOf = (number: string, merchant: Merchant): RefundUpdate =>
  refundUpdate({
    provider: 'SHOUTU',
    merchantRefundId: merchantRefundId(number),
    providerRefundId: providerRefundId(`CH${merchant}${number}`),
    merchantPaymentId: null,
    providerPaymentId: providerPaymentId(`P${merchant}${number}`),
    amount: { minorUnits: minorUnits[merchant], currency: 'CNY' },
    status: 'SUCCEEDED',
    details: {
      provider: 'SHOUTU',
      merchantNo: merchant,
      merchantName: null,
      branchMerchantNo: null,
      appId: null,
      refundMode: null,
      businessId: null,
      extension: null,
    },
    raw: JSON.stringify({ number, merchant }),
  });

it('a text names a number or one refund exactly', () => {
  const [number, other] = [merchantRefundId('R1'), idOfMerchant('R1', 'M2')];
  expect([number, other, merchantRefundId('R2')].map((id) => isNamed(id, 'R1'))).toEqual([true, true, false]);
  expect([number, other].map((id) => isNamed(id, exactly(number)))).toEqual([true, false]);
  expect([number, other].map((id) => isNamed(id, exactly(other)))).toEqual([false, true]);
  expect([exactId('R1'), exactId(exactly(number)), exactId(other)]).toEqual([null, number, other]);
  expect([numberOf(number), numberOf(other)]).toEqual([number, number]);
  expect(isNamed(null, 'R1')).toBe(false);
});

describeOnEachDatabase('one number', (database) => {
  it('is a refund for each merchant, in any order and any batches', async () => {
    const shoutu = scriptedProvider('SHOUTU');
    const here = await settlingOver(await database.open(), [shoutu]);
    const { ledger } = here.parts;
    let run = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.boolean(),
        fc.array(fc.array(fc.constantFrom(...MERCHANTS), { minLength: 1, maxLength: 4 }), {
          minLength: 1,
          maxLength: 5,
        }),
        fc.boolean(),
        async (isOurs, batches, atOnce) => {
          run += 1;
          const number = `N${run}`;
          const ref = { account: ACCOUNT.key, merchantRefundId: merchantRefundId(number) };
          if (isOurs) {
            shoutu.script.push('lost-before');
            await here.make(shoutu, { merchantRefundId: number, providerPaymentId: `PM1${number}` });
          }
          const take = (batch: readonly Merchant[], nth: number) =>
            observe(
              ledger,
              ACCOUNT,
              batch.map((one) => recordOf(number, one)),
              {
                via: 'POLL',
                at: later(nth),
                queriedAt: later(nth),
              },
            );
          if (atOnce) await Promise.all(batches.map(take));
          else for (const [nth, batch] of batches.entries()) await take(batch, nth);
          const rows = [...(await findRefunds(ledger.db, [ref])), ...(await findNamesakes(ledger.db, [ref]))];
          const told = new Set(batches.flat());
          const seen = rows.filter(({ providerRefundId: id }) => id !== null);
          expect(seen.map(({ details }) => merchantOf(details)).toSorted()).toEqual([...told].toSorted());
          for (const row of seen) {
            const merchant = MERCHANTS.find((one) => one === merchantOf(row.details)) ?? expect.unreachable();
            expect(row).toMatchObject({
              providerRefundId: `CH${merchant}${number}`,
              amount: { minorUnits: minorUnits[merchant] },
              payment: { providerPaymentId: `P${merchant}${number}` },
              status: 'SUCCEEDED',
              attention: {},
            });
          }
          const ours = rows.filter(({ attempts }) => attempts > 0);
          expect(ours.map(({ merchantRefundId: id }) => id)).toEqual(isOurs ? [number] : []);
          if (isOurs) expect(merchantOf(ours[0]?.details ?? null)).toBe(told.has('M1') ? 'M1' : null);
        },
      ),
      { numRuns: database.kind === 'embedded' ? 30 : 60 },
    );
    await here.close();
  }, 60_000);
});
