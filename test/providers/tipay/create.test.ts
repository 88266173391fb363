import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ProviderAccount } from '../../../src/providers/provider.ts';
import { answer, hang, json, reset, startStub, type StubServer } from '../../support/stub-server.ts';
import { openTiPay, ORDER, refusal, REQUEST, send, success } from './account.ts';

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

const created = (more: Record<string, unknown> = {}) => ({
  code: 'OPR00000',
  message: '成功',
  merchantNo: '1008xxxxxxx',
  orderId: ORDER,
  refundRequestId: REQUEST,
  uniqueRefundNo: '1002202301300000005245434665',
  status: 'PROCESSING',
  refundAmount: '0.01',
  refundRequestDate: '2023-01-30 17:08:14',
  refundAccountDetail: '[{"accountType":"SETTLE_ACCOUNT","debitAmount":0.01}]',
  ...more,
});

it('says what a create needs', () => {
  expect(account.create?.rules).toStrictEqual({
    paymentKeys: ['merchantPaymentId'],
    repeatIsHarmless: true,
    onePerPayment: false,
    retryFailed: true,
    noIsCertain: true,
    maxReasonLength: 128,
    maxPaymentIdLength: 128,
  });
});

it('an accepted refund is observed as the answer tells it, without their id of the payment', async () => {
  stub.always(json(success(created())));
  expect(await send(account)).toStrictEqual({
    kind: 'accepted',
    observation: {
      provider: 'TIPAY',
      merchantRefundId: REQUEST,
      providerRefundId: '1002202301300000005245434665',
      merchantPaymentId: ORDER,
      providerPaymentId: null,
      paymentAmount: null,
      amount: { minorUnits: 1n, currency: 'CNY' },
      feeRefunded: null,
      status: 'PROCESSING',
      providerStatus: 'PROCESSING',
      reason: null,
      failure: null,
      createdAt: new Date('2023-01-30T09:08:14Z'),
      completedAt: null,
      details: {
        provider: 'TIPAY',
        uniqueOrderNo: null,
        realRefundAmount: null,
        cashRefundAmount: null,
        fundingAccounts: [{ accountType: 'SETTLE_ACCOUNT', amount: { minorUnits: 1n, currency: 'CNY' } }],
        channelReceiverInfo: null,
        actionNeeded: false,
      },
      raw: JSON.stringify(created()),
    },
  });
});

it('data.status decides', async () => {
  stub.next(json(success(created({ status: 'FAILED', failReason: '余额不足' }))));
  expect(await send(account)).toMatchObject({
    kind: 'accepted',
    observation: { status: 'FAILED', failure: { message: '余额不足', retryable: true } },
  });
});

it('amounts go out as yuan with two decimals, a reason only when there is one', async () => {
  stub.always(json(refusal(400)));
  await send(account, { amount: { minorUnits: 129_200n, currency: 'CNY' }, reason: '' });
  expect(JSON.parse(stub.requests[0]?.body ?? '')).toStrictEqual({
    merchantNo: '1008xxxxxxx',
    orderId: ORDER,
    refundRequestId: REQUEST,
    refundAmount: '1292.00',
    notifyUrl: 'https://example.org/notify/chain',
  });
});

describe('another outer code is a no, with their words', () => {
  it.each([400, 401, 404, 601, 'A0001'])('%s', async (code) => {
    stub.always(json(refusal(code, '订单已分账')));
    expect(await send(account)).toStrictEqual({
      kind: 'refused',
      code: String(code),
      message: '订单已分账',
      retryable: true,
    });
    expect(stub.requests).toHaveLength(1);
  });

  it('kept in one line, a code of at most 64 characters, a message of 200', async () => {
    stub.next(json(refusal(`A${'0'.repeat(80)}`, `订单\u0000\n已分账${'x'.repeat(300)}`)));
    expect(await send(account)).toMatchObject({
      kind: 'refused',
      code: `A${'0'.repeat(63)}`,
      message: `订单 已分账${'x'.repeat(194)}`,
    });
  });

  it('also where the words are none', async () => {
    stub.next(json({ ...refusal(400), msg: ['no'] }));
    expect(await send(account)).toMatchObject({ kind: 'refused', code: '400', message: 'TiPay gave no reason' });
  });

  it('unless it says nothing about what happened', async () => {
    for (const code of [429, 500, 502, 503, 504]) {
      stub.next(json(refusal(code)));
      expect(await send(account)).toMatchObject({
        kind: 'unknown',
        error: { kind: 'try-later', providerCode: String(code), sent: true },
      });
    }
    expect(stub.requests).toHaveLength(5);
  });

  it('which is a setting', async () => {
    const taught = openTiPay({ baseUrl: stub.url, temporaryCodes: ['601'] });
    stub.next(json(refusal(500)), json(refusal(601)));
    expect((await send(taught)).kind).toBe('refused');
    expect((await send(taught)).kind).toBe('unknown');
    await taught.close();
  });
});

describe('answers that say nothing', () => {
  it.each([
    ['success with data null', json(success(null)), 'known'],
    ['success without data', json({ code: 200, success: true, msg: '操作成功' }), 'known'],
    ['a whole record without success', json({ ...success(created()), success: undefined }), 'accepted-unread'],
    ['a no without success', json({ code: 400, msg: 'Bad Request' }), 'unknown'],
    ['success false under code 200', json({ ...success(created()), success: false }), 'refused'],
    ['an inner code that nobody explained', json(success({ code: 'OPR99999', message: '系统异常' })), 'refused'],
    ['another merchant', json(success(created({ merchantNo: 'other' }))), 'accepted-unread'],
    ['another payment', json(success(created({ orderId: 'other' }))), 'accepted-unread'],
    ['another refund', json(success(created({ refundRequestId: 'other' }))), 'accepted-unread'],
    ['another amount', json(success(created({ refundAmount: '0.02' }))), 'accepted-unread'],
    ['no status', json(success(created({ status: '' }))), 'accepted-unread'],
    ['nothing in data', json(success({})), 'accepted-unread'],
    ['a text as data', json(success('ok')), 'accepted-unread'],
    ['an inner yes alone', json(success({ code: 'OPR00000' })), 'accepted-unread'],
    ['a yes by HTTP 500', json(success(created()), 500), 'accepted-unread'],
    ['garbage', answer(200, {}, 'SUCCESS'), 'unknown'],
    ['HTTP 500', answer(500), 'unknown'],
    ['HTTP 500 with a refusal in it', json(refusal(400), 500), 'unknown'],
    ['HTTP 400', json(refusal(400), 400), 'unknown'],
    ['a broken connection', reset, 'unknown'],
  ] as const)('%s', async (_, step, kind) => {
    stub.always(step);
    expect((await send(account)).kind).toBe(kind);
    expect(stub.requests).toHaveLength(1);
  });

  it('no answer in time: unknown', async () => {
    const hasty = openTiPay({ baseUrl: stub.url, timeoutMs: 150 });
    stub.always(hang);
    expect(await send(hasty)).toMatchObject({ kind: 'unknown', error: { kind: 'timed-out', sent: true } });
    await hasty.close();
  });

  it('nobody there: not sent', async () => {
    const lonely = openTiPay();
    expect(await send(lonely)).toMatchObject({ kind: 'not-sent', error: { sent: false } });
    await lonely.close();
  });
});

describe('a no inside a yes is believed once the query does not show the refund either', () => {
  it.each([
    ['an inner code', success({ code: 'OPR18016', message: '已退款' }), 'OPR18016', '已退款'],
    ['an inner code without words', success({ code: '9999' }), '9999', '操作成功'],
    ['success false under code 200', { ...success(created()), success: false, msg: '不允许' }, '200', '不允许'],
  ])('%s', async (_, body, code, message) => {
    stub.always(json(body));
    expect(await send(account)).toStrictEqual({ kind: 'refused', code, message, retryable: true, isDoubted: true });
    expect(stub.requests).toHaveLength(1);
  });

  it('unless it is set as one that says nothing', async () => {
    const taught = openTiPay({ baseUrl: stub.url, unclearDataCodes: ['OPR18016'] });
    stub.always(json(success({ code: 'OPR18016', message: '系统异常' })));
    expect(await send(taught)).toMatchObject({ kind: 'unknown', error: { providerCode: 'OPR18016' } });
    await taught.close();
  });
});

describe('a refusal can be retried, unless its cause is the amount', () => {
  it.each([
    ['another code, more than is left', { code: 422, success: false, msg: '退款金额大于可退金额', data: null }, false],
    ['an inner code, more than is left', success({ code: 'OPR18010', message: '可退金额不足' }), false],
    ['a balance that will be filled again', success({ code: 'OPR18011', message: '账户余额不足' }), true],
    ['anything else', { code: 422, success: false, msg: '订单已分账', data: null }, true],
  ])('%s', async (_, body, retryable) => {
    stub.always(json(body));
    expect(await send(account)).toMatchObject({ kind: 'refused', retryable });
  });
});

describe('what the wire can not say is refused here, and nothing is sent', () => {
  it.each([
    ['a payment without our id', { merchantPaymentId: null }],
    ['another currency', { amount: { minorUnits: 1n, currency: 'USD' } }],
  ])('%s', async (_, more) => {
    expect(await send(account, more)).toMatchObject({ kind: 'refused', code: null, retryable: false });
    expect(stub.requests).toHaveLength(0);
  });
});
