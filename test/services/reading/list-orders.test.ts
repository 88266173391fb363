/**
 * Promise: in every order, walked either way by cursors, a list has each refund once and at its place; what
 * changes meanwhile moves nothing else out of it.
 */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createSingleFlight } from '../../../src/flow/single-flight.ts';
import type { Ledger } from '../../../src/ledger/database/database.ts';
import { findRefunds } from '../../../src/ledger/refund/refunds.ts';
import { NO_CONDITIONS } from '../../../src/refunds/filter.ts';
import { accountKey, merchantRefundId } from '../../../src/refunds/ids.ts';
import { CURRENCIES_WITHOUT_CENTS, formatMoney } from '../../../src/refunds/money.ts';
import { ORDER_FIELDS, orderValue } from '../../../src/refunds/list/order.ts';
import type { Refund } from '../../../src/refunds/refund.ts';
import { observe } from '../../../src/services/observation/observe.ts';
import { listRefunds, type ListRequest } from '../../../src/services/reading/list.ts';
import type { QueriedPage } from '../../../src/services/reading/provider-pages.ts';
import { describeOnEachDatabase } from '../../support/database.ts';
import { refundUpdate } from '../../support/refund-update.ts';
import { createModelAccount } from './list-model.ts';

const T0 = Date.parse('2024-07-31T00:00:00Z');
const KEYS = ['blue', 'chain', 'library'].map(accountKey);
const ACCOUNTS = KEYS.map((key) => createModelAccount(key, null, { maxPageSize: 1 }).account);

/** Few values of each, so that most refunds share theirs with others. */
const row = fc.record({
  account: fc.constantFrom(...KEYS),
  made: fc.integer({ min: 0, max: 3 }),
  ended: fc.constantFrom(null, null, 0, 1, 2),
  changed: fc.integer({ min: 0, max: 3 }),
  amount: fc.constantFrom(
    ...[99n, 100n, 1_250n].flatMap((minorUnits) => [
      { minorUnits, currency: 'CNY' },
      { minorUnits, currency: 'JPY' },
      { minorUnits: minorUnits * 10n, currency: 'KWD' },
    ]),
  ),
});
type Row = typeof row extends fc.Arbitrary<infer Value> ? Value : never;

/** In bytes another order than by number. */
const idOf = (nth: number): string => (nth % 2 === 0 ? `R${nth}` : `Rb${nth}`);

const tell = (ledger: Ledger, { account: key, made, ended, changed, amount }: Row, id: string) =>
  observe(
    ledger,
    { key, provider: 'TIPAY', retryFailed: true },
    [
      refundUpdate({
        merchantRefundId: merchantRefundId(id),
        createdAt: new Date(T0 + made),
        completedAt: ended === null ? null : new Date(T0 + ended),
        status: ended === null ? 'PROCESSING' : 'SUCCEEDED',
        amount,
      }),
    ],
    { via: 'POLL', at: new Date(T0 + changed) },
  );

describeOnEachDatabase('lists in an order', (database) => {
  const listOf = (ledger: Ledger) => {
    const deps = {
      ledger,
      queue: { expedite: () => Promise.resolve() },
      accounts: ACCOUNTS,
      pages: createSingleFlight<QueriedPage>(),
      clock: () => new Date(T0),
      deadlineMs: () => 30_000,
    };
    return (ask: Pick<ListRequest, 'by' | 'direction' | 'window'>) =>
      listRefunds(
        deps,
        { ...ask, accounts: KEYS, conditions: NO_CONDITIONS, read: 'AUTO' },
        new AbortController().signal,
      );
  };

  it('each refund once, at its place, forwards and backwards', { timeout: 120_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(row, { minLength: 1, maxLength: 30 }),
        fc.constantFrom('ASC', 'DESC'),
        fc.integer({ min: 1, max: 8 }),
        fc.array(fc.nat(29), { maxLength: 4 }),
        async (rows, direction, limit, touched) => {
          const ledger = await database.open();
          for (const [nth, one] of rows.entries()) await tell(ledger, one, idOf(nth));
          const list = listOf(ledger);
          for (const by of ORDER_FIELDS) {
            const refs = rows.map(({ account }, nth) => ({
              account,
              merchantRefundId: merchantRefundId(idOf(nth)),
            }));
            const expected = inOrder(await findRefunds(ledger.db, refs), by, direction);
            for (const toward of ['after', 'before'] as const) {
              const seen: Refund[] = [];
              for (let from: string | null = null; ;) {
                const page = await list({ by, direction, window: { toward, limit, from } });
                const refunds = page.edges.map(({ refund }) => refund);
                if (toward === 'after') seen.push(...refunds);
                else seen.unshift(...refunds);
                expect(page.totalCount).toBe(rows.length);
                if (!(toward === 'after' ? page.hasNextPage : page.hasPreviousPage)) break;
                from = toward === 'after' ? page.endCursor : page.startCursor;
              }
              expect(seen).toEqual(expected);
            }
          }
          // By the last change, while some change: all others stay where they are.
          const moving = new Set(touched.filter((nth) => nth < rows.length));
          const still: string[] = [];
          const nthOf = ({ merchantRefundId: id }: Refund) => Number(id.replace(/^Rb?/, ''));
          let from: string | null = null;
          for (const nth of [...moving, ...Array.from({ length: 40 }, () => null)]) {
            const page = await list({ by: 'UPDATED_AT', direction, window: { toward: 'after', limit, from } });
            still.push(
              ...page.edges.flatMap(({ refund }) => (moving.has(nthOf(refund)) ? [] : [refund.merchantRefundId])),
            );
            if (!page.hasNextPage) break;
            from = page.endCursor;
            const one = nth === null ? undefined : rows[nth];
            if (one !== undefined && nth !== null) {
              await tell(ledger, { ...one, changed: 5, ended: 2 }, idOf(nth));
            }
          }
          const lasting = rows.flatMap((_, nth) => (moving.has(nth) ? [] : [idOf(nth)]));
          expect(still.toSorted()).toEqual(lasting.toSorted());
        },
      ),
      { numRuns: 12 },
    );
  });

  it('amounts are the same decimals in the program and in the database', async () => {
    const ledger = await database.open();
    for (const currency of ['CNY', ...Object.keys(CURRENCIES_WITHOUT_CENTS)]) {
      for (const minorUnits of [0n, 1n, 12_345n, 10n ** 15n - 1n, 10n ** 15n]) {
        const { rows } = await ledger.pool.query<{ decimal: string }>(
          'select refund_decimal($1::bigint, $2)::text as decimal',
          [minorUnits.toString(), currency],
        );
        expect(rows).toEqual([{ decimal: formatMoney({ minorUnits, currency }) }]);
      }
    }
  });
});

function inOrder(refunds: readonly Refund[], by: (typeof ORDER_FIELDS)[number], direction: 'ASC' | 'DESC') {
  const bytes = (one: string, other: string) => Buffer.compare(Buffer.from(one), Buffer.from(other));
  const compare = (one: Refund, other: Refund): number =>
    // Two that have not ended are equal, and their difference is not a number.
    orderValue(one, by) - orderValue(other, by) ||
    bytes(one.account, other.account) ||
    bytes(one.merchantRefundId, other.merchantRefundId);
  return refunds.toSorted((one, other) => (direction === 'ASC' ? compare(one, other) : compare(other, one)));
}
