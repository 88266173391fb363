/**
 * Promise: Shoutu's list sends the exact text of its page, pages, pushes down what it can, and refuses wrong
 * answers.
 */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Tell } from '../../../src/operator/event.ts';
import type { ProviderAccount } from '../../../src/providers/provider.ts';
import { NO_CONDITIONS, type RefundConditions } from '../../../src/refunds/filter.ts';
import { merchantPaymentId, merchantRefundId, providerPaymentId, providerRefundId } from '../../../src/refunds/ids.ts';
import { json, startStub, type Step, type StubServer } from '../../support/stub-server.ts';
import { askedConditions, askedPage, fixture, listOf, openShoutu, page, record, rows, success } from './account.ts';

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

describe('the request', () => {
  test('is, byte for byte, the vector that was signed outside', async () => {
    stub.next(json(rows([])));
    await page(open({ order: { thenBy: [] } }));
    expect(stub.requests[0]?.path).toBe('/jiafulai/paymentgateway/api/refund/querylist');
    expect(stub.requests[0]?.headers['content-type']).toBe('application/json');
    expect(stub.requests[0]?.body).toBe(
      '{"reqTime":"1700000000000","appId":"Aleph001","sign":"08A790C05BE8B92014CE511FCAE521C8","tenantId":"a000001",' +
        '"queryPage":{"orders":[{"fieldName":"createdTime","order":"0"}],"page":1,' +
        '"queries":[{"cp":"0","field":"tenantId","lc":"1","value":"a000001"}],"size":10}}',
    );
  });

  test('has the members of the documented sample, in its order', async () => {
    stub.next(json(rows([])));
    await page(open({ order: { thenBy: [] } }));
    const sample = JSON.parse(fixture('querylist-request'));
    const sent = JSON.parse(stub.requests[0]?.body ?? '');
    expect(sent.queryPage).toEqual(sample.queryPage);
    expect(JSON.stringify({ ...sent, reqTime: '', sign: '' })).toBe(
      JSON.stringify({ ...sample, reqTime: '', sign: '' }),
    );
  });

  test('leaves nested objects out of the signature where the account says so', async () => {
    stub.next(json(rows([])));
    await page(open({ signature: { nested: 'omit' } }));
    expect(JSON.parse(stub.requests[0]?.body ?? '').sign).toBe('AB7567BD78213E61977CA3AC1CF044BD');
  });

  test('follows the settings of the account', async () => {
    stub.next(json(rows([], { current: '3' })));
    const account = open({
      baseUrl: `${stub.url}/gate/`,
      paths: { list: '/l' },
      pageBase: 0,
      order: { ASC: 'up' },
      conditions: { eq: '=' },
      lc: 'and',
      reqTimeFormat: 'yyyyMMddHHmmss',
    });
    await page(account, {}, { page: 3, size: 7, direction: 'ASC' });
    expect(stub.requests[0]?.path).toBe('/gate/l');
    expect(JSON.parse(stub.requests[0]?.body ?? '').reqTime).toBe('20231115061320');
    expect(askedPage(stub.requests[0])).toEqual({
      orders: [
        { fieldName: 'createdTime', order: 'up' },
        { fieldName: 'channelOrderNo', order: 'up' },
      ],
      page: 3,
      queries: [{ cp: '=', field: 'tenantId', lc: 'and', value: 'a000001' }],
      size: 7,
    });
  });

  test('has the members of a condition that an operator came to know, signed with the rest', async () => {
    stub.next(json(rows([])));
    await page(open({ conditionMembers: { isOr: false, sort: 0, kind: 'x' } }));
    expect(stub.requests[0]?.body).toContain(
      '"queries":[{"cp":"0","field":"tenantId","lc":"1","value":"a000001","isOr":false,"sort":0,"kind":"x"}]',
    );
  });

  test('pages are counted from 0 here and from 1 there', async () => {
    stub.next(json(rows([], { current: '5', total: '40' })));
    await page(open(), {}, { page: 4 });
    expect(askedPage(stub.requests[0]).page).toBe(5);
  });

  test.each(['2', '3'])('a gateway that counts pages from 0 may call page 2 %s in its answer', async (current) => {
    stub.next(json(rows([record()], { current, total: '40' })));
    expect((await page(open({ pageBase: 0 }), {}, { page: 2 })).observations).toHaveLength(1);
    expect(askedPage(stub.requests[0]).page).toBe(2);
  });

  test('is signed anew with a fresh time when it is repeated', async () => {
    stub.next(json({}, 503), json(rows([])));
    let now = 1_700_000_000_000;
    const account = openShoutu({ baseUrl: stub.url }, { clock: () => new Date(now++) });
    opened.push(account);
    await page(account);
    const [first, second] = stub.requests.map(({ body }) => JSON.parse(body));
    expect(second.reqTime).not.toBe(first.reqTime);
    expect(second.sign).not.toBe(first.sign);
  });
});

describe('the answer', () => {
  test('in the documented shape becomes observations', async () => {
    stub.next(json(fixture('querylist-answer')));
    const { observations, total } = await page(open());
    expect(total).toBe(2);
    const [done, failed] = observations;
    const { raw, ...known } = done ?? { raw: '' };
    expect(known).toEqual({
      provider: 'SHOUTU',
      merchantRefundId: 'R20240731000000000000000000000001',
      providerRefundId: '50301508962024073117654321098765',
      merchantPaymentId: null,
      providerPaymentId: '4200002268202407310123456789',
      paymentAmount: { minorUnits: 10_000n, currency: 'CNY' },
      amount: { minorUnits: 10_000n, currency: 'CNY' },
      feeRefunded: null,
      status: 'SUCCEEDED',
      providerStatus: '2',
      reason: '退还读者押金',
      failure: null,
      createdAt: new Date('2024-07-31T08:26:46Z'),
      completedAt: new Date('2024-07-31T08:26:48Z'),
      details: {
        provider: 'SHOUTU',
        merchantNo: 'M1691231069',
        merchantName: '首都图书馆',
        branchMerchantNo: 'M1691231070',
        appId: 'Aleph001',
        refundMode: 'ENTIRE_REFUND',
        businessId: '读者押金',
        extension: { readerCard: '01100012345678', amount: '100.00' },
      },
    });
    expect(JSON.parse(raw)).toEqual(JSON.parse(fixture('querylist-answer')).data.records[0]);
    expect(failed).toMatchObject({
      providerRefundId: null,
      status: 'FAILED',
      failure: { code: 'NOTENOUGH', message: '基本账户余额不足', retryable: false },
      amount: { minorUnits: 1n, currency: 'CNY' },
      reason: null,
      completedAt: null,
      details: { refundMode: 'ITEMIZED_REFUND', branchMerchantNo: null, businessId: null, extension: null },
    });
  });

  test('knows every member of the documented record, and keeps those that are not', async () => {
    const [shape] = JSON.parse(fixture('querylist-answer-shape')).data.records;
    expect(Object.keys(record()).toSorted()).toEqual(Object.keys(shape).toSorted());
    stub.next(json(rows([record({ newMember: { deep: 1.5 } })])));
    const { observations } = await page(open());
    expect(observations[0]?.raw).toContain('"newMember":{"deep":1.5}');
  });

  test('may have numbers where text is documented', async () => {
    stub.next(
      json(
        `{"code":0,"data":{"records":[${JSON.stringify(record()).replaceAll('"10000"', '10000')}],"total":1,"size":10,"current":1}}`,
      ),
    );
    const { observations, total } = await page(open());
    expect(total).toBe(1);
    expect(observations[0]?.amount.minorUnits).toBe(10_000n);
    expect(observations[0]?.raw).toContain('"refundAmount":10000,');
  });

  test.each([
    ['0', { code: '0' }],
    ['200', { code: 200 }],
    ['SUCCESS', { code: 'SUCCESS' }],
  ])('success is said with %s', async (_name, more) => {
    stub.next(json({ ...rows([]), ...more }));
    expect(await page(open())).toEqual({ observations: [], total: 0, size: 10 });
  });

  test('yuan are read where the account says so', async () => {
    stub.next(json(rows([record({ refundAmount: '12.90', payAmount: '100' })])));
    const { observations } = await page(open({ amountUnit: 'yuan' }));
    expect(observations[0]).toMatchObject({ amount: { minorUnits: 1_290n }, paymentAmount: { minorUnits: 10_000n } });
  });

  test('times are read in the zone of the account', async () => {
    stub.next(json(rows([record({ createdTime: '2024-07-31 16:26:46' })])));
    const { observations } = await page(open({ timeZone: 'Asia/Tokyo' }));
    expect(observations[0]?.createdAt).toEqual(new Date('2024-07-31T07:26:46Z'));
  });

  test('members that can be done without cost neither the page nor their row when they are mistyped', async () => {
    const mistyped = { createdTime: 'yesterday', successTime: true, payAmount: [], errMsg: {} };
    stub.next(json(rows([record(mistyped), record({ mchRefundNo: 'R0002' })], { current: 'first', size: 'ten' })));
    const heard: unknown[] = [];
    const tell: Tell = (event) => void (event.kind === 'unreadable-member' && heard.push(event));
    const account = openShoutu({ baseUrl: stub.url }, { tell });
    opened.push(account);
    const { observations } = await page(account);
    expect(observations).toMatchObject([
      { merchantRefundId: 'R0001', status: 'PROCESSING', createdAt: null, paymentAmount: null },
      { merchantRefundId: 'R0002' },
    ]);
    expect(observations[1]?.createdAt).not.toBeNull();
    const members = ['current', 'size', 'payAmount', 'errMsg', 'successTime', 'createdTime'];
    expect(heard).toEqual(members.map((member) => ({ kind: 'unreadable-member', account: 'library', member })));
  });

  test('a row that came between count and page is counted', async () => {
    stub.next(json(rows([record()], { total: '20', current: '3' })));
    expect((await page(open(), {}, { page: 2 })).total).toBe(21);
  });

  test('an unknown state is under way, shown as it came and reported', async () => {
    stub.next(json(rows([record({ refundState: '审核中' })])));
    const heard: unknown[] = [];
    const account = openShoutu(
      { baseUrl: stub.url },
      { tell: (event) => void (event.kind === 'unknown-status' && heard.push(event)) },
    );
    opened.push(account);
    const { observations } = await page(account);
    expect(observations[0]).toMatchObject({ status: 'PROCESSING', providerStatus: '审核中' });
    expect(heard).toEqual([{ kind: 'unknown-status', account: 'library', word: '审核中' }]);
  });

  test.each<[string, unknown, RegExp]>([
    [
      'the printed shape itself',
      JSON.parse(fixture('querylist-answer-shape').replace('"code": "string"', '"code": "0"')),
      /data\.total/,
    ],
    ['no data', success(), /data/],
    ['data null', success(null), /data/],
    ['no records', success({ total: '0' }), /data\.records/],
    ['no total', success({ records: [] }), /data\.total/],
    ['a total that is no number', rows([], { total: 'many' }), /data\.total/],
    ['another page', rows([record()], { current: '2', total: '40' }), /data\.current/],
    ['more rows than asked', rows(Array.from({ length: 11 }, () => record())), /data\.records/],
    ['no code', { data: {} }, /code/],
    ['a text', 'SUCCESS', /the answer/],
    ['null', null, /the answer/],
  ])('is not believed: %s', async (_name, body, words) => {
    stub.next(json(JSON.stringify(body)));
    await expect(page(open())).rejects.toMatchObject({ kind: 'malformed', message: expect.stringMatching(words) });
  });

  test.each<[string, unknown, string]>([
    ['a row that is no object', 'x', 'record'],
    ['a row without our id', record({ mchRefundNo: undefined }), 'mchRefundNo'],
    ['a row with an empty id', record({ mchRefundNo: '' }), 'mchRefundNo'],
    ['a row without an amount', record({ refundAmount: null }), 'refundAmount'],
    ['an amount that is none', record({ refundAmount: '12.5' }), 'refundAmount'],
    ['a negative amount', record({ refundAmount: '-1' }), 'refundAmount'],
    ['a row without a state', record({ refundState: '' }), 'refundState'],
  ])('keeps its place and costs no neighbour: %s', async (_name, broken, member) => {
    stub.next(json(rows([record(), broken, record({ mchRefundNo: 'R2' })])));
    const account = open();
    const { records } = await listOf(account).page(
      { page: 0, size: 10, direction: 'DESC', conditions: NO_CONDITIONS },
      AbortSignal.timeout(5_000),
    );
    expect(records).toMatchObject([
      { kind: 'observed' },
      { kind: 'unreadable', record: { member } },
      { kind: 'observed' },
    ]);
    expect(account.health()).toMatchObject({ status: 'DEGRADED', lastFailure: { code: 'MALFORMED', member } });
  });

  test('a page that the provider cuts says so, and does not count for more than it is', async () => {
    stub.next(json(rows([record(), record()], { current: '2', size: '2', total: '4' })));
    expect(await page(open(), {}, { page: 1, size: 10 })).toMatchObject({ total: 4, size: 2 });
  });

  test('a page without its size and number is taken for what was asked', async () => {
    stub.next(json(rows([record()], { size: undefined, current: undefined })));
    const { observations, ...rest } = await page(open());
    expect(observations).toHaveLength(1);
    expect(rest).toEqual({ total: 1 });
  });

  test('a page beyond the end that is the first page again is empty', async () => {
    stub.next(json(rows([record()], { current: '1', total: '1' })));
    expect(await page(open(), {}, { page: 3 })).toEqual({ observations: [], total: 1, size: 10 });
  });

  test('a refusal keeps the code and words of the gateway', async () => {
    stub.next(json({ code: '9999', msg: '验签失败' }));
    await expect(page(open())).rejects.toMatchObject({
      kind: 'rejected',
      providerCode: '9999',
      providerMessage: '验签失败',
      operation: 'list refunds',
    });
    expect(stub.requests).toHaveLength(1);
  });

  test.each<[string, Step]>([
    ['a failure inside the gateway', json({ code: '10', msg: '系统异常' })],
    ['the same by HTTP 500', json({ code: '10', msg: '系统异常' }, 500)],
  ])('%s is an answer, and is not asked again at once', async (_name, step) => {
    stub.always(step);
    await expect(page(open())).rejects.toMatchObject({ kind: 'try-later', providerCode: '10' });
    expect(stub.requests).toHaveLength(1);
  });
});

describe('a filter', () => {
  const day = (hour: number, ms = 0) => new Date(Date.UTC(2024, 6, 31, hour, 0, 0, ms));
  const ranges = { conditions: { gte: '3', lt: '5' } };
  const inRange = record({ createdTime: '2024-07-31 16:30:00' });

  test.each<[string, Partial<RefundConditions>, Record<string, unknown>, string[], boolean]>([
    ['nothing', {}, {}, [], true],
    ['our refund id', { merchantRefundId: merchantRefundId('R0001') }, {}, ['mchRefundNo 0 R0001'], true],
    ['their refund id', { providerRefundId: providerRefundId('C0001') }, {}, ['channelOrderNo 0 C0001'], true],
    [
      'their payment id',
      { providerPaymentId: providerPaymentId('P20240731') },
      {},
      ['channelPayOrderNo 0 P20240731'],
      true,
    ],
    ['our payment id', { merchantPaymentId: merchantPaymentId('M1') }, {}, [], false],
    ['a status that several values mean', { statuses: ['SUCCEEDED'] }, {}, [], false],
    [
      'a status whose value is given',
      { statuses: ['PROCESSING'] },
      { statusConditions: { PROCESSING: '1' } },
      ['refundState 0 1'],
      true,
    ],
    [
      'the same, named twice',
      { statuses: ['PROCESSING', 'PROCESSING'] },
      { statusConditions: { PROCESSING: '1' } },
      ['refundState 0 1'],
      true,
    ],
    [
      'a status that only one value is left for',
      { statuses: ['PENDING'] },
      { statuses: { INIT: 'PROCESSING' } },
      ['refundState 0 0'],
      true,
    ],
    [
      'PROCESSING, which unknown values mean too',
      { statuses: ['PROCESSING'] },
      { statuses: { REFUNDING: 'PENDING', PROCESSING: 'PENDING' } },
      [],
      false,
    ],
    [
      'two statuses',
      { statuses: ['PROCESSING', 'FAILED'] },
      { statusConditions: { PROCESSING: '1', FAILED: '3' } },
      [],
      false,
    ],
    ['no status at all', { statuses: [] }, { statusConditions: { PROCESSING: '1' } }, [], false],
    ['a range without codes', { createdFrom: day(8), createdBefore: day(9) }, {}, [], false],
    [
      'a range',
      { createdFrom: day(8), createdBefore: day(9) },
      ranges,
      ['createdTime 3 2024-07-31 16:00:00', 'createdTime 5 2024-07-31 17:00:00'],
      true,
    ],
    [
      'a range with one code',
      { createdFrom: day(8), createdBefore: day(9) },
      { conditions: { gte: '3' } },
      ['createdTime 3 2024-07-31 16:00:00'],
      false,
    ],
    [
      'bounds inside a second',
      { createdFrom: day(8, 1), createdBefore: day(9, 999) },
      ranges,
      ['createdTime 3 2024-07-31 16:00:01', 'createdTime 5 2024-07-31 17:00:01'],
      true,
    ],
    [
      'a range with the other two codes',
      { createdFrom: day(8), createdBefore: day(9) },
      { conditions: { gt: '2', lte: '4' } },
      ['createdTime 2 2024-07-31 15:59:59', 'createdTime 4 2024-07-31 17:00:00'],
      false,
    ],
    [
      'everything',
      {
        merchantRefundId: merchantRefundId('R0001'),
        providerPaymentId: providerPaymentId('P20240731'),
        createdFrom: day(8),
      },
      ranges,
      ['mchRefundNo 0 R0001', 'channelPayOrderNo 0 P20240731', 'createdTime 3 2024-07-31 16:00:00'],
      true,
    ],
  ])('by %s', async (_name, conditions, settings, asked, whole) => {
    const state = conditions.statuses?.[0] === 'PENDING' ? '0' : '1';
    stub.next(json(rows([{ ...inRange, refundState: state }])));
    const account = open(settings);
    expect((await page(account, conditions)).observations).toHaveLength(1);
    expect(askedConditions(stub.requests[0])).toEqual(asked);
    expect(listOf(account).canPush({ ...NO_CONDITIONS, ...conditions })).toBe(whole);
  });

  test.each<[string, Partial<RefundConditions>, Record<string, unknown>, Record<string, unknown>]>([
    ['an id', { merchantRefundId: merchantRefundId('R0001') }, {}, { mchRefundNo: 'R0002' }],
    ['a payment', { providerPaymentId: providerPaymentId('P20240731') }, {}, { channelPayOrderNo: '' }],
    ['a status', { statuses: ['FAILED'] }, { statusConditions: { FAILED: '3' } }, { refundState: '2' }],
    ['the beginning of a range', { createdFrom: day(8) }, ranges, { createdTime: '2024-07-31 15:59:59' }],
    ['the end of a range', { createdBefore: day(8) }, ranges, { createdTime: '2024-07-31 16:00:00' }],
  ])('that the provider ignores is noticed: %s', async (_name, conditions, settings, stray) => {
    stub.next(json(rows([record({ refundState: '3', createdTime: '', ...stray })])));
    await expect(page(open(settings), conditions)).rejects.toMatchObject({
      kind: 'malformed',
      message: expect.stringMatching(/data\.records\.0.*conditions/),
    });
  });
});

test('the probe asks for one row', async () => {
  stub.next(json(rows([record()], { total: '700' })));
  await open().probe(AbortSignal.timeout(5_000));
  expect(askedPage(stub.requests[0])).toMatchObject({ page: 1, size: 1 });
});

test('the probe fails as the gateway does', async () => {
  stub.next(json({}, 401));
  await expect(open().probe(AbortSignal.timeout(5_000))).rejects.toMatchObject({ kind: 'misconfigured' });
});
