import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { endOf, planFor } from '../../src/sandbox/life.ts';
import type { Sandbox } from '../../src/sandbox/sandbox.ts';
import { openEar } from './support/ear.ts';
import { eventually } from './support/eventually.ts';
import { bluePay, control, sandboxFor, shoutu, shoutuPage, tiPayCreate, tiPayQuery } from './support/merchant.ts';

describe('The end of a refund', () => {
  test('is told by the last two digits of its amount', () => {
    const end = (amount: bigint) => endOf({ amount, submissions: 1 });
    expect([100n, 113n, 13n, 117n, 2319n, 1_300n].map(end)).toEqual([
      'SUCCEEDED',
      'FAILED',
      'FAILED',
      null,
      'CANCELED',
      'SUCCEEDED',
    ]);
  });

  test('is good the second time', () => expect(endOf({ amount: 113n, submissions: 2 })).toBe('SUCCEEDED'));
});

describe('The plan of a refund', () => {
  test('counts from its acceptance: processing after 1.5 s, done after 4 s', () => {
    const fresh = { amount: 100n, submissions: 1 } as const;
    expect(planFor({ ...fresh, status: 'PENDING' }, 1000, {})).toEqual([
      { at: 2500, status: 'PROCESSING' },
      { at: 5000, status: 'SUCCEEDED' },
    ]);
    expect(planFor({ ...fresh, status: 'PROCESSING' }, 1000, { doneAfterMs: 10 })).toEqual([
      { at: 1010, status: 'SUCCEEDED' },
    ]);
  });

  test('never goes to an end twice, and can be left out', () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: 1n, max: 10n ** 15n }),
        fc.constantFrom('PENDING', 'PROCESSING'),
        (amount, status) => {
          const refund = { amount, submissions: 1, status } as const;
          const ends = planFor(refund, 0, {}).filter((step) => step.status !== 'PROCESSING');
          expect(ends.length).toBe(amount % 100n === 17n ? 0 : 1);
          expect(planFor(refund, 0, { processingAfterMs: Infinity, doneAfterMs: Infinity })).toEqual([]);
        },
      ),
    );
  });
});

/** A clock that goes when told to. */
function handClock(): { readonly clock: () => Date; readonly pass: (ms: number) => void } {
  let now = Date.now();
  return { clock: () => new Date(now), pass: (ms) => void (now += ms) };
}

describe('A refund goes on by itself', () => {
  const life = { processingAfterMs: 1500, doneAfterMs: 4000 };

  const shoutuState = async (sandbox: Sandbox): Promise<string | undefined> => {
    const queryPage = { queries: [{ cp: '0', field: 'mchRefundNo', value: 'R1' }] };
    return shoutuPage.parse(await shoutu(sandbox, 'querylist', { queryPage })).data.records[0]?.['refundState'];
  };
  const createShoutu = (sandbox: Sandbox, refundAmount: string, notifyUrl?: string): Promise<unknown> =>
    shoutu(sandbox, 'refundOrder', {
      channelPayOrderNo: 'PAY-DEMO-1',
      mchRefundNo: 'R1',
      refundMode: 'ENTIRE_REFUND',
      refundAmount,
      notifyUrl,
    });

  test.each([
    ['200', '2'],
    ['213', '3'],
    ['217', '1'],
    ['219', '4'],
  ])('at Shoutu: %s fen from 0 over 1 to %s', async (amount, end) => {
    const { clock, pass } = handClock();
    const sandbox = await sandboxFor({ life, clock });
    await createShoutu(sandbox, amount);
    expect(await shoutuState(sandbox)).toBe('0');
    pass(1500);
    expect(await shoutuState(sandbox)).toBe('1');
    pass(2499);
    expect(await shoutuState(sandbox)).toBe('1');
    pass(1);
    expect(await shoutuState(sandbox)).toBe(end);
    pass(100_000);
    expect(await shoutuState(sandbox)).toBe(end);
  });

  test('at BluePay: PENDING until it is COMPLETED, with the time of its end and not of the question', async () => {
    const { clock, pass } = handClock();
    const sandbox = await sandboxFor({ life, clock });
    await bluePay(sandbox, 'payment/refund', {
      mchRefundOrderId: 'r1',
      originalTransactionId: 'CUDEMO1',
      refundAmount: 100,
      refundCallbackUrl: 'https://far.example/notify',
    });
    const rows = z.object({
      data: z.tuple([
        z.object({ refundStatus: z.string(), refundCreateTime: z.string(), refundReturnTime: z.string().optional() }),
      ]),
    });
    const look = async () =>
      rows.parse(await bluePay(sandbox, 'refund/payments', { originalTransactionId: 'CUDEMO1' })).data[0];
    expect((await look()).refundStatus).toBe('PENDING');
    pass(2000);
    expect((await look()).refundStatus).toBe('PENDING');
    pass(60_000);
    const done = await look();
    expect(done.refundStatus).toBe('COMPLETED');
    const took = Date.parse(done.refundReturnTime ?? '') - Date.parse(done.refundCreateTime);
    expect(took).toBe(4000);
  });

  test('at TiPay: a failed refund that is submitted again succeeds under the same id', async () => {
    const { clock, pass } = handClock();
    const sandbox = await sandboxFor({ life, clock });
    const create = () => tiPayCreate(sandbox, { orderId: 'ORDERDEMO1', refundRequestId: 'r1', refundAmount: '1.13' });
    const status = async () =>
      z
        .object({ data: z.object({ status: z.string() }) })
        .parse(await tiPayQuery(sandbox, { orderId: 'ORDERDEMO1', refundRequestId: 'r1' })).data.status;
    await create();
    expect(await status()).toBe('PROCESSING');
    pass(4000);
    expect(await status()).toBe('FAILED');
    await create();
    expect(await status()).toBe('PROCESSING');
    pass(4000);
    expect(await status()).toBe('SUCCESS');
    expect(await control(sandbox, '/executed')).toMatchObject({ TIPAY: { r1: { accepted: 2, moved: 1 } } });
  });

  test('without anybody asking', async () => {
    const ear = await openEar(() => ({ status: 200, body: 'SUCCESS' }));
    const sandbox = await sandboxFor({ life: { processingAfterMs: 5, doneAfterMs: 30 } });
    await createShoutu(sandbox, '200', ear.url);
    const heard = await eventually(
      async () => ear.heard,
      ({ length }) => length === 2,
    );
    expect(new URLSearchParams(heard[1]?.body).get('refundState')).toBe('2');
  });

  test('not after it was moved by hand', async () => {
    const { clock, pass } = handClock();
    const sandbox = await sandboxFor({ life, clock });
    await createShoutu(sandbox, '200');
    await control(sandbox, '/refunds/move', { provider: 'SHOUTU', refundId: 'R1', status: 'CANCELED' });
    pass(10_000);
    expect(await shoutuState(sandbox)).toBe('4');
  });
});
