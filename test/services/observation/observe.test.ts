import fc from 'fast-check';
import type { KyselyPlugin } from 'kysely';
import { sql } from 'kysely';
import { describe, expect, it, vi } from 'vitest';
import type { Ledger } from '../../../src/ledger/database/database.ts';
import { EVENTS_CHANNEL, pageEvents } from '../../../src/ledger/events.ts';
import { checkInvariants, type CheckedInvariant } from '../../../src/ledger/invariants.ts';
import { findPayment, refundsOfPayment } from '../../../src/ledger/payment/payments.ts';
import { findRecords } from '../../../src/ledger/refund/records.ts';
import { findRefunds } from '../../../src/ledger/refund/refunds.ts';
import {
  accountKey,
  merchantPaymentId,
  merchantRefundId,
  providerPaymentId,
  providerRefundId,
} from '../../../src/refunds/ids.ts';
import type { RefundNews } from '../../../src/refunds/news.ts';
import {
  OBSERVED_VIA,
  REFUND_STATUSES,
  type ObservedVia,
  type Refund,
  type RefundStatus,
} from '../../../src/refunds/refund.ts';
import { judgeStatus, type Verdict } from '../../../src/refunds/status.ts';
import { observe, observeIn } from '../../../src/services/observation/observe.ts';
import { describeOnEachDatabase } from '../../support/database.ts';
import { refundNews } from '../../support/refund-news.ts';

const ACCOUNT = { key: accountKey('chain'), provider: 'TIPAY', retryFailed: true } as const;
const BLUE = { key: accountKey('blue'), provider: 'BLUEPAY', retryFailed: false } as const;
const FAILURE = { code: 'E1', message: 'account closed', retryable: true };
/** Five seconds after the `createdAt` of `refundNews`. */
const T0 = new Date('2024-07-31T08:26:46.123Z');
const later = (ms: number): Date => new Date(T0.getTime() + ms);

const ref = { account: ACCOUNT.key, merchantRefundId: merchantRefundId('R1') };
const eventsOf = async (ledger: Ledger, which = ref) =>
  pageEvents(ledger.db, which, { direction: 'ASC', after: null, limit: 100 });

/** Every row with the transaction that wrote it: equal only when nothing was written in between. */
async function versions(ledger: Ledger): Promise<Record<string, unknown>> {
  const tables = ['payments', 'refunds', 'refund_events', 'provider_records'];
  const rows = await Promise.all(
    tables.map(async (table) => {
      const written = await sql`select xmin::text, ctid::text from ${sql.table(table)} order by 1, 2`.execute(
        ledger.db,
      );
      return [table, written.rows] as const;
    }),
  );
  return Object.fromEntries(rows);
}

const holds = (checked: readonly CheckedInvariant[]): boolean =>
  checked.length > 0 && checked.every(({ offenders }) => offenders.length === 0);

describeOnEachDatabase('observe', (database) => {
  it('makes an unknown refund known, with everything that was told', async () => {
    const ledger = await database.open();
    const told = refundNews({
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
        actionNeeded: true,
      },
      createdAtSource: 'PROVIDER',
      attention: { ACTION_NEEDED: T0 },
      version: 1,
      updatedAt: T0,
      attempts: 0,
    });
    expect(await eventsOf(ledger)).toMatchObject([
      { type: 'DISCOVERED', previousStatus: null, status: 'PROCESSING', via: 'QUERY', recordedAt: T0, refund: stored },
    ]);
    const unknown = { ...ref, merchantRefundId: merchantRefundId('NOBODY') };
    const record = { raw: told.raw, via: 'QUERY', receivedAt: T0 };
    expect(await findRecords(ledger.db, [unknown, ref])).toEqual([null, record]);
  });

  it('writes nothing when the same news comes again, and at most one time a second', async () => {
    const ledger = await database.open();
    const page = ['R1', 'R2', 'R3'].map((id) => refundNews({ merchantRefundId: merchantRefundId(id) }));
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

  it('writes an event with what was and what is, in the order of the news', async () => {
    const ledger = await database.open();
    await observe(ledger, ACCOUNT, [refundNews()], { via: 'MUTATION', at: T0 });
    const done = refundNews({
      status: 'SUCCEEDED',
      providerStatus: 'SUCCESS',
      completedAt: later(60_000),
      raw: '{"2":2}',
    });
    const [observed] = await observe(ledger, ACCOUNT, [done], { via: 'CALLBACK', at: later(61_000) });
    expect(observed).toMatchObject({ change: 'STATUS_CHANGED', askAgain: false, refund: { status: 'SUCCEEDED' } });
    expect(await eventsOf(ledger)).toMatchObject([
      { type: 'DISCOVERED', status: 'PROCESSING' },
      {
        type: 'STATUS_CHANGED',
        previousStatus: 'PROCESSING',
        status: 'SUCCEEDED',
        via: 'CALLBACK',
        occurredAt: later(60_000),
        recordedAt: later(61_000),
        refund: { completedAt: later(60_000), observedAt: later(61_000) },
      },
    ]);
    expect(await findRecords(ledger.db, [ref])).toMatchObject([{ raw: '{"2":2}', via: 'CALLBACK' }]);
  });

  it('takes several pieces of news of one refund in one call, each after the one before', async () => {
    const ledger = await database.open();
    const observed = await observe(
      ledger,
      ACCOUNT,
      [
        refundNews(),
        refundNews({ status: 'SUCCEEDED' }),
        refundNews({ status: 'SUCCEEDED' }),
        refundNews({ status: 'PROCESSING' }),
      ],
      { via: 'POLL', at: T0 },
    );
    expect(observed.map(({ change }) => change)).toEqual(['DISCOVERED', 'STATUS_CHANGED', 'NONE', 'NONE']);
    expect((await eventsOf(ledger)).map(({ type }) => type)).toEqual(['DISCOVERED', 'STATUS_CHANGED']);
  });

  it('ignores what is older, silently', async () => {
    const ledger = await database.open();
    await observe(ledger, ACCOUNT, [refundNews({ status: 'SUCCEEDED' })], { via: 'QUERY', at: T0 });
    const before = await versions(ledger);
    const [late] = await observe(ledger, ACCOUNT, [refundNews({ reason: 'x' })], { via: 'CALLBACK', at: later(9_000) });
    expect(late).toMatchObject({ change: 'NONE', askAgain: false, refund: { status: 'SUCCEEDED', reason: null } });
    expect(await versions(ledger)).toEqual(before);
  });

  it('records a contradicting callback once, keeps the refund and asks; the query decides', async () => {
    const ledger = await database.open();
    const blue = { ...ref, account: BLUE.key };
    const told = refundNews({ provider: 'BLUEPAY', status: 'SUCCEEDED' });
    const against = refundNews({ provider: 'BLUEPAY', status: 'FAILED', failure: FAILURE });
    await observe(ledger, BLUE, [told], { via: 'CALLBACK', at: T0 });
    const first = await observe(ledger, BLUE, [against], { via: 'CALLBACK', at: later(1) });
    expect(first).toMatchObject([{ change: 'CONFLICT_DETECTED', askAgain: true, refund: { status: 'SUCCEEDED' } }]);
    const repeated = await observe(ledger, BLUE, [against, against], { via: 'CALLBACK', at: later(9_000) });
    expect(repeated).toMatchObject([
      { change: 'NONE', askAgain: false },
      { change: 'NONE', askAgain: false },
    ]);
    const answer = await observe(ledger, BLUE, [against], { via: 'QUERY', at: later(9_500), askedAt: later(9_400) });
    expect(answer).toMatchObject([{ change: 'STATUS_CHANGED', refund: { status: 'FAILED', failure: FAILURE } }]);
    expect((await eventsOf(ledger, blue)).map(({ type, status }) => `${type} ${status}`)).toEqual([
      'DISCOVERED SUCCEEDED',
      'CONFLICT_DETECTED SUCCEEDED',
      'STATUS_CHANGED FAILED',
    ]);
  });

  it.each([
    ['amount', { amount: { minorUnits: 1293n, currency: 'CNY' } }],
    ['currency', { amount: { minorUnits: 1292n, currency: 'USD' } }],
    ['payment', { merchantPaymentId: merchantPaymentId('P2') }],
    ['amount of the payment', { paymentAmount: { minorUnits: 4999n, currency: 'CNY' } }],
  ])('changes nothing when another %s is told, whoever tells it', async (_, wrong) => {
    const ledger = await database.open();
    const known = { paymentAmount: { minorUnits: 5000n, currency: 'CNY' } };
    await observe(ledger, ACCOUNT, [refundNews(known)], { via: 'QUERY', at: T0 });
    const told = refundNews({ ...known, status: 'SUCCEEDED', ...wrong });
    const [callback] = await observe(ledger, ACCOUNT, [told], { via: 'CALLBACK', at: later(1) });
    expect(callback).toMatchObject({ change: 'CONFLICT_DETECTED', askAgain: true, refund: { status: 'PROCESSING' } });
    const [query] = await observe(ledger, ACCOUNT, [told], { via: 'QUERY', at: later(2), askedAt: later(1) });
    expect(query).toMatchObject({ change: 'NONE', askAgain: false });
    expect(await findRefunds(ledger.db, [ref])).toMatchObject([{ status: 'PROCESSING', amount: refundNews().amount }]);
  });

  it('lets a refund leave FAILED where the provider takes it again, and is not fooled by the old failure', async () => {
    const ledger = await database.open();
    const failed = refundNews({ status: 'FAILED', failure: FAILURE, completedAt: later(1_000) });
    const tell = async (told: RefundNews, via: ObservedVia, ms: number) =>
      (await observe(ledger, ACCOUNT, [told], { via, at: later(ms), askedAt: later(ms - 1) }))[0];
    expect(await tell(refundNews(), 'MUTATION', 0)).toMatchObject({ change: 'DISCOVERED' });
    expect(await tell(failed, 'CALLBACK', 2_000)).toMatchObject({ refund: { status: 'FAILED', failure: FAILURE } });
    expect(await tell(refundNews(), 'QUERY', 3_000)).toMatchObject({
      change: 'STATUS_CHANGED',
      refund: { status: 'PROCESSING', failure: null, completedAt: null },
    });
    expect(await tell(failed, 'CALLBACK', 4_000)).toMatchObject({
      change: 'NONE',
      askAgain: true,
      refund: { status: 'PROCESSING' },
    });
    expect(await tell(refundNews({ status: 'SUCCEEDED' }), 'CALLBACK', 5_000)).toMatchObject({
      change: 'STATUS_CHANGED',
    });
    expect(await tell(failed, 'CALLBACK', 6_000)).toMatchObject({ change: 'NONE', refund: { status: 'SUCCEEDED' } });
  });

  it("keeps its own time of creation until the provider names one, and then the provider's", async () => {
    const ledger = await database.open();
    const tell = async (createdAt: Date | null, via: ObservedVia, ms: number) =>
      (await observe(ledger, ACCOUNT, [refundNews({ createdAt })], { via, at: later(ms) }))[0];
    expect(await tell(null, 'CALLBACK', 0)).toMatchObject({ refund: { createdAt: T0 } });
    expect(await tell(null, 'QUERY', 1)).toMatchObject({ change: 'NONE', refund: { createdAt: T0 } });
    expect(await tell(later(-9), 'CALLBACK', 2)).toMatchObject({
      change: 'DETAILS_CHANGED',
      refund: { createdAt: later(-9) },
    });
    expect(await tell(later(-8), 'CALLBACK', 3)).toMatchObject({ change: 'NONE', refund: { createdAt: later(-9) } });
    expect(await tell(null, 'QUERY', 4)).toMatchObject({ change: 'NONE', refund: { createdAt: later(-9) } });
  });

  it('lets a callback fill gaps and an answer correct, so that callbacks in any order do not make news for ever', async () => {
    const ledger = await database.open();
    const tell = async (rest: Partial<RefundNews>, via: ObservedVia, ms: number) =>
      (await observe(ledger, ACCOUNT, [refundNews(rest)], { via, at: later(ms), askedAt: later(ms) }))[0];
    await tell({ reason: null }, 'MUTATION', 0);
    expect(await tell({ reason: 'first' }, 'CALLBACK', 1)).toMatchObject({ change: 'DETAILS_CHANGED' });
    expect(await tell({ reason: 'second' }, 'CALLBACK', 2)).toMatchObject({ change: 'NONE' });
    expect(await tell({ reason: 'third', providerStatus: 'SUSPEND' }, 'QUERY', 3)).toMatchObject({
      change: 'DETAILS_CHANGED',
      refund: { reason: 'third', providerStatus: 'SUSPEND' },
    });
    expect(await tell({ reason: 'first' }, 'CALLBACK', 4)).toMatchObject({
      change: 'NONE',
      refund: { reason: 'third' },
    });
  });

  it('finds out that two payments are one, and both refunds are of it', async () => {
    const ledger = await database.open();
    const [p, q] = [merchantPaymentId('P1'), providerPaymentId('Q1')];
    const one = refundNews({ merchantPaymentId: p });
    const two = { merchantRefundId: merchantRefundId('R2'), providerPaymentId: q };
    await observe(ledger, ACCOUNT, [one, refundNews({ ...two, merchantPaymentId: null })], { via: 'QUERY', at: T0 });
    expect(await ledger.db.selectFrom('payments').selectAll().execute()).toHaveLength(2);
    const amount = { minorUnits: 9000n, currency: 'CNY' };
    const told = refundNews({ ...two, merchantPaymentId: p, paymentAmount: amount });
    const [observed] = await observe(ledger, ACCOUNT, [told], { via: 'CALLBACK', at: later(1) });
    const facts = { merchantPaymentId: p, providerPaymentId: q, amount };
    expect(observed).toMatchObject({ change: 'DETAILS_CHANGED', refund: { payment: facts } });
    const payment = await findPayment(ledger.db, ACCOUNT.key, facts);
    expect(payment?.facts).toEqual(facts);
    const refunds = await refundsOfPayment(ledger.db, payment?.id ?? '');
    expect(refunds.map(({ merchantRefundId: id, payment }) => [id, payment])).toEqual([
      ['R1', facts],
      ['R2', facts],
    ]);
    expect(await ledger.db.selectFrom('payments').selectAll().execute()).toHaveLength(1);
  });

  it('is one row and one event when twenty discover the same refund at once', async () => {
    const ledger = await database.open();
    const other = await database.another();
    for (let round = 0; round < 10; round += 1) {
      const told = refundNews({ merchantRefundId: merchantRefundId(`D${round}`), status: 'SUCCEEDED' });
      const results = await Promise.all(
        Array.from({ length: 20 }, (_, index) =>
          observe(index % 2 === 0 ? ledger : other, ACCOUNT, [told], { via: 'CALLBACK', at: T0 }),
        ),
      );
      expect(results.flat().filter(({ change }) => change === 'DISCOVERED')).toHaveLength(1);
    }
    const counted = (table: 'refunds' | 'refund_events' | 'payments') =>
      ledger.db
        .selectFrom(table)
        .select(({ fn }) => fn.countAll<bigint>().as('rows'))
        .executeTakeFirst();
    expect(await counted('refunds')).toEqual({ rows: 10n });
    expect(await counted('refund_events')).toEqual({ rows: 10n });
    expect(await counted('payments')).toEqual({ rows: 1n });
  });

  it.each([
    ['with their payments', (id: string) => merchantPaymentId(`P${id}`)],
    ['without payments, whose locks would put them in order too', () => null],
  ])('never lets batches wait for each other in a circle, %s', async (_, paymentOf) => {
    const ledger = await database.open();
    const other = await database.another();
    for (const round of [1, 2, 3]) {
      const ids = Array.from({ length: 100 }, (_, index) => `B${round}${String(index).padStart(3, '0')}`);
      const orders = [
        ids,
        ids.toReversed(),
        ids.toSorted((a, b) => a.slice(-1).localeCompare(b.slice(-1))),
        ids.toSorted((a, b) => b.slice(-1).localeCompare(a.slice(-1))),
      ];
      for (const status of ['PENDING', 'SUCCEEDED'] as const) {
        const batchOf = (order: readonly string[]): RefundNews[] =>
          order.map((id) => {
            const payment = paymentOf(id);
            return refundNews({
              merchantRefundId: merchantRefundId(id),
              merchantPaymentId: payment,
              providerPaymentId:
                payment === null || status === 'PENDING' ? null : providerPaymentId(payment.replace('P', 'Q')),
              status,
            });
          });
        const results = await Promise.all(
          orders.flatMap((order) =>
            // Without the retry of `observe`, so that a deadlock would be seen.
            [ledger, other].map((one) =>
              one.db
                .transaction()
                .execute((tx) => observeIn(one, tx, ACCOUNT, batchOf(order), { via: 'POLL', at: T0 })),
            ),
          ),
        );
        expect(results.flat().filter(({ change }) => change !== 'NONE')).toHaveLength(100);
      }
    }
    expect(await checkInvariants(ledger.db)).toSatisfy(holds);
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
    const page = (status: RefundStatus): RefundNews[] =>
      Array.from({ length: 100 }, (_, index) =>
        refundNews({
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
    }).toEqual({ new: 8, unchanged: 1, touched: 2, changed: 6 });
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
      await observeIn(ledger, tx, ACCOUNT, [refundNews()], { via: 'POLL', at: T0 });
      throw new Error('given up');
    });
    await expect(gaveUp).rejects.toThrow('given up');
    await observe(ledger, ACCOUNT, [refundNews()], { via: 'POLL', at: T0 });
    await vi.waitFor(() => expect(heard).toBe(1));
    await observe(ledger, ACCOUNT, [refundNews()], { via: 'POLL', at: later(5_000) });
    await observe(ledger, ACCOUNT, [refundNews({ status: 'SUCCEEDED' })], { via: 'POLL', at: later(6_000) });
    await vi.waitFor(() => expect(heard).toBe(2));
    await stop();
  });

  it('refuses news of another provider', async () => {
    const ledger = await database.open();
    const wrong = observe(ledger, BLUE, [refundNews()], { via: 'POLL', at: T0 });
    await expect(wrong).rejects.toThrow('blue is not an account of TIPAY');
  });

  describe('whatever is told, in whatever order and however often', { timeout: 60_000 }, () => {
    const word = fc.record({
      status: fc.constantFrom(...REFUND_STATUSES),
      via: fc.constantFrom(...OBSERVED_VIA),
      askedBefore: fc.constantFrom(null, 1, 5_000),
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
          for (const [index, { status, via, askedBefore, facts }] of words.entries()) {
            const at = index * 2_000;
            const isAnswer = (via === 'QUERY' || via === 'POLL') && askedBefore !== null;
            const askedAfter = !isAnswer || before === null ? null : at - askedBefore > knownSince;
            const verdict: Verdict = judgeStatus({
              known: expected,
              told: status,
              via,
              askedAfter,
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
              ...(askedBefore === null ? {} : { askedAt: later(at - askedBefore) }),
            };
            const [observed] = await observe(ledger, account, [refundNews({ ...facts, status })], context);
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
              observe(index % 2 === 0 ? ledger : other, account, [refundNews({ ...facts, status })], { via, at: T0 }),
            ),
          );
        }),
        { numRuns: 15 },
      );
      expect(await checkInvariants(ledger.db)).toSatisfy(holds);
    });
  });
});
