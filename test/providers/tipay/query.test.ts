import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Tell } from '../../../src/operator/event.ts';
import { ProviderError } from '../../../src/providers/errors.ts';
import type { ProviderAccount } from '../../../src/providers/provider.ts';
import { json, startStub, type StubServer } from '../../support/stub-server.ts';
import { ask, fixture, lookup, openTiPay, ORDER, record, refusal, REQUEST, success } from './account.ts';

let stub: StubServer;
let account: ProviderAccount;
beforeEach(async () => {
  stub = await startStub();
  account = openTiPay({ baseUrl: stub.url });
});
afterEach(async () => {
  await account.close();
  await stub.close();
});

const failureOf = (asking: Promise<unknown>): Promise<ProviderError> =>
  asking.then(
    () => Promise.reject(new Error('it was answered')),
    (error: unknown) => {
      if (error instanceof ProviderError) return error;
      throw error;
    },
  );

it("TiPay's own sample is read member by member", async () => {
  stub.always(json(fixture('query-answer')));
  const [refund, ...more] = await ask(account);
  expect(more).toHaveLength(0);
  expect(refund).toStrictEqual({
    provider: 'TIPAY',
    merchantRefundId: '1b118148eaf54b09a213adcb332d7a19',
    providerRefundId: '1002202301300000005245434665',
    merchantPaymentId: 'bda4e84ef8ee427b830d869d7a6bfd71',
    providerPaymentId: '1013202301300000005245245059',
    paymentAmount: null,
    amount: { minorUnits: 1n, currency: 'CNY' },
    feeRefunded: { minorUnits: 0n, currency: 'CNY' },
    status: 'SUCCEEDED',
    providerStatus: 'SUCCESS',
    reason: '用户申请退货并退款',
    failure: null,
    createdAt: new Date('2023-01-30T09:08:14Z'),
    completedAt: new Date('2023-01-30T09:08:15Z'),
    details: {
      provider: 'TIPAY',
      uniqueOrderNo: '1013202301300000005245245059',
      realRefundAmount: { minorUnits: 1n, currency: 'CNY' },
      cashRefundAmount: { minorUnits: 1n, currency: 'CNY' },
      fundingAccounts: [{ accountType: 'SETTLE_ACCOUNT', amount: { minorUnits: 1n, currency: 'CNY' } }],
      channelReceiverInfo: null,
      actionNeeded: false,
    },
    raw: JSON.stringify(record()),
  });
});

describe('what can be queried', () => {
  it('one refund, by both of our ids together', () => {
    expect(account.query(lookup({ refund: REQUEST }))).toBeNull();
    expect(account.query(lookup({ payment: ORDER }))).toBeNull();
    expect(account.query(lookup({ refund: REQUEST, payment: ORDER }))).not.toBeNull();
    expect(account.queriedBy).toStrictEqual([['merchantRefundId', 'merchantPaymentId']]);
  });

  it('and no two refunds are one query', () => {
    const key = (refund: string, payment: string) => account.query(lookup({ refund, payment }))?.key;
    expect(key('a', 'b')).toBe(key('a', 'b'));
    expect(new Set([key('a', 'b'), key('b', 'a'), key('a","b', 'c'), key('a', 'b","c'), key('a:b', '')]).size).toBe(5);
  });

  it('and goes out as the page says', async () => {
    stub.always(json(success(record())));
    await ask(account);
    expect(stub.requests[0]?.path).toBe(
      `/api/v1/yb/trade/query?merchantNo=1008xxxxxxx&refundRequestId=${REQUEST}&orderId=${ORDER}`,
    );
  });
});

describe('nothing there', () => {
  it.each([
    ['code 404', refusal(404, '退款订单不存在')],
    ['success with data null', success(null)],
  ])('%s', async (_, answer) => {
    stub.always(json(answer));
    expect(await ask(account)).toStrictEqual([]);
  });

  it('but null is no answer where the settings say so', async () => {
    const strict = openTiPay({ baseUrl: stub.url, emptyMeansNotFound: false });
    stub.always(json(success(null)));
    const error = await failureOf(ask(strict));
    expect(error).toMatchObject({ kind: 'malformed', message: expect.stringContaining('data: ') });
    await strict.close();
  });

  it('a code of the settings, outside or inside', async () => {
    const taught = openTiPay({ baseUrl: stub.url, notFoundCodes: ['601', 'OPR18003'] });
    stub.next(
      json(refusal(601)),
      json(success({ code: 'OPR18003', message: '退款订单不存在' })),
      json(refusal(404, 'not ours')),
    );
    expect(await ask(taught)).toStrictEqual([]);
    expect(await ask(taught)).toStrictEqual([]);
    expect(await failureOf(ask(taught))).toMatchObject({ kind: 'rejected', providerCode: '404' });
    await taught.close();
  });
});

describe('a code with its words', () => {
  const open = (settings: object) => openTiPay({ baseUrl: stub.url, ...settings });
  const missing = success({ code: 'OPR18013', message: '退款订单不存在' });

  it.each([
    ['code and a part of the words', { code: '500', msg: '不存在' }, refusal(500, '退款订单不存在')],
    ['a pattern of words', { msg: '/^退款.*不存在$/' }, refusal(500, '退款订单不存在')],
    ['a pattern of codes', '/5\\d\\d/', refusal(500, '退款订单不存在')],
    ['the inner code', { dataCode: 'OPR18013' }, missing],
    ['a pattern of inner codes', '/OPR180\\d+/', missing],
    ['the inner words', { code: '200', msg: '不存在' }, missing],
    ['words beside success false', { msg: '不存在' }, { ...success(null), success: false, msg: '退款订单不存在' }],
  ])('means "not there": %s', async (_, match, body) => {
    const taught = open({ notFoundCodes: [match] });
    stub.always(json(body));
    expect(await ask(taught)).toStrictEqual([]);
    await taught.close();
  });

  it.each([
    ['other words', { code: '500', msg: '不存在' }, refusal(500, '系统异常')],
    ['another code', { code: '500', msg: '不存在' }, refusal(400, '退款订单不存在')],
    ['a part of a code', '40', refusal(404, '退款订单不存在')],
    ['no inner code', { dataCode: '500' }, refusal(500, '退款订单不存在')],
  ])('means it only where all of it matches: %s', async (_, match, body) => {
    const taught = open({ notFoundCodes: [match] });
    stub.always(json(body));
    expect(await failureOf(ask(taught))).toBeInstanceOf(Error);
    await taught.close();
  });

  it('never turns a refund that is shown into none', async () => {
    const taught = open({ notFoundCodes: [{ msg: '成功' }, '200'] });
    stub.always(json(success(record())));
    expect(await ask(taught)).toHaveLength(1);
    await taught.close();
  });

  it.each([['/(/'], [{}], [{ words: 'x' }]])('a match that can not be read is refused: %j', (match) => {
    expect(() => open({ notFoundCodes: [match] })).toThrow(/notFoundCodes/);
  });
});

describe('success has four levels', () => {
  it.each([
    ['outer code 429', refusal(429), 'try-later', '429', 1],
    ['outer code 500', refusal(500), 'try-later', '500', 1],
    ['outer code 503', refusal(503), 'try-later', '503', 1],
    ['outer code 401', refusal(401, '签名错误'), 'misconfigured', '401', 1],
    ['outer code 403', refusal(403), 'misconfigured', '403', 1],
    ['outer code 400', refusal(400), 'rejected', '400', 1],
    ['outer code 400 with data', { ...success(record()), code: 400 }, 'rejected', '400', 1],
    ['success false', { ...success(record()), success: false }, 'rejected', '200', 1],
    ['data.code', success(record({ code: 'OPR99999', message: '系统异常' })), 'rejected', 'OPR99999', 1],
  ])('%s', async (_, answer, kind, providerCode, times) => {
    stub.always(json(answer));
    expect(await failureOf(ask(account))).toMatchObject({ kind, providerCode, sent: true, account: 'chain' });
    expect(stub.requests).toHaveLength(times);
  });

  it('which codes say what is a setting', async () => {
    const taught = openTiPay({
      baseUrl: stub.url,
      misconfiguredCodes: ['1001'],
      dataSuccessCodes: ['OPR00000', 'OPR00001'],
    });
    stub.next(json(refusal(1001)), json(refusal(401)), json(success(record({ code: 'OPR00001' }))));
    expect(await failureOf(ask(taught))).toMatchObject({ kind: 'misconfigured', providerCode: '1001' });
    expect(await failureOf(ask(taught))).toMatchObject({ kind: 'rejected', providerCode: '401' });
    expect(await ask(taught)).toHaveLength(1);
    await taught.close();
  });

  it('data.code need not be there', async () => {
    stub.always(json(success(record({ code: undefined, message: undefined }))));
    expect(await ask(account)).toHaveLength(1);
  });
});

describe('status', () => {
  it.each([
    ['PROCESSING', 'PROCESSING'],
    ['SUCCESS', 'SUCCEEDED'],
    ['FAILED', 'FAILED'],
    ['CANCEL', 'CANCELED'],
    ['SUSPEND', 'PROCESSING'],
    ['REJECT', 'FAILED'],
    ['REJECTIVE', 'FAILED'],
    ['WAITING', 'PROCESSING'],
    ['toString', 'PROCESSING'],
  ])('%s is %s', async (word, status) => {
    stub.always(json(success(record({ status: word }))));
    const [refund] = await ask(account);
    expect(refund).toMatchObject({ status, providerStatus: word });
    expect(refund?.failure !== null).toBe(status === 'FAILED');
  });

  it('FAILED may be tried again, and "" says nothing', async () => {
    stub.next(
      json(success(record({ status: 'FAILED', failReason: '余额不足', refundSuccessDate: '' }))),
      json(success(record({ status: 'FAILED', failReason: '', refundSuccessDate: '' }))),
    );
    const [told] = await ask(account);
    expect(told?.failure).toStrictEqual({ code: null, message: '余额不足', retryable: true });
    expect(told?.completedAt).toBeNull();
    const [silent] = await ask(account);
    expect(silent?.failure).toStrictEqual({ code: null, message: 'TiPay gave no reason', retryable: true });
  });

  it('a reason is kept in one line of at most 200 characters, like the words of data.code', async () => {
    const long = `余额\u0000\r\n不足${'x'.repeat(300)}`;
    stub.next(
      json(success(record({ status: 'FAILED', failReason: long }))),
      json(success({ code: `OPR${'9'.repeat(80)}`, message: long })),
    );
    expect((await ask(account))[0]?.failure?.message).toBe(`余额 不足${'x'.repeat(195)}`);
    expect(await failureOf(ask(account))).toMatchObject({
      providerCode: `OPR${'9'.repeat(61)}`,
      providerMessage: `余额 不足${'x'.repeat(195)}`,
    });
  });

  it('what is not finished has no time of completion', async () => {
    stub.always(json(success(record({ status: 'SUSPEND', refundSuccessDate: '2023-01-30 17:08:15' }))));
    expect((await ask(account))[0]?.completedAt).toBeNull();
  });

  it('SUSPEND waits for a person at TiPay, which is shown and reported', async () => {
    const heard: unknown[] = [];
    const tell: Tell = (event) => void (event.kind === 'action-needed' && heard.push(event));
    const attentive = openTiPay({ baseUrl: stub.url }, { tell });
    stub.next(json(success(record({ status: 'SUSPEND' }))), json(success(record({ status: 'PROCESSING' }))));
    expect(await ask(attentive)).toMatchObject([{ status: 'PROCESSING', details: { actionNeeded: true } }]);
    expect(await ask(attentive)).toMatchObject([{ status: 'PROCESSING', details: { actionNeeded: false } }]);
    expect(heard).toStrictEqual([
      { kind: 'action-needed', account: 'chain', merchantRefundId: REQUEST, word: 'SUSPEND' },
    ]);
    await attentive.close();
  });

  it('SUSPEND that is an end by the settings needs nobody', async () => {
    const taught = openTiPay({ baseUrl: stub.url, statuses: { SUSPEND: 'CANCELED' } });
    stub.always(json(success(record({ status: 'SUSPEND' }))));
    expect(await ask(taught)).toMatchObject([{ status: 'CANCELED', details: { actionNeeded: false } }]);
    await taught.close();
  });

  it('an unknown word is reported, and can be given a meaning', async () => {
    const heard: unknown[] = [];
    const tell: Tell = (event) => void (event.kind === 'unknown-status' && heard.push(event));
    const taught = openTiPay({ baseUrl: stub.url, statuses: { CLOSED: 'CANCELED' } }, { tell });
    stub.next(json(success(record({ status: 'CLOSED' }))), json(success(record({ status: 'WAITING' }))));
    expect((await ask(taught))[0]?.status).toBe('CANCELED');
    expect((await ask(taught))[0]?.status).toBe('PROCESSING');
    expect(heard).toStrictEqual([{ kind: 'unknown-status', account: 'chain', word: 'WAITING' }]);
    await taught.close();
  });
});

describe('text that is JSON inside', () => {
  const details = async (more: Record<string, unknown>) => {
    stub.always(json(success(record(more))));
    const [refund] = await ask(account);
    return refund?.details?.provider === 'TIPAY' ? refund.details : null;
  };

  it('amounts inside never go through a float', async () => {
    const text =
      '[{"accountType":"SETTLE_ACCOUNT","debitAmount":9007199254740.93},{"accountType":"FUND","debitAmount":"1.10"}]';
    expect((await details({ refundAccountDetail: text }))?.fundingAccounts).toStrictEqual([
      { accountType: 'SETTLE_ACCOUNT', amount: { minorUnits: 900_719_925_474_093n, currency: 'CNY' } },
      { accountType: 'FUND', amount: { minorUnits: 110n, currency: 'CNY' } },
    ]);
  });

  it.each(['', null, undefined])('%j is no account', async (refundAccountDetail) => {
    expect((await details({ refundAccountDetail }))?.fundingAccounts).toStrictEqual([]);
  });

  it('an account that can not be read costs itself', async () => {
    const text = '[{"accountType":"FUND","debitAmount":"1.10"},{"accountType":"X","debitAmount":"1,10"},null]';
    expect((await details({ refundAccountDetail: text }))?.fundingAccounts).toStrictEqual([
      { accountType: 'FUND', amount: { minorUnits: 110n, currency: 'CNY' } },
    ]);
  });

  it('a receiver of any shape is kept', async () => {
    const shown = await details({ channelReceiverInfo: '{"account":"6222****1","amount":0.10}' });
    expect(shown?.channelReceiverInfo).toStrictEqual({ account: '6222****1', amount: '0.10' });
    expect((await details({ channelReceiverInfo: '招商银行' }))?.channelReceiverInfo).toBe('招商银行');
  });
});

it.each([
  ['refundAccountDetail', '[{"accountType":"X","debitAmount":0.001}]', { details: { fundingAccounts: null } }],
  ['refundAccountDetail', '[{"debitAmount":1}]', { details: { fundingAccounts: null } }],
  ['refundAccountDetail', 'nonsense', { details: { fundingAccounts: null } }],
  ['refundAccountDetail', [], { details: { fundingAccounts: null } }],
  ['channelReceiverInfo', { account: '6222' }, { details: { channelReceiverInfo: null } }],
  ['returnMerchantFee', '0.005', { feeRefunded: null }],
  ['cashRefundFee', 'free', { details: { cashRefundAmount: null } }],
  ['realRefundAmount', false, { details: { realRefundAmount: null } }],
  ['refundRequestDate', '30.01.2023', { createdAt: null }],
  ['refundSuccessDate', '9999-12-31 23:59:59', { completedAt: null }],
  ['description', {}, { reason: null }],
])('%s %j costs itself alone, and is reported by its name', async (member, value, seen) => {
  const heard: unknown[] = [];
  const tell: Tell = (event) => void (event.kind === 'unreadable-member' && heard.push(event));
  const attentive = openTiPay({ baseUrl: stub.url }, { tell });
  stub.always(json(success(record({ [member]: value }))));
  expect(await ask(attentive)).toMatchObject([{ status: 'SUCCEEDED', amount: { minorUnits: 1n }, ...seen }]);
  expect(heard).toStrictEqual([{ kind: 'unreadable-member', account: 'chain', member }]);
  await attentive.close();
});

describe('answers that are not believed', () => {
  it.each(['merchantNo', 'orderId', 'refundRequestId'])('another %s', async (name) => {
    stub.always(json(success(record({ [name]: 'other' }))));
    expect(await failureOf(ask(account))).toMatchObject({
      kind: 'malformed',
      message: expect.stringContaining(`data.${name}: not the refund`),
    });
  });

  it.each(['merchantNo', 'orderId', 'refundRequestId', 'refundAmount', 'status'])(
    'a record without %s, which is needed, or with an empty or mistyped one',
    async (name) => {
      for (const value of [undefined, null, '', [], false]) {
        stub.next(json(success(record({ [name]: value }))));
        const error = await failureOf(ask(account));
        expect(error.kind).toBe('malformed');
        expect(error.message).toContain(`data.${name}: `);
      }
    },
  );

  it.each([
    ['refundAmount', '0.001'],
    ['refundAmount', '-1.00'],
    ['refundAmount', '1,00'],
  ])('%s %s', async (name, value) => {
    stub.always(json(success(record({ [name]: value }))));
    const error = await failureOf(ask(account));
    expect(error).toMatchObject({ kind: 'malformed', message: expect.stringContaining(`data.${name}: expected`) });
    expect(error.message).not.toContain(value);
  });

  it.each(['uniqueOrderNo', 'uniqueRefundNo'])('a %s that can not be kept whole', async (name) => {
    for (const id of ['x'.repeat(129), 'a\u0000b', '\ud800', {}]) {
      stub.next(json(success(record({ [name]: id }))));
      const error = await failureOf(ask(account));
      expect(error).toMatchObject({ kind: 'malformed', message: expect.stringContaining(`data.${name}: `) });
    }
  });

  it.each([
    ['text', 'ok', 'the answer: '],
    ['no code', { success: true, data: record() }, 'code: '],
    ['no success', { ...success(record()), success: undefined }, 'success: '],
    ['success of text', { ...success(record()), success: 'true' }, 'success: '],
    ['no data', { code: 200, success: true, msg: '操作成功' }, 'data: '],
    ['data of text', success('x'), 'data: '],
    ['a list in data', success([record()]), 'data: '],
  ])('%s', async (_, answer, message) => {
    stub.always(json(JSON.stringify(answer)));
    expect(await failureOf(ask(account))).toMatchObject({
      kind: 'malformed',
      message: expect.stringContaining(message),
    });
  });

  it('members that nobody knows are kept in the raw record', async () => {
    stub.always(json(success(record({ newMember: { a: 1.5 } }))));
    expect((await ask(account))[0]?.raw).toContain('"newMember":{"a":1.5}');
  });
});

describe('other currencies', () => {
  it('an amount of whole yen', async () => {
    const yen = openTiPay({ baseUrl: stub.url, currency: 'JPY' });
    const amounts = { refundAmount: '1292', returnMerchantFee: '0.00', realRefundAmount: '1292', cashRefundFee: '' };
    stub.always(json(success(record({ ...amounts, refundAccountDetail: '' }))));
    expect((await ask(yen))[0]).toMatchObject({
      amount: { minorUnits: 1292n, currency: 'JPY' },
      details: { cashRefundAmount: null },
    });
    await yen.close();
  });
});

describe('the probe', () => {
  it('is content when nothing is found', async () => {
    stub.next(json(refusal(404)), json(success(null)));
    await account.probe(AbortSignal.timeout(5_000));
    await account.probe(AbortSignal.timeout(5_000));
    expect(account.health().status).toBe('HEALTHY');
  });

  it('says what is wrong', async () => {
    stub.always(json(refusal(401, '签名错误')));
    const error = await failureOf(account.probe(AbortSignal.timeout(5_000)));
    expect(error).toMatchObject({ kind: 'misconfigured', providerMessage: '签名错误' });
  });

  it('is not content with the 404 of a server in front of TiPay, and shows its words', async () => {
    stub.always(json({ code: 404, msg: '接口不存在' }));
    expect(await failureOf(account.probe(AbortSignal.timeout(5_000)))).toMatchObject({
      kind: 'malformed',
      providerCode: '404',
      providerMessage: '接口不存在',
    });
  });

  it('is not content with a code that the settings do not explain', async () => {
    const taught = openTiPay({ baseUrl: stub.url, notFoundCodes: ['601'] });
    stub.always(json(refusal(404, '接口不存在')));
    expect(await failureOf(taught.probe(AbortSignal.timeout(5_000)))).toMatchObject({ kind: 'rejected' });
    await taught.close();
  });
});
