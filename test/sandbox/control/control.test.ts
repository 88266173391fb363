import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { ofEach } from '../../../src/sandbox/model.ts';
import type { Sandbox } from '../../../src/sandbox/sandbox.ts';
import { bluePay, control, post, sandboxFor, shoutu, shoutuPage, tiPayQuery } from '../support/merchant.ts';

const total = async (sandbox: Sandbox): Promise<string> =>
  shoutuPage.parse(await shoutu(sandbox, 'querylist', { queryPage: {} })).data.total;

describe('The control server', () => {
  test('says what it can do', async () => {
    const menu = z.record(z.string(), z.string()).parse(await control(await sandboxFor(), '/'));
    expect(Object.keys(menu)).toEqual(
      expect.arrayContaining(['GET /calls', 'POST /behave', 'POST /refunds/move', 'GET /executed']),
    );
  });

  test('says 404 where there is nothing', async () => {
    await expect(control(await sandboxFor(), '/nothing')).rejects.toThrow('There is no GET /nothing');
  });

  test('counts requests by provider and operation, and the most at once', async () => {
    const sandbox = await sandboxFor();
    await control(sandbox, '/behave', { provider: 'SHOUTU', latencyMs: 50 });
    await Promise.all([total(sandbox), total(sandbox), total(sandbox)]);
    await bluePay(sandbox, 'refund/payments', {});
    await tiPayQuery(sandbox, {});
    await fetch(`${sandbox.urls.TIPAY}/nowhere`);
    const none = { list: 0, query: 0, create: 0, other: 0, largestInFlight: 1 };
    expect(await control(sandbox, '/calls')).toEqual({
      providers: {
        ...ofEach(() => ({ ...none, largestInFlight: 0 })),
        SHOUTU: { ...none, list: 3, largestInFlight: 3 },
        BLUEPAY: { ...none, query: 1 },
        TIPAY: { ...none, query: 1, other: 1 },
      },
      total: 6,
      largestInFlight: 3,
    });
    await control(sandbox, '/calls/reset', {});
    expect(await control(sandbox, '/calls')).toMatchObject({ total: 0, largestInFlight: 0 });
  });

  test('adds a refund that was made elsewhere, and removes it', async () => {
    const sandbox = await sandboxFor();
    const added = { provider: 'SHOUTU', merchantRefundId: 'DESK1', amount: 1250, providerPaymentId: 'PAY-DEMO-1' };
    expect(await control(sandbox, '/refunds/add', { ...added, createdAt: '2025-01-02T03:04:05Z' })).toMatchObject({
      merchantRefundId: 'DESK1',
      status: 'SUCCEEDED',
    });
    expect(await total(sandbox)).toBe('31');
    const queryPage = { queries: [{ cp: '0', field: 'mchRefundNo', value: 'DESK1' }] };
    const { records } = shoutuPage.parse(await shoutu(sandbox, 'querylist', { queryPage })).data;
    expect(records[0]).toMatchObject({ createdTime: '2025-01-02 11:04:05', refundAmount: '1250', refundState: '2' });
    await control(sandbox, '/refunds/remove', { provider: 'SHOUTU', refundId: 'DESK1' });
    expect(await total(sandbox)).toBe('30');
  });

  test('adds a refund of a payment of its own, with an amount beyond 2^31', async () => {
    const sandbox = await sandboxFor();
    const added = { provider: 'BLUEPAY', merchantRefundId: 'DESK1', amount: '999999999999999', status: 'PENDING' };
    const answer = await control(sandbox, '/refunds/add', added);
    const { providerPaymentId } = z.object({ providerPaymentId: z.string() }).parse(answer);
    expect(await bluePay(sandbox, 'refund/payments', { originalTransactionId: providerPaymentId })).toMatchObject({
      data: [{ mchRefundOrderId: 'DESK1', refundAmount: 999_999_999_999_999, refundStatus: 'PENDING' }],
    });
  });

  test('finds a refund by the provider id too', async () => {
    const sandbox = await sandboxFor();
    const refundId = sandbox.examples.BLUEPAY.refunds[0]?.providerRefundId;
    expect(await control(sandbox, '/refunds/move', { provider: 'BLUEPAY', refundId, status: 'FAILED' })).toMatchObject({
      merchantRefundId: 'BLUE00001',
      status: 'FAILED',
    });
  });

  const move = { provider: 'SHOUTU', refundId: 'LIB00001', status: 'SUCCEEDED' };
  const add = { provider: 'BLUEPAY', merchantRefundId: 'D1', amount: 5 };
  test.each([
    ['/refunds/move', { ...move, refundId: 'NONE' }, 'SHOUTU has no refund NONE.'],
    ['/refunds/move', { ...move, status: 'DONE' }, 'SHOUTU has no status DONE'],
    ['/refunds/move', { ...move, provider: 'PAYPAL' }, 'provider'],
    ['/refunds/move', { ...move, colour: 'red' }, 'colour'],
    ['/refunds/add', { ...add, amount: 0 }, 'amount'],
    ['/refunds/add', { ...add, amount: 1.5 }, 'amount'],
    ['/refunds/add', { ...add, merchantRefundId: 'BLUE00001' }, 'BLUEPAY has a refund BLUE00001 already.'],
    ['/refunds/add', { ...add, providerPaymentId: 'NONE' }, 'BLUEPAY has no such payment.'],
    ['/refunds/add', { ...add, providerPaymentId: 'CUDEMO1', amount: 1_000_001 }, 'Only 1000000 is left'],
    ['/refunds/add', { ...add, createdAt: 'yesterday' }, 'createdAt'],
    ['/refunds/remove', {}, 'provider'],
    ['/behave', { provider: 'SHOUTU', hang: true, reset: true }, 'only one of'],
    ['/behave', { provider: 'BLUEPAY', code: 'X1' }, "BLUEPAY's codes are whole numbers"],
    ['/behave', { provider: 'SHOUTU', status: 99 }, 'status'],
    ['/behave', { provider: 'ALL', innerCode: 'OPR1' }, 'SHOUTU has no codes inside its data.'],
    ['/quirks', { quirk: 'sleepy' }, 'There is no quirk sleepy: it is one of oneInFlight, tiesMove.'],
    ['/refunds/bend', { provider: 'SHOUTU', refundId: 'NONE' }, 'SHOUTU has no refund NONE.'],
    ['/refunds/bend', { ...move, members: 5, status: undefined }, 'members'],
    ['/callbacks/resend', { provider: 'SHOUTU', refundId: 'LIB00001', times: 0 }, 'times'],
  ])('says in a sentence what is wrong: %s %j', async (path, body, sentence) => {
    await expect(control(await sandboxFor(), path, body)).rejects.toThrow(sentence);
  });

  test('takes no second pending refund of a BluePay payment', async () => {
    const sandbox = await sandboxFor();
    const pending = { ...add, providerPaymentId: 'CUDEMO1', status: 'PENDING' };
    await control(sandbox, '/refunds/add', pending);
    const second = control(sandbox, '/refunds/add', { ...pending, merchantRefundId: 'D2' });
    await expect(second).rejects.toThrow('has a pending refund already');
  });

  test('says 400 to what is no JSON', async () => {
    const sandbox = await sandboxFor();
    expect(await post(`${sandbox.urls.control}/behave`, '{')).toMatchObject({ error: expect.stringMatching(/wrong/) });
  });
});
