import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { signShoutu } from '../../../src/sandbox/shoutu/signature.ts';
import type { Sandbox } from '../../../src/sandbox/sandbox.ts';
import { code, control, ofAccount, post, sandboxFor, shoutu, shoutuPage } from '../support/merchant.ts';

const list = async (sandbox: Sandbox, queryPage: object) =>
  shoutuPage.parse(await shoutu(sandbox, 'querylist', { queryPage })).data;

const create = (sandbox: Sandbox, members: object = {}): Promise<unknown> =>
  shoutu(sandbox, 'refundOrder', {
    channelPayOrderNo: 'PAY-DEMO-1',
    mchRefundNo: 'R1',
    refundMode: 'ITEMIZED_REFUND',
    refundAmount: '10000',
    ...members,
  });

describe('Shoutu querylist', () => {
  test('shows records of the eighteen documented members, all text, and counts as text', async () => {
    const sandbox = await sandboxFor();
    const page = await list(sandbox, { page: 1, size: 3, orders: [{ fieldName: 'createdTime', order: '0' }] });
    expect(page).toMatchObject({ total: '30', size: '3', current: '1' });
    expect(page.records).toHaveLength(3);
    for (const record of page.records) expect(Object.keys(record)).toHaveLength(18);
  });

  test('goes on where the page before ended, newest first or oldest first, with equal times in one order', async () => {
    const sandbox = await sandboxFor();
    // Two in the same second as the newest of all.
    for (const merchantRefundId of ['SAME1', 'SAME2', 'SAME3']) {
      await control(sandbox, '/refunds/add', {
        provider: 'SHOUTU',
        merchantRefundId,
        amount: 5,
        createdAt: '2099-01-01T00:00:00Z',
      });
    }
    const walk = async (order: '0' | '1'): Promise<readonly string[]> => {
      const pages = await Promise.all(
        [1, 2, 3, 4, 5].map((page) => list(sandbox, { page, size: 7, orders: [{ fieldName: 'createdTime', order }] })),
      );
      return pages.flatMap(({ records }) =>
        records.map(({ createdTime, mchRefundNo }) => `${createdTime} ${mchRefundNo}`),
      );
    };
    const [down, up] = [await walk('0'), await walk('1')];
    expect(down).toEqual(up.toReversed());
    expect(up).toHaveLength(33);
    expect(up.slice(-3).map((row) => row.slice(-5))).toEqual(['SAME1', 'SAME2', 'SAME3']);
    expect(up.map((row) => row.slice(0, 19))).toEqual(up.map((row) => row.slice(0, 19)).toSorted());
  });

  test('an empty page past the end still counts', async () => {
    const sandbox = await sandboxFor();
    expect(await list(sandbox, { page: 99, size: 100 })).toEqual({
      records: [],
      total: '30',
      size: '100',
      current: '99',
    });
  });

  test('narrows by equality on a member, and by the tenant', async () => {
    const sandbox = await sandboxFor();
    const by = (field: string, value: string) => ({ cp: '0', field, lc: '1', value });
    const one = await list(sandbox, { queries: [by('tenantId', 'a000001'), by('mchRefundNo', 'LIB00007')] });
    expect(one.records.map(({ mchRefundNo }) => mchRefundNo)).toEqual(['LIB00007']);
    expect(one.total).toBe('1');
    expect((await list(sandbox, { queries: [by('tenantId', 'a000002')] })).total).toBe('0');
    const done = await list(sandbox, { size: 100, queries: [by('refundState', '2')] });
    expect(new Set(done.records.map(({ refundState }) => refundState))).toEqual(new Set(['2']));
  });

  test.each([
    ['a size above 100', { size: 101 }],
    ['a size that is text', { size: '10' }],
    ['page 0', { page: 0 }],
    ['an unknown condition code', { queries: [{ cp: '3', field: 'createdTime', value: '2024' }] }],
    ['an unknown field', { queries: [{ cp: '0', field: 'colour', value: 'red' }] }],
    ['a condition value that is no text', { queries: [{ cp: '0', field: 'refundState', value: 2 }] }],
    ['an unknown member of a condition', { queries: [{ cp: '0', field: 'refundState', value: '2', rc: '1' }] }],
    ['an unknown order', { orders: [{ fieldName: 'createdTime', order: 'desc' }] }],
    ['an unknown order field', { orders: [{ fieldName: 'colour', order: '0' }] }],
    ['an unknown member', { pages: 1 }],
  ])('refuses %s', async (_what, queryPage) => {
    const sandbox = await sandboxFor();
    expect(code(await shoutu(sandbox, 'querylist', { queryPage }))).toBe('11');
  });

  test('refuses a call without queryPage', async () => {
    expect(code(await shoutu(await sandboxFor(), 'querylist', {}))).toBe('11');
  });
});

describe('Every Shoutu call', () => {
  const queryPage = { page: 1, size: 1 };
  const MINUTE = 60_000;
  test.each([
    ['a wrong signature', '9999', { sign: 'C23FA3CB40627C6FDA0FC5D890BDF848' }],
    ['another application', '9999', { appId: 'Aleph002' }],
    ['another tenant', '9999', { tenantId: 'a000002' }],
    ['no signature', '11', { sign: undefined }],
    ['a reqTime of 14 digits', '11', { reqTime: '20190723141000' }],
    ['a reqTime that is a number', '11', { reqTime: Date.now() }],
    ['a reqTime of 11 minutes ago', '9999', { reqTime: String(Date.now() - 11 * MINUTE) }],
    ['a reqTime in 11 minutes', '9999', { reqTime: String(Date.now() + 11 * MINUTE) }],
  ])('is refused with %s', async (_what, expected, members) => {
    expect(code(await shoutu(await sandboxFor(), 'querylist', { queryPage, ...members }))).toBe(expected);
  });

  test('may be nine minutes off', async () => {
    const sandbox = await sandboxFor();
    for (const reqTime of [Date.now() - 9 * MINUTE, Date.now() + 9 * MINUTE].map(String)) {
      expect(code(await shoutu(sandbox, 'querylist', { queryPage, reqTime }))).toBe('0');
    }
  });

  test('is signed over nested members too', async () => {
    const sandbox = await sandboxFor();
    const own = (member: string): string => ofAccount(sandbox, 'SHOUTU', member);
    const [appId, tenantId, secret] = [own('appId'), own('tenantId'), own('secret')];
    const flat = { reqTime: String(Date.now()), appId, tenantId };
    const body = JSON.stringify({ ...flat, queryPage, sign: signShoutu(flat, secret) });
    expect(code(await post(`${sandbox.urls.SHOUTU}/jiafulai/paymentgateway/api/refund/querylist`, body))).toBe('9999');
  });

  test('is JSON', async () => {
    const url = `${(await sandboxFor()).urls.SHOUTU}/jiafulai/paymentgateway/api/refund/querylist`;
    expect(code(await post(url, '{"reqTime":'))).toBe('11');
    expect(code(await post(url, '[]'))).toBe('11');
  });
});

describe('Shoutu refundOrder', () => {
  const accepted = z.object({ code: z.literal('0'), data: z.record(z.string(), z.string()) });

  test('takes a refund, which the list then shows', async () => {
    const sandbox = await sandboxFor();
    const answer = accepted.parse(await create(sandbox, { refundReason: '读者押金', businessId: 'desk 2' }));
    expect(answer.data).toMatchObject({
      mchRefundNo: 'R1',
      refundState: '0',
      refundAmount: '10000',
      payAmount: '1000000',
    });
    const { records } = await list(sandbox, { queries: [{ cp: '0', field: 'mchRefundNo', value: 'R1' }] });
    expect(records[0]).toMatchObject({
      channelOrderNo: answer.data['channelOrderNo'],
      channelPayOrderNo: 'PAY-DEMO-1',
      refundMode: 'ITEMIZED_REFUND',
      businessId: 'desk 2',
      refundReason: '读者押金',
      successTime: '',
      errCode: '',
    });
  });

  test('finds the payment by either number, and by both when they agree', async () => {
    const sandbox = await sandboxFor();
    const ours = { channelPayOrderNo: '', mchOrderNo: 'ORDER-DEMO-2' };
    expect(code(await create(sandbox, { ...ours, mchRefundNo: 'A' }))).toBe('0');
    expect(code(await create(sandbox, { mchOrderNo: 'ORDER-DEMO-1', mchRefundNo: 'B' }))).toBe('0');
    expect(code(await create(sandbox, { mchOrderNo: 'ORDER-DEMO-2', mchRefundNo: 'C' }))).toBe('9999');
  });

  test('refuses a mchRefundNo that was used before, and makes no second refund', async () => {
    const sandbox = await sandboxFor();
    expect(code(await create(sandbox))).toBe('0');
    expect(code(await create(sandbox))).toBe('9999');
    expect(await control(sandbox, '/executed')).toMatchObject({ SHOUTU: { R1: { accepted: 1, moved: 0 } } });
  });

  test('gives back no more than was paid, not counting what failed', async () => {
    const sandbox = await sandboxFor();
    expect(code(await create(sandbox, { refundAmount: '600000' }))).toBe('0');
    expect(code(await create(sandbox, { refundAmount: '400001', mchRefundNo: 'R2' }))).toBe('9999');
    await control(sandbox, '/refunds/move', { provider: 'SHOUTU', refundId: 'R1', status: 'FAILED' });
    expect(code(await create(sandbox, { refundAmount: '1000000', mchRefundNo: 'R3' }))).toBe('0');
    expect(code(await create(sandbox, { refundAmount: '1', mchRefundNo: 'R4' }))).toBe('9999');
  });

  test.each([
    ['no payment number', '11', { channelPayOrderNo: undefined }],
    ['an unknown payment', '9999', { channelPayOrderNo: 'NOWHERE' }],
    ['a payment that was not paid', '9999', { channelPayOrderNo: 'PAY-UNPAID-1' }],
    ['no mchRefundNo', '11', { mchRefundNo: undefined }],
    ['an unknown mode', '11', { refundMode: 'HALF' }],
    ['a number as amount', '11', { refundAmount: 10000 }],
    ['yuan as amount', '11', { refundAmount: '100.00' }],
    ['amount 0', '11', { refundAmount: '0' }],
    ['an address that is none', '11', { notifyUrl: 'here' }],
  ])('refuses %s', async (_what, expected, members) => {
    expect(code(await create(await sandboxFor(), members))).toBe(expected);
  });
});
