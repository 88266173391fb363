import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import type { Sandbox } from '../../../src/sandbox/sandbox.ts';
import { fitsShoutu } from '../../../src/sandbox/shoutu/signature.ts';
import { openEar } from '../support/ear.ts';
import { eventually } from '../support/eventually.ts';
import { bluePay, control, ofAccount, sandboxFor, shoutu, tiPayQuery } from '../support/merchant.ts';

const page = z.object({ data: z.object({ records: z.array(z.record(z.string(), z.unknown())) }) });
const rows = z.object({ data: z.array(z.record(z.string(), z.unknown())) });

const listed = async (sandbox: Sandbox, field: string, value: string) =>
  page.parse(await shoutu(sandbox, 'querylist', { queryPage: { queries: [{ cp: '0', field, value }] } })).data.records;

describe('A bent row', () => {
  test.each([
    ['a state that says nothing', { refundState: '' }],
    ['an amount in yuan', { refundAmount: '100.00' }],
    ['a time in ISO', { createdTime: '2026-01-02T03:04:05.678Z' }],
    ['a time as epoch milliseconds', { createdTime: 1_767_323_045_678 }],
    ['a member that is null', { businessId: null }],
  ])('of Shoutu shows %s, and its neighbours stay as they are', async (_what, members) => {
    const sandbox = await sandboxFor();
    const [before] = await listed(sandbox, 'mchRefundNo', 'LIB00002');
    await control(sandbox, '/refunds/bend', { provider: 'SHOUTU', refundId: 'LIB00001', members });
    const [found] = await listed(sandbox, 'mchRefundNo', 'LIB00001');
    expect(found).toMatchObject(members);
    expect(Object.keys(found ?? {})).toHaveLength(18);
    expect(await listed(sandbox, 'mchRefundNo', 'LIB00002')).toEqual([before]);
  });

  test('is straight again when it is bent by nothing', async () => {
    const sandbox = await sandboxFor();
    const bend = { provider: 'SHOUTU', refundId: 'LIB00001' };
    const before = await listed(sandbox, 'mchRefundNo', 'LIB00001');
    await control(sandbox, '/refunds/bend', { ...bend, members: { refundState: '9' } });
    await control(sandbox, '/refunds/bend', bend);
    expect(await listed(sandbox, 'mchRefundNo', 'LIB00001')).toEqual(before);
  });

  test('can be made in a console, without our number', async () => {
    const sandbox = await sandboxFor();
    const added = { merchantRefundId: 'CONSOLE1', amount: 5, without: ['mchRefundNo'] };
    await control(sandbox, '/refunds/add', { provider: 'SHOUTU', providerPaymentId: 'PAY-DEMO-1', ...added });
    const [found] = await listed(sandbox, 'channelPayOrderNo', 'PAY-DEMO-1');
    expect(found).not.toHaveProperty('mchRefundNo');
    expect(found).toMatchObject({ refundAmount: '5', refundState: '2' });
  });

  test('can have the number of another merchant too', async () => {
    const sandbox = await sandboxFor();
    const members = { mchRefundNo: 'LIB00001', mchNo: 'M2' };
    await control(sandbox, '/refunds/add', { provider: 'SHOUTU', merchantRefundId: 'TWIN', amount: 5, members });
    const found = await listed(sandbox, 'mchRefundNo', 'LIB00001');
    expect(found.map(({ mchNo }) => mchNo)).toEqual(['M1691231069', 'M2']);
  });

  test('of BluePay may come without our id, or with a null', async () => {
    const sandbox = await sandboxFor();
    const added = { provider: 'BLUEPAY', amount: 5, providerPaymentId: 'CUDEMO1' };
    await control(sandbox, '/refunds/add', { ...added, merchantRefundId: 'C1', without: ['mchRefundOrderId'] });
    await control(sandbox, '/refunds/add', {
      ...added,
      merchantRefundId: 'C2',
      members: { refundTransactionId: null },
    });
    const { data } = rows.parse(await bluePay(sandbox, 'refund/payments', { originalTransactionId: 'CUDEMO1' }));
    expect(data[0]).not.toHaveProperty('mchRefundOrderId');
    expect(data[1]).toMatchObject({ mchRefundOrderId: 'C2', refundTransactionId: null });
  });

  test('of TiPay is bent in the query', async () => {
    const sandbox = await sandboxFor();
    const added = { provider: 'TIPAY', merchantRefundId: 'R1', amount: 5, merchantPaymentId: 'ORDERDEMO1' };
    await control(sandbox, '/refunds/add', { ...added, members: { refundAmount: 0.05 }, without: ['failReason'] });
    const { data } = z
      .object({ data: z.looseObject({}) })
      .parse(await tiPayQuery(sandbox, { refundRequestId: 'R1', orderId: 'ORDERDEMO1' }));
    expect(data).toMatchObject({ refundAmount: 0.05, status: 'SUCCESS' });
    expect(data).not.toHaveProperty('failReason');
  });

  test('is bent in callbacks too, which stay rightly signed', async () => {
    const ear = await openEar(() => ({ status: 200, body: 'SUCCESS' }));
    const sandbox = await sandboxFor({ notifyBase: ear.url });
    const bend = { provider: 'SHOUTU', refundId: 'LIB00001' };
    await control(sandbox, '/refunds/bend', { ...bend, members: { createdTime: 5 }, without: ['mchRefundNo'] });
    await control(sandbox, '/callbacks/resend', bend);
    const [heard] = await eventually(
      async () => ear.heard,
      ({ length }) => length === 1,
    );
    const form = Object.fromEntries(new URLSearchParams(heard?.body));
    expect(form).toMatchObject({ createdTime: '5' });
    expect(form).not.toHaveProperty('mchRefundNo');
    expect(fitsShoutu(form, form['sign'] ?? '', ofAccount(sandbox, 'SHOUTU', 'secret'))).toBe(true);
  });
});
