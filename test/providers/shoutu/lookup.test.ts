/**
 * Promise: a query for one refund, or for the refunds of a payment, uses an equality condition, and its
 * answer is matched with it.
 */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ProviderAccount } from '../../../src/providers/provider.ts';
import { merchantPaymentId } from '../../../src/refunds/ids.ts';
import { answer, json, startStub, type Step, type StubServer } from '../../support/stub-server.ts';
import { ask, askedConditions, askedPage, lookupOf, openShoutu, record, rows, success } from './account.ts';

let stub: StubServer;
const opened: ProviderAccount[] = [];
const open = (more: Record<string, unknown> = {}): ProviderAccount => {
  const account = openShoutu({ baseUrl: stub.url, ...more });
  opened.push(account);
  return account;
};
beforeEach(async () => {
  stub = await startStub();
});
afterEach(async () => {
  await Promise.all(opened.splice(0).map((account) => account.close()));
  await stub.close();
});
const malformed = (words: RegExp) => ({ kind: 'malformed', message: expect.stringMatching(words) });

test.each([
  ['our refund id', { refund: 'R0001' }, 'mchRefundNo 0 R0001'],
  ['their refund id', { theirRefund: 'C0001' }, 'channelOrderNo 0 C0001'],
  ['their payment id', { theirPayment: 'P20240731' }, 'channelPayOrderNo 0 P20240731'],
  ['the most exact of several', { refund: 'R0001', theirPayment: 'P20240731' }, 'mchRefundNo 0 R0001'],
])('asks by %s', async (_name, ids, condition) => {
  stub.next(json(rows([record()], { size: '100' })));
  const found = await ask(open(), ids);
  expect(found.map(({ merchantRefundId }) => merchantRefundId)).toEqual(['R0001']);
  expect(askedConditions(stub.requests[0])).toEqual([condition]);
  expect(askedPage(stub.requests[0])).toMatchObject({ page: 1, size: 100 });
});

test('cannot ask by our payment id', () => {
  expect(open().query({ ...lookupOf({}), merchantPaymentId: merchantPaymentId('M1') })).toBeNull();
});

test('equal queries have equal keys, others have not', () => {
  const account = open();
  const key = (ids: Parameters<typeof lookupOf>[0]) => account.query(lookupOf(ids))?.key;
  expect(key({ refund: 'A' })).toBe(key({ refund: 'A', theirPayment: 'P' }));
  expect(
    new Set([key({ refund: 'A' }), key({ refund: 'B' }), key({ theirRefund: 'A' }), key({ theirPayment: 'A' })]).size,
  ).toBe(4);
});

describe('"not there" is believed', () => {
  test('when the list under the condition is empty', async () => {
    stub.next(json(rows([], { total: '0' })));
    expect(await ask(open(), { refund: 'R0001' })).toEqual([]);
  });

  test.each<[string, unknown, RegExp]>([
    ['not when other refunds come', rows([record({ mchRefundNo: 'R0002' })]), /conditions/],
    ['not when rows are counted but missing', rows([], { total: '1' }), /data\.total says 1/],
    ['not when data is missing', success(), /data/],
    ['not when a page is another one', rows([record()], { current: '7', total: '90' }), /current/],
  ])('%s', async (_name, body, words) => {
    stub.always(json(body));
    await expect(ask(open(), { refund: 'R0001' })).rejects.toMatchObject(malformed(words));
  });

  test('not when the gateway refuses', async () => {
    stub.next(json({ code: '9999', msg: '没有记录' }));
    await expect(ask(open(), { refund: 'R0001' })).rejects.toMatchObject({ kind: 'rejected' });
  });
});

test('a row that is not what was asked for is dropped', async () => {
  stub.next(json(rows([record({ mchRefundNo: 'R00010' }), record()], { size: '100' })));
  const found = await ask(open(), { refund: 'R0001' });
  expect(found.map(({ merchantRefundId }) => merchantRefundId)).toEqual(['R0001']);
});

describe('a payment with more refunds than a page holds', () => {
  const all = Array.from({ length: 7 }, (_, n) => record({ mchRefundNo: `R${n}`, channelOrderNo: `C${n}` }));
  /** The gateway's list, with pages of at most `cut` rows. */
  function serve(cut: number): void {
    stub.always((response, request) => {
      const { page, size } = askedPage(request);
      const step = Math.min(size, cut);
      const records = all.slice((page - 1) * step, page * step);
      response.end(
        JSON.stringify(rows(records, { total: String(all.length), current: String(page), size: String(step) })),
      );
    });
  }

  test.each([
    ['is read to its end', 3, 100, [1, 2, 3]],
    ['is read to its end when the provider cuts pages', 100, 2, [1, 2, 3, 4]],
    ['is read to its end when the last page is full', 7, 7, [1]],
  ])('%s', async (_name, maxPageSize, cut, pages) => {
    serve(cut);
    const found = await ask(open({ maxPageSize }), { theirPayment: 'P20240731' });
    expect(found.map(({ merchantRefundId }) => merchantRefundId)).toEqual(all.map(({ mchRefundNo }) => mchRefundNo));
    expect(stub.requests.map((request) => askedPage(request).page)).toEqual(pages);
    expect(askedPage(stub.requests[0]).orders).toEqual([
      { fieldName: 'createdTime', order: '1' },
      { fieldName: 'channelOrderNo', order: '1' },
    ]);
  });

  test('is not believed when its list has no end', async () => {
    let made = 0;
    stub.always((response, request) => {
      const { page } = askedPage(request);
      const records = [record({ mchRefundNo: `R${made++}` })];
      response.end(JSON.stringify(rows(records, { total: '1000000', current: String(page) })));
    });
    await expect(ask(open({ maxPageSize: 1 }), { theirPayment: 'P20240731' })).rejects.toMatchObject(
      malformed(/more refunds/),
    );
    expect(stub.requests).toHaveLength(20);
  });
});

describe('the query, where its path is configured', () => {
  const paths = { query: '/api/refund/query' };

  test('is asked for our refund id only', async () => {
    stub.next(json(success(record())), json(rows([record()])));
    const account = open({ paths });
    expect((await ask(account, { refund: 'R0001' }))[0]).toMatchObject({
      merchantRefundId: 'R0001',
      status: 'PROCESSING',
    });
    expect(JSON.parse(stub.requests[0]?.body ?? '')).toMatchObject({ mchRefundNo: 'R0001', tenantId: 'a000001' });
    await ask(account, { theirRefund: 'C0001' });
    expect(stub.requests.map(({ path }) => path)).toEqual(['/api/refund/query', expect.stringMatching(/querylist$/)]);
  });

  test.each<[string, Step]>([
    ['a no', json({ code: '9999', msg: '退款订单不存在' })],
    ['a no by HTTP', json({ code: 'A1', msg: 'no' }, 400)],
    ['success without data', json(success())],
    ['success with null', json(success(null))],
  ])('%s is not yet "not there": that is what the list says', async (_name, answer) => {
    const account = open({ paths });
    stub.next(answer, json(rows([], { total: '0' })));
    expect(await ask(account, { refund: 'R0001' })).toEqual([]);
    expect(stub.requests.map(({ path }) => path)).toEqual(['/api/refund/query', expect.stringMatching(/querylist$/)]);
    expect(askedConditions(stub.requests[1])).toEqual(['mchRefundNo 0 R0001']);
    stub.next(answer, json(rows([record()], { size: '100' })));
    expect(await ask(account, { refund: 'R0001' })).toMatchObject([{ merchantRefundId: 'R0001' }]);
  });

  test.each<[string, Step, string]>([
    ['a wrong path', answer(404), 'misconfigured'],
    ['keys that are not admitted', answer(401), 'misconfigured'],
    ['a failure inside the gateway', json({ code: '10' }), 'try-later'],
    ['a record that makes no sense', json(success(record({ refundAmount: 'many' }))), 'malformed'],
  ])('%s is an error, and the list is not asked', async (_name, step, kind) => {
    stub.always(step);
    await expect(ask(open({ paths }), { refund: 'R0001' })).rejects.toMatchObject({ kind });
    expect(new Set(stub.requests.map(({ path }) => path))).toEqual(new Set(['/api/refund/query']));
  });

  test('another refund is not believed', async () => {
    stub.next(json(success(record({ mchRefundNo: 'R0002' }))));
    await expect(ask(open({ paths }), { refund: 'R0001' })).rejects.toMatchObject(malformed(/data\.mchRefundNo/));
  });
});
