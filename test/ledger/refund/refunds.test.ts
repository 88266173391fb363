import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Ledger } from '../../../src/ledger/database/database.ts';
import { countRefunds, findByLookup, findRefunds, lockRefund } from '../../../src/ledger/refund/refunds.ts';
import type { Keyset } from '../../../src/ledger/refund/order.ts';
import { meetsConditions, NO_CONDITIONS, type RefundConditions } from '../../../src/refunds/filter.ts';
import {
  accountKey,
  merchantPaymentId,
  merchantRefundId,
  providerPaymentId,
  providerRefundId,
  type AccountKey,
} from '../../../src/refunds/ids.ts';
import type { RefundLookup } from '../../../src/refunds/observation.ts';
import { ORDER_FIELDS, orderValue, type OrderField } from '../../../src/refunds/list/order.ts';
import { REFUND_STATUSES, type Refund } from '../../../src/refunds/refund.ts';
import { observe } from '../../../src/services/observation/observe.ts';
import { describeOnEachDatabase } from '../../support/database.ts';
import { LEDGER_CONDITIONS, LOOKED_AT } from '../../support/ledger-conditions.ts';
import { refundUpdate } from '../../support/refund-update.ts';
import { pageRefunds } from '../../support/refund-page.ts';

const T0 = new Date('2024-07-31T00:00:00.000Z').getTime();
const KEYS = ['library', 'blue', 'Zoo', 'a b'].map(accountKey);

/** Few instants and short ids that differ in case and length, so that ties and the order of bytes matter. */
const row = fc.record({
  account: fc.constantFrom(...KEYS),
  id: fc.string({ unit: fc.constantFrom('a', 'B', 'c', '0', '9'), minLength: 1, maxLength: 3 }),
  at: fc.integer({ min: 0, max: 5 }),
  seen: fc.integer({ min: 0, max: 3 }),
  status: fc.constantFrom(...REFUND_STATUSES),
  payment: fc.constantFrom('P1', 'P2', null),
  ...LOOKED_AT,
});

const bytes = (one: string, other: string): number => Buffer.compare(Buffer.from(one), Buffer.from(other));
/** Two that have not ended are equal, and their difference is not a number. */
const inOrder =
  (by: OrderField) =>
  (one: Refund, other: Refund): number =>
    orderValue(one, by) - orderValue(other, by) ||
    bytes(one.account, other.account) ||
    bytes(one.merchantRefundId, other.merchantRefundId);

const keysetOf = (refund: Refund, by: OrderField): Keyset => ({
  value: orderValue(refund, by),
  account: refund.account,
  merchantRefundId: refund.merchantRefundId,
});

/** Walks the whole list page by page. */
async function walk(
  ledger: Ledger,
  accounts: readonly AccountKey[],
  conditions: RefundConditions,
  { by, direction }: { readonly by: OrderField; readonly direction: 'ASC' | 'DESC' },
  limit: number,
): Promise<readonly Refund[]> {
  const seen: Refund[] = [];
  for (let after: Keyset | null = null; ;) {
    const page: readonly Refund[] = await pageRefunds(ledger.db, { accounts, conditions, direction, by, after, limit });
    seen.push(...page);
    const last = page.at(-1);
    if (last === undefined || page.length < limit) return seen;
    after = keysetOf(last, by);
  }
}

describeOnEachDatabase('refunds in the ledger', (database) => {
  it(
    'pages see each row exactly once, in order, in both directions and under every condition',
    { timeout: 60_000 },
    async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.uniqueArray(row, { selector: ({ account, id }) => `${account}/${id}`, maxLength: 40 }),
          fc.record({
            accounts: fc.array(fc.constantFrom(...KEYS), { maxLength: 6 }),
            direction: fc.constantFrom('ASC', 'DESC'),
            by: fc.constantFrom(...ORDER_FIELDS),
            limit: fc.integer({ min: 1, max: 7 }),
            statuses: fc.option(fc.array(fc.constantFrom(...REFUND_STATUSES), { maxLength: 6 })),
            from: fc.option(fc.integer({ min: 0, max: 5 })),
            before: fc.option(fc.integer({ min: 0, max: 6 })),
            payment: fc.option(fc.constantFrom('P1', 'P3'), { freq: 4 }),
            needsAttention: fc.constantFrom(null, null, true, false),
            more: fc.record(LEDGER_CONDITIONS),
            analyzed: fc.boolean(),
          }),
          async (rows, asked) => {
            const { accounts, direction, by, limit, statuses, from, before, payment, needsAttention, more } = asked;
            const ledger = await database.open();
            for (const ofAccount of Map.groupBy(rows, ({ account, seen }) => `${account}/${seen}`).values()) {
              const updates = ofAccount.map(
                ({ id, at, seen: _seen, account: _account, status, payment, amount, currency, ...looked }) =>
                  refundUpdate({
                    merchantRefundId: merchantRefundId(id),
                    merchantPaymentId: payment === null ? null : merchantPaymentId(payment),
                    createdAt: new Date(T0 + at),
                    status,
                    amount: { minorUnits: amount, currency },
                    ...looked,
                    // Some need attention, each of several statuses.
                    ...(at % 2 === 0 && { undecided: true }),
                  }),
              );
              const [{ account: key, seen } = { account: accountKey(''), seen: 0 }] = ofAccount;
              const account = { key, provider: 'TIPAY', retryFailed: true } as const;
              await observe(ledger, account, updates, { via: 'POLL', at: new Date(T0 + seen) });
            }
            // What the database has counted decides how words are looked for.
            if (asked.analyzed) await ledger.pool.query('analyze refunds');
            const conditions: RefundConditions = {
              ...NO_CONDITIONS,
              statuses,
              createdFrom: from === null ? null : new Date(T0 + from),
              createdBefore: before === null ? null : new Date(T0 + before),
              merchantPaymentId: payment,
              needsAttention,
              ...more,
            };
            const all = await findRefunds(
              ledger.db,
              rows.map(({ account, id }) => ({ account, merchantRefundId: merchantRefundId(id) })),
            );
            expect(all).toHaveLength(rows.length);
            const expected = all
              .filter((refund) => accounts.includes(refund.account) && meetsConditions(refund, conditions))
              .toSorted((one, other) => (direction === 'ASC' ? inOrder(by)(one, other) : inOrder(by)(other, one)));
            expect(await walk(ledger, accounts, conditions, { by, direction }, limit)).toEqual(expected);
            expect(await countRefunds(ledger.db, { accounts, conditions })).toBe(expected.length);
            const nth = Math.floor(expected.length / 2);
            const middle = expected[nth];
            if (middle === undefined) return;
            const after = { ...keysetOf(middle, by), inclusive: true };
            const rest = await pageRefunds(ledger.db, { accounts, conditions, direction, by, after, limit: 100 });
            expect(rest).toEqual(expected.slice(nth));
          },
        ),
        { numRuns: 40 },
      );
    },
  );

  describe('finds by any id', () => {
    const nothing: RefundLookup = {
      merchantRefundId: null,
      providerRefundId: null,
      merchantPaymentId: null,
      providerPaymentId: null,
    };
    const key = accountKey('library');

    it.each<readonly [string, Partial<RefundLookup>, readonly string[]]>([
      ['our refund id', { merchantRefundId: merchantRefundId('R1') }, ['R1']],
      ["the provider's refund id", { providerRefundId: providerRefundId('U2') }, ['R2']],
      ['our payment id', { merchantPaymentId: merchantPaymentId('P1') }, ['R1', 'R2']],
      ["the provider's payment id", { providerPaymentId: providerPaymentId('Q3') }, ['R3']],
      [
        'two that agree',
        { merchantRefundId: merchantRefundId('R1'), merchantPaymentId: merchantPaymentId('P1') },
        ['R1'],
      ],
      [
        'two that contradict',
        { merchantRefundId: merchantRefundId('R1'), providerRefundId: providerRefundId('U2') },
        [],
      ],
      ['one that nobody knows', { providerRefundId: providerRefundId('U9') }, []],
      ['an id of another account', { merchantRefundId: merchantRefundId('R9') }, []],
      ['none', {}, []],
    ])('%s', async (_, lookup, found) => {
      const ledger = await database.open();
      const tell = async (account: AccountKey, refund: string, payment: Parameters<typeof refundUpdate>[0]) =>
        observe(
          ledger,
          { key: account, provider: 'TIPAY', retryFailed: true },
          [
            refundUpdate({
              merchantRefundId: merchantRefundId(refund),
              providerRefundId: providerRefundId(refund.replace('R', 'U')),
              ...payment,
            }),
          ],
          { via: 'QUERY', at: new Date(T0) },
        );
      const p1 = { merchantPaymentId: merchantPaymentId('P1'), providerPaymentId: providerPaymentId('Q1') };
      await tell(key, 'R1', { ...p1, createdAt: new Date(T0) });
      await tell(key, 'R2', { ...p1, createdAt: new Date(T0 + 1) });
      await tell(key, 'R3', { merchantPaymentId: null, providerPaymentId: providerPaymentId('Q3') });
      await tell(accountKey('zoo'), 'R9', p1);
      const refunds = await findByLookup(ledger.db, key, { ...nothing, ...lookup });
      expect(refunds.map(({ merchantRefundId: id }) => id)).toEqual(found);
    });
  });

  it('keeps a locked refund for one transaction at a time', async () => {
    const ledger = await database.open();
    const other = await database.another();
    const account = { key: accountKey('library'), provider: 'TIPAY', retryFailed: true } as const;
    await observe(ledger, account, [refundUpdate()], { via: 'POLL', at: new Date(T0) });
    const ref = { account: account.key, merchantRefundId: refundUpdate().merchantRefundId };
    const order: string[] = [];
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    let locked = (): void => undefined;
    const hasLock = new Promise<void>((resolve) => (locked = resolve));
    const first = ledger.db.transaction().execute(async (tx) => {
      expect((await lockRefund(tx, ref))?.refund.status).toBe('PROCESSING');
      locked();
      await held;
      order.push('first');
    });
    await hasLock;
    const second = observe(other, account, [refundUpdate({ status: 'SUCCEEDED' })], {
      via: 'POLL',
      at: new Date(T0 + 1),
    }).then(() => order.push('second'));
    release();
    await Promise.all([first, second]);
    expect(order).toEqual(['first', 'second']);
    const unknown = { ...ref, merchantRefundId: merchantRefundId('none') };
    expect(await ledger.db.transaction().execute((tx) => lockRefund(tx, unknown))).toBeNull();
  });
});
