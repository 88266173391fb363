import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import type { Sandbox } from '../../../src/sandbox/sandbox.ts';
import { code, control, sandboxFor, tiPayCreate, tiPayQuery } from '../support/merchant.ts';

const create = (sandbox: Sandbox, members: object = {}, headers?: Record<string, string>): Promise<unknown> =>
  tiPayCreate(sandbox, { orderId: 'ORDERDEMO1', refundRequestId: 'r1', refundAmount: '100.10', ...members }, headers);
const query = (
  sandbox: Sandbox,
  members: Record<string, string> = {},
  headers?: Record<string, string>,
): Promise<unknown> => tiPayQuery(sandbox, { refundRequestId: 'r1', orderId: 'ORDERDEMO1', ...members }, headers);
const move = (sandbox: Sandbox, status: string): Promise<unknown> =>
  control(sandbox, '/refunds/move', { provider: 'TIPAY', refundId: 'r1', status });

const data = z.strictObject({
  code: z.literal('OPR00000'),
  message: z.string(),
  merchantNo: z.string(),
  orderId: z.string(),
  refundRequestId: z.string(),
  uniqueOrderNo: z.string(),
  uniqueRefundNo: z.string(),
  refundAmount: z.string(),
  returnMerchantFee: z.string(),
  status: z.string(),
  description: z.string(),
  refundRequestDate: z.string().regex(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/),
  refundSuccessDate: z.string(),
  failReason: z.string(),
  realRefundAmount: z.string(),
  cashRefundFee: z.string(),
  refundAccountDetail: z.string(),
  channelReceiverInfo: z.string(),
});
const whole = z.strictObject({ code: z.literal(200), success: z.literal(true), msg: z.string(), data });
const refused = z.strictObject({ code: z.int(), success: z.literal(false), msg: z.string().min(1), data: z.null() });
const accepted = z.object({ code: z.literal(200), data: z.object({ status: z.string(), uniqueRefundNo: z.string() }) });

describe('Every TiPay call', () => {
  test.each([
    ['another application', 401, { 'ti-appid': 'x' }],
    ['a wrong signature', 401, { 'ti-signature': '0'.repeat(64) }],
    ['another time than was signed', 401, { 'ti-timestamp': String(Date.now() - 5000) }],
    ['a time in seconds', 400, { 'ti-timestamp': '1722416882' }],
  ])('is refused with %s', async (_what, expected, headers) => {
    const sandbox = await sandboxFor();
    expect(refused.parse(await query(sandbox, {}, headers)).code).toBe(expected);
    expect(refused.parse(await create(sandbox, {}, headers)).code).toBe(expected);
  });

  test('is refused without its headers', async () => {
    const { urls } = await sandboxFor();
    const answer = await fetch(`${urls.TIPAY}/api/v1/yb/trade/query?merchantNo=1`);
    expect(refused.parse(await answer.json()).code).toBe(400);
  });

  test('is refused eleven minutes late, by a clock that has gone on', async () => {
    const sandbox = await sandboxFor({ clock: () => new Date(Date.now() + 660_000) });
    expect(refused.parse(await query(sandbox)).code).toBe(401);
  });
});

describe('TiPay create', () => {
  test('takes a refund as PROCESSING, with fewer members than the query', async () => {
    const answer = await create(await sandboxFor(), { description: '用户申请退货并退款' });
    expect(z.object({ data: z.looseObject({}) }).parse(answer).data).toEqual({
      code: 'OPR00000',
      message: '成功',
      merchantNo: '10012426723',
      orderId: 'ORDERDEMO1',
      refundRequestId: 'r1',
      uniqueRefundNo: expect.any(String),
      status: 'PROCESSING',
      refundAmount: '100.10',
      refundRequestDate: expect.any(String),
      refundAccountDetail: '[{"accountType":"SETTLE_ACCOUNT","debitAmount":100.10}]',
    });
  });

  test.each([
    ['no order', 400, { orderId: undefined }],
    ['an amount that is a number', 400, { refundAmount: 1 }],
    ['a tenth of a fen', 400, { refundAmount: '1.001' }],
    ['amount 0', 400, { refundAmount: '0.00' }],
    ['another merchant', 422, { merchantNo: '1' }],
    ['an unknown order', 422, { orderId: 'NOWHERE' }],
    ['an order that was not paid', 422, { orderId: 'ORDERUNPAID1' }],
    ['an order that was split', 422, { orderId: 'ORDERSPLIT1' }],
    ['more than was paid', 422, { refundAmount: '10000.01' }],
  ])('refuses %s', async (_what, expected, members) => {
    expect(refused.parse(await create(await sandboxFor(), members)).code).toBe(expected);
  });

  test('takes several partial refunds up to what was paid', async () => {
    const sandbox = await sandboxFor();
    expect(code(await create(sandbox, { refundAmount: '6000' }))).toBe(200);
    expect(code(await create(sandbox, { refundRequestId: 'r2', refundAmount: '4000.01' }))).toBe(422);
    expect(code(await create(sandbox, { refundRequestId: 'r2', refundAmount: '4000.0' }))).toBe(200);
  });

  test('answers a repeat with what the refund is, and moves nothing twice', async () => {
    const sandbox = await sandboxFor();
    const first = await create(sandbox);
    expect(await create(sandbox)).toEqual(first);
    await move(sandbox, 'SUCCEEDED');
    expect(accepted.parse(await create(sandbox)).data.status).toBe('SUCCESS');
    expect(await control(sandbox, '/executed')).toMatchObject({ TIPAY: { r1: { accepted: 1, moved: 1 } } });
  });

  test('refuses a used id with other input', async () => {
    const sandbox = await sandboxFor();
    await create(sandbox);
    expect(code(await create(sandbox, { refundAmount: '100.11' }))).toBe(422);
    expect(code(await create(sandbox, { orderId: 'ORDERDEMO2' }))).toBe(422);
  });

  test.each(['FAILED', 'REJECT', 'REJECTIVE'])('takes a refund that ended %s again under the same id', async (word) => {
    const sandbox = await sandboxFor();
    const first = accepted.parse(await create(sandbox)).data;
    await move(sandbox, word);
    expect(accepted.parse(await create(sandbox)).data).toEqual({ ...first, status: 'PROCESSING' });
    expect(whole.parse(await query(sandbox)).data).toMatchObject({ status: 'PROCESSING', failReason: '' });
    expect(await control(sandbox, '/executed')).toMatchObject({ TIPAY: { r1: { accepted: 2, moved: 0 } } });
  });

  test('does not take a failed refund again when its money is gone to others', async () => {
    const sandbox = await sandboxFor();
    await create(sandbox, { refundAmount: '10000' });
    await move(sandbox, 'FAILED');
    await create(sandbox, { refundRequestId: 'r2', refundAmount: '1' });
    expect(code(await create(sandbox, { refundAmount: '10000' }))).toBe(422);
  });
});

describe('TiPay query', () => {
  test.each([
    ['SUCCEEDED', { status: 'SUCCESS', realRefundAmount: '100.10', cashRefundFee: '100.10', failReason: '' }],
    ['FAILED', { status: 'FAILED', realRefundAmount: '0.00', refundSuccessDate: '', failReason: '银行账户状态异常' }],
    ['CANCELED', { status: 'CANCEL', refundSuccessDate: '' }],
    ['SUSPEND', { status: 'SUSPEND', refundSuccessDate: '' }],
  ])('shows every documented member of a refund that is %s', async (status, members) => {
    const sandbox = await sandboxFor();
    await create(sandbox);
    await move(sandbox, status);
    const shown = whole.parse(await query(sandbox)).data;
    expect(shown).toMatchObject({ ...members, uniqueOrderNo: '1013DEMO1', refundAmount: '100.10', description: '' });
    expect(shown.refundSuccessDate === '').toBe(status !== 'SUCCEEDED');
  });

  test.each([
    ['no merchant', 400, { merchantNo: '' }],
    ['no request id', 400, { refundRequestId: '' }],
    ['no order', 400, { orderId: '' }],
    ['another merchant', 404, { merchantNo: '1' }],
    ['an unknown request id', 404, { refundRequestId: 'r2' }],
    ['another order', 404, { orderId: 'ORDERDEMO2' }],
    ['another order at YeePay', 404, { uniqueOrderNo: '1013DEMO2' }],
  ])('refuses %s', async (_what, expected, members: Record<string, string>) => {
    const sandbox = await sandboxFor();
    await create(sandbox);
    expect(refused.parse(await query(sandbox, members)).code).toBe(expected);
  });

  test('may name the order at YeePay too', async () => {
    const sandbox = await sandboxFor();
    await create(sandbox);
    expect(code(await query(sandbox, { uniqueOrderNo: '1013DEMO1' }))).toBe(200);
  });
});
