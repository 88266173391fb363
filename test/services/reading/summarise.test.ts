import fc from 'fast-check';
import { Temporal } from 'temporal-polyfill';
import { expect, it } from 'vitest';
import type { Ledger } from '../../../src/ledger/database/database.ts';
import { shownAttention } from '../../../src/refunds/attention.ts';
import { MAX_MINOR_UNITS } from '../../../src/refunds/money.ts';
import { meetsConditions, NO_CONDITIONS, type RefundConditions } from '../../../src/refunds/filter.ts';
import { accountKey, merchantPaymentId, merchantRefundId } from '../../../src/refunds/ids.ts';
import { REFUND_STATUSES, type Refund } from '../../../src/refunds/refund.ts';
import { observe } from '../../../src/services/observation/observe.ts';
import { summarise, SUMMARY_KEYS, type SummaryKey } from '../../../src/services/reading/summarise.ts';
import { describeOnEachDatabase } from '../../support/database.ts';
import { LEDGER_CONDITIONS } from '../../support/ledger-conditions.ts';
import { refundUpdate } from '../../support/refund-update.ts';
import { createModelAccount } from './list-model.ts';

/**
 * Zones with summer time, zones beside whole hours, and one given by its offset, which PostgreSQL reads with
 * the opposite sign.
 */
const ZONES = { library: 'Asia/Shanghai', york: 'America/New_York', lord: 'Australia/Lord_Howe', plus: '+08:00' };
const KEYS = Object.keys(ZONES).map(accountKey);
const ACCOUNTS = new Map(
  Object.entries(ZONES).map(([key, timeZone]) => {
    const { account } = createModelAccount(key, null, { maxPageSize: 1 });
    return [account.key, { ...account, provider: 'TIPAY' as const, timeZone }];
  }),
);

/** Around changes of clocks and of years, so that a wrong offset changes the day. */
const MOMENTS = ['2023-12-31T16:00:00Z', '2024-03-10T05:00:00Z', '2024-03-10T07:00:00Z', '2024-11-03T04:30:00Z'];
const row = fc.record({
  account: fc.constantFrom(...KEYS),
  moment: fc.constantFrom(...MOMENTS.map((text) => Date.parse(text))),
  later: fc.integer({ min: -7_200_000, max: 7_200_000 }),
  status: fc.constantFrom(...REFUND_STATUSES),
  currency: fc.constantFrom('CNY', 'THB'),
  minorUnits: fc.bigInt({ min: 0n, max: MAX_MINOR_UNITS }),
  fee: fc.option(fc.bigInt({ min: 0n, max: MAX_MINOR_UNITS })),
  ended: fc.option(fc.constantFrom(...MOMENTS.map((text) => Date.parse(text)))),
  undecided: fc.boolean(),
});
type Row = typeof row extends fc.Arbitrary<infer Value> ? Value : never;

const conditions: fc.Arbitrary<RefundConditions> = fc.record({
  ...LEDGER_CONDITIONS,
  merchantRefundId: fc.constantFrom(null, null, null, merchantRefundId('R0')),
  providerRefundId: fc.constant(null),
  merchantPaymentId: fc.constantFrom(null, null, null, merchantPaymentId('P1')),
  providerPaymentId: fc.constant(null),
  statuses: fc.option(fc.subarray([...REFUND_STATUSES])),
  needsAttention: fc.constantFrom(null, null, true, false),
  createdFrom: fc.option(fc.constantFrom(...MOMENTS.map((text) => new Date(text)))),
  createdBefore: fc.option(fc.constantFrom(...MOMENTS.map((text) => new Date(text)))),
});

async function fill(ledger: Ledger, rows: readonly Row[]): Promise<readonly Refund[]> {
  const filled: Refund[] = [];
  for (const [nth, one] of rows.entries()) {
    const { account, moment, later, status, currency, minorUnits, fee, ended, undecided } = one;
    const updates = refundUpdate({
      merchantRefundId: merchantRefundId(`R${nth}`),
      // A payment has one currency.
      merchantPaymentId: merchantPaymentId(currency === 'CNY' ? 'P1' : 'P2'),
      amount: { minorUnits, currency },
      status,
      createdAt: new Date(moment + later),
      feeRefunded: fee === null ? null : { minorUnits: fee, currency },
      completedAt: ended === null ? null : new Date(ended + later),
      ...(undecided && { undecided }),
      raw: null,
    });
    const observedAccount = { key: account, provider: 'TIPAY', retryFailed: true } as const;
    const [observed] = await observe(ledger, observedAccount, [updates], { via: 'POLL', at: new Date() });
    if (observed !== undefined) filled.push(observed.refund);
  }
  return filled;
}

/** The same in plain code. */
function summed(refunds: readonly Refund[], groupBy: readonly SummaryKey[]) {
  const groups = Map.groupBy(refunds, (refund) => {
    const zone = ACCOUNTS.get(refund.account)?.timeZone ?? '';
    const dayOf = (instant: Date | null) =>
      instant &&
      Temporal.Instant.fromEpochMilliseconds(instant.getTime()).toZonedDateTimeISO(zone).toPlainDate().toString();
    const byEnd = groupBy.includes('COMPLETED_DAY') ? dayOf(refund.completedAt) : null;
    return JSON.stringify({
      account: groupBy.includes('ACCOUNT') ? refund.account : null,
      provider: groupBy.includes('PROVIDER') ? refund.provider : null,
      status: groupBy.includes('STATUS') ? refund.status : null,
      attention: groupBy.includes('ATTENTION') ? (shownAttention(refund.attention)?.reason ?? null) : null,
      day: groupBy.includes('DAY') ? dayOf(refund.createdAt) : byEnd,
      currency: refund.amount.currency,
    });
  });
  return new Map(
    [...groups].map(([key, group]) => [
      key,
      {
        count: group.length,
        sum: group.reduce((sum, { amount }) => sum + amount.minorUnits, 0n),
        fees: group.reduce<bigint | null>(
          (sum, { feeRefunded }) => (feeRefunded === null ? sum : (sum ?? 0n) + feeRefunded.minorUnits),
          null,
        ),
      },
    ]),
  );
}

describeOnEachDatabase('a summary of refunds', (database) => {
  it(
    'counts and sums exactly what plain code does, by any keys, under any filter, in days of the account',
    { timeout: 120_000 },
    async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.array(row, { minLength: 1, maxLength: 25 }),
          fc.array(fc.tuple(conditions, fc.subarray(KEYS), fc.subarray([...SUMMARY_KEYS])), {
            maxLength: 8,
            size: 'max',
          }),
          async (rows, requests) => {
            const ledger = await database.open();
            const refunds = await fill(ledger, rows);
            for (const [asked, chosen, groupBy] of requests) {
              const answer = await summarise(
                { ledger, accounts: ACCOUNTS },
                { accounts: chosen, conditions: asked, groupBy },
              );
              const meant = refunds.filter(
                (refund) => chosen.includes(refund.account) && meetsConditions(refund, asked),
              );
              expect(answer).toHaveLength(summed(meant, groupBy).size);
              const got = answer.map(
                ({
                  account,
                  provider,
                  status,
                  attention,
                  day,
                  count,
                  amount: { currency, minorUnits: sum },
                  feeRefunded,
                }) =>
                  [
                    JSON.stringify({ account, provider, status, attention, day, currency }),
                    { count, sum, fees: feeRefunded?.minorUnits ?? null },
                  ] as const,
              );
              expect(new Map(got)).toEqual(summed(meant, groupBy));
            }
          },
        ),
        { numRuns: 15 },
      );
    },
  );

  it('sums beyond what the database counts in', async () => {
    const ledger = await database.open();
    const largest = {
      account: KEYS[0] ?? accountKey(''),
      moment: 0,
      later: 0,
      status: 'SUCCEEDED',
      currency: 'CNY',
    } as const;
    await fill(ledger, [
      { ...largest, minorUnits: MAX_MINOR_UNITS, fee: MAX_MINOR_UNITS, ended: null, undecided: false },
    ]);
    // As many of them as pass the largest bigint of PostgreSQL.
    await ledger.pool.query(`insert into refunds
      select gen_random_uuid(), account_key, provider, 'M' || nth, provider_refund_id, payment_id, amount_minor, fee_minor,
        currency, status, provider_status, reason, failure_code, failure_message, failure_retryable, created_at,
        created_at_is_ours, completed_at, observed_at, details, submitted_at, attempts, has_left_failed, revision
      from refunds, generate_series(1, 9999) as nth`);
    const request = { accounts: KEYS, conditions: NO_CONDITIONS, groupBy: ['DAY'] } as const;
    expect(await summarise({ ledger, accounts: ACCOUNTS }, request)).toEqual([
      {
        account: null,
        provider: null,
        status: null,
        attention: null,
        day: '1970-01-01',
        count: 10_000,
        amount: { minorUnits: 10_000n * MAX_MINOR_UNITS, currency: 'CNY' },
        feeRefunded: { minorUnits: 10_000n * MAX_MINOR_UNITS, currency: 'CNY' },
      },
    ]);
  });

  it('has no rows where nothing is asked for', async () => {
    const ledger = await database.open();
    await fill(ledger, fc.sample(row, { numRuns: 3, seed: 1 }));
    const deps = { ledger, accounts: ACCOUNTS };
    const none = { ...NO_CONDITIONS, statuses: [] };
    expect(await summarise(deps, { accounts: [], conditions: NO_CONDITIONS, groupBy: ['DAY'] })).toEqual([]);
    expect(await summarise(deps, { accounts: KEYS, conditions: none, groupBy: [] })).toEqual([]);
  });
});
