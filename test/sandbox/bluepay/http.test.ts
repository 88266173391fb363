import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { signBluePay } from '../../../src/sandbox/bluepay/signature.ts';
import type { Sandbox } from '../../../src/sandbox/sandbox.ts';
import { bluePay, code, control, ofAccount, post, sandboxFor } from '../support/merchant.ts';

const create = (sandbox: Sandbox, members: object = {}): Promise<unknown> =>
  bluePay(sandbox, 'payment/refund', {
    mchRefundOrderId: 'refund1',
    originalTransactionId: 'CUDEMO1',
    refundAmount: 10000,
    refundCallbackUrl: 'http://127.0.0.1:9/notify/blue',
    ...members,
  });
const query = (sandbox: Sandbox, members: object): Promise<unknown> =>
  bluePay(sandbox, 'refund/payments', { ...members });

const row = z.strictObject({
  mchRefundOrderId: z.string(),
  originalTransactionId: z.string(),
  refundTransactionId: z.string().max(32),
  refundAmount: z.int(),
  feeRefunded: z.int(),
  refundStatus: z.string(),
  refundCreateTime: z.string().regex(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/),
  refundReturnTime: z.string().optional(),
  failedCode: z.int().optional(),
  failedMessage: z.string().optional(),
});
const rows = z.strictObject({ code: z.literal(10000), message: z.literal('Success'), data: z.array(row) });
const accepted = z.strictObject({
  code: z.literal(10000),
  message: z.string(),
  data: z.strictObject({
    mchRefundOrderId: z.string(),
    refundTransactionId: z.string(),
    refundCreateTime: z.string(),
    refundAmount: z.int(),
    refundStatus: z.literal('PENDING'),
  }),
});
const finish = (sandbox: Sandbox, status: string): Promise<unknown> =>
  control(sandbox, '/refunds/move', { provider: 'BLUEPAY', refundId: 'refund1', status });

describe('The BluePay envelope', () => {
  const param = JSON.stringify({ originalTransactionId: 'CUDEMO1', timestamp: Date.now() });
  const send = (sandbox: Sandbox, members: object): Promise<unknown> => {
    const [appId, privateKey] = [ofAccount(sandbox, 'BLUEPAY', 'appId'), ofAccount(sandbox, 'BLUEPAY', 'privateKey')];
    const body = { appId, param, sign: signBluePay(param, privateKey), ...members };
    return post(`${sandbox.urls.BLUEPAY}/open-api/refund/payments`, JSON.stringify(body));
  };
  test.each([
    ['another application', 21003, { appId: 'x' }],
    ['a wrong signature', 21001, { sign: 'AAAA' }],
    ['a text that differs by a blank', 21001, { param: `${param} ` }],
    ['param as an object', 21002, { param: {} }],
    ['no signature', 21002, { sign: undefined }],
  ])('is refused with %s', async (_what, expected, members) => {
    expect(code(await send(await sandboxFor(), members))).toBe(expected);
  });

  test('is opened when all is well, without a signature of its own on the answer', async () => {
    expect(rows.parse(await send(await sandboxFor(), {})).data).toEqual([]);
  });

  test.each([
    ['seconds', 21008, Math.floor(Date.now() / 1000)],
    ['eleven minutes ago', 21008, Date.now() - 660_000],
    ['in eleven minutes', 21008, Date.now() + 660_000],
    ['text', 21009, String(Date.now())],
    ['nothing', 21009, undefined],
  ])('refuses as timestamp: %s', async (_what, expected, timestamp) => {
    expect(code(await query(await sandboxFor(), { originalTransactionId: 'CUDEMO1', timestamp }))).toBe(expected);
  });
});

describe('BluePay create', () => {
  test('takes a refund as PENDING, which the query by payment then shows', async () => {
    const sandbox = await sandboxFor();
    const { data } = accepted.parse(await create(sandbox, { refundReason: 'ลูกค้าขอคืนเงิน' }));
    const found = rows.parse(await query(sandbox, { originalTransactionId: 'CUDEMO1' })).data;
    expect(found).toHaveLength(1);
    expect(found[0]).toMatchObject({ ...data, originalTransactionId: 'CUDEMO1', feeRefunded: 100 });
    expect(found[0]).not.toHaveProperty('refundReturnTime');
    expect(found[0]).not.toHaveProperty('failedCode');
  });

  test.each([
    ['an id with other characters', 21002, { mchRefundOrderId: 'refund-1' }],
    ['an id of 33', 21002, { mchRefundOrderId: 'a'.repeat(33) }],
    ['no callback address', 21002, { refundCallbackUrl: undefined }],
    ['a callback address of 257', 21002, { refundCallbackUrl: `http://127.0.0.1/${'a'.repeat(240)}` }],
    ['a reason of 201', 21002, { refundReason: 'ก'.repeat(201) }],
    ['an empty reason', 21002, { refundReason: '' }],
    ['an amount as text', 21002, { refundAmount: '10000' }],
    ['half an amount', 21002, { refundAmount: 0.5 }],
    ['no amount', 21002, { refundAmount: undefined }],
    ['amount 0', 21406, { refundAmount: 0 }],
    ['a negative amount', 21406, { refundAmount: -1 }],
    ['more than was paid', 21010, { refundAmount: 1_000_001 }],
    ['an unknown payment', 21006, { originalTransactionId: 'CU1' }],
    ['a payment id of 33', 21002, { originalTransactionId: 'C'.repeat(33) }],
    ['a payment that was not completed', 21408, { originalTransactionId: 'CUUNPAID1' }],
    ['a frozen payment', 21402, { originalTransactionId: 'CUFROZEN1' }],
    ['a payment older than 60 days', 21403, { originalTransactionId: 'CUOLD1' }],
    ['a full refund where there is none', 21404, { originalTransactionId: 'CUNOFULL1', refundAmount: 1_000_000 }],
    ['a partial refund where there is none', 21405, { originalTransactionId: 'CUNOPARTIAL1' }],
  ])('refuses %s', async (_what, expected, members) => {
    expect(code(await create(await sandboxFor(), members))).toBe(expected);
  });

  test('takes the longest that is allowed', async () => {
    const longest = { mchRefundOrderId: 'a'.repeat(32), refundReason: 'ก'.repeat(200) };
    expect(code(await create(await sandboxFor(), longest))).toBe(10000);
  });

  test('refuses an id that was used before, whatever became of the first', async () => {
    const sandbox = await sandboxFor();
    expect(code(await create(sandbox))).toBe(10000);
    expect(code(await create(sandbox))).toBe(21407);
    await finish(sandbox, 'FAILED');
    expect(code(await create(sandbox))).toBe(21407);
    expect(await control(sandbox, '/executed')).toMatchObject({ BLUEPAY: { refund1: { accepted: 1 } } });
  });

  test('takes one refund of a payment at a time, and no more than is left', async () => {
    const sandbox = await sandboxFor();
    expect(code(await create(sandbox, { refundAmount: 600_000 }))).toBe(10000);
    expect(code(await create(sandbox, { mchRefundOrderId: 'refund2' }))).toBe(21409);
    await finish(sandbox, 'PROCESSING');
    expect(code(await create(sandbox, { mchRefundOrderId: 'refund2' }))).toBe(21409);
    await finish(sandbox, 'SUCCEEDED');
    expect(code(await create(sandbox, { mchRefundOrderId: 'refund2', refundAmount: 400_001 }))).toBe(21010);
    expect(code(await create(sandbox, { mchRefundOrderId: 'refund2', refundAmount: 400_000 }))).toBe(10000);
  });

  test('takes one of twenty that come at once', async () => {
    const sandbox = await sandboxFor();
    const all = await Promise.all(
      Array.from({ length: 20 }, (_each, nth) => create(sandbox, { mchRefundOrderId: `r${nth}` })),
    );
    expect(all.map(code).toSorted()).toEqual([10000, ...Array<number>(19).fill(21409)]);
  });
});

describe('BluePay query', () => {
  test('answers by the refund, by the payment, and by both when they agree', async () => {
    const sandbox = await sandboxFor();
    await create(sandbox);
    const [mine] = rows.parse(await query(sandbox, { originalTransactionId: 'CUDEMO1' })).data;
    const refundTransactionId = mine?.refundTransactionId ?? '';
    expect(rows.parse(await query(sandbox, { refundTransactionId })).data).toEqual([mine]);
    expect(code(await query(sandbox, { refundTransactionId, originalTransactionId: 'CUDEMO1' }))).toBe(10000);
    expect(code(await query(sandbox, { refundTransactionId, originalTransactionId: 'CUDEMO2' }))).toBe(21006);
  });

  test('does not know a refund by our id', async () => {
    const sandbox = await sandboxFor();
    await create(sandbox);
    expect(code(await query(sandbox, { mchRefundOrderId: 'refund1' }))).toBe(21002);
    expect(code(await query(sandbox, { refundTransactionId: 'refund1' }))).toBe(21006);
    expect(code(await query(sandbox, { originalTransactionId: 'refund1' }))).toBe(21006);
  });

  test.each([
    ['COMPLETED', 'SUCCEEDED', {}],
    ['FAILED', 'FAILED', { failedCode: -10010, failedMessage: 'Channel Refund Failed' }],
    ['CANCEL', 'CANCELED', {}],
    ['CANCELLED', 'CANCELLED', {}],
  ])('says %s of a refund that %s, with the time it returned', async (word, status, failure) => {
    const sandbox = await sandboxFor();
    await create(sandbox);
    await finish(sandbox, status);
    const [found] = rows.parse(await query(sandbox, { originalTransactionId: 'CUDEMO1' })).data;
    expect(found).toMatchObject({ refundStatus: word, ...failure });
    expect(found?.refundReturnTime).toMatch(/^\d{4}-/);
    expect(found?.failedCode === undefined).toBe(word !== 'FAILED');
  });
});
