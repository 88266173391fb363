/** The create: the exact text sent, and every answer sorted by "may money have moved?". */
import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { CreateCommand, CreateOutcome, ProviderAccount } from '../../../src/providers/provider.ts';
import { answer, half, hang, json, reset, startStub, type Step, type StubServer } from '../../support/stub-server.ts';
import { ask, chosen, openShoutu, rows, send, signed, success } from './account.ts';

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
const sent = () => JSON.parse(stub.requests[0]?.body ?? 'null');

describe('the request', () => {
  test('is, byte for byte, signed as the vector that was made outside', async () => {
    stub.next(json(success()));
    await send(open());
    expect(stub.requests[0]?.path).toBe('/jiafulai/paymentgateway/api/refund/refundOrder');
    expect(stub.requests[0]?.body).toBe(
      '{"reqTime":"1700000000000","appId":"Aleph001","sign":"D1AFA02EF08CCBDB9870DAD9141ACCF0","tenantId":"a000001",' +
        '"channelPayOrderNo":"P20240731","mchRefundNo":"R0001","refundMode":"ENTIRE_REFUND","businessId":"读者押金",' +
        '"refundAmount":"10000","notifyUrl":"https://example.org/notify/library"}',
    );
  });

  test.each<[string, Partial<CreateCommand>, Record<string, unknown>, Record<string, unknown>]>([
    [
      'our payment id',
      { providerPaymentId: null, merchantPaymentId: 'M1' },
      {},
      { mchOrderNo: 'M1', channelPayOrderNo: undefined },
    ],
    [
      'one payment id of two',
      { merchantPaymentId: 'M1' },
      {},
      { mchOrderNo: undefined, channelPayOrderNo: 'P20240731' },
    ],
    ['a reason', { reason: '读者退证' }, {}, { refundReason: '读者退证' }],
    [
      'an itemised refund',
      { details: chosen('ITEMIZED_REFUND', null) },
      {},
      { refundMode: 'ITEMIZED_REFUND', businessId: undefined },
    ],
    ['nothing that only Shoutu knows', { details: null }, {}, { refundMode: 'ENTIRE_REFUND', businessId: undefined }],
    ['yuan', { amount: { minorUnits: 5n, currency: 'CNY' } }, { amountUnit: 'yuan' }, { refundAmount: '0.05' }],
    ['fen', { amount: { minorUnits: 5n, currency: 'CNY' } }, {}, { refundAmount: '5' }],
    ['constant members', {}, { createMembers: { channel: 'WX' } }, { channel: 'WX' }],
    [
      'other names',
      { reason: '读者退证' },
      { createMemberNames: { refundAmount: 'amount', refundReason: 'reason', notifyUrl: 'callbackUrl' } },
      {
        amount: '10000',
        reason: '读者退证',
        callbackUrl: 'https://example.org/notify/library',
        refundAmount: undefined,
        refundReason: undefined,
        notifyUrl: undefined,
      },
    ],
    [
      'the one other name',
      {},
      { createMemberNames: { notifyUrl: 'url' } },
      { refundAmount: '10000', notifyUrl: undefined },
    ],
    ['its own businessId', {}, { businessId: '押金' }, { businessId: '读者押金' }],
    [
      'the businessId of the account where it has none',
      { details: chosen('ENTIRE_REFUND', null) },
      { businessId: '押金' },
      { businessId: '押金' },
    ],
    [
      'whose refund it is',
      {
        details: {
          ...chosen('ITEMIZED_REFUND', 'B1'),
          sentExtension: '{"readerCardNo":"X1","age":5}',
          sentChannelExtra: '{"a":1.50}',
        },
      },
      { createMembers: { extJsonb: '{}' } },
      { extJsonb: '{"readerCardNo":"X1","age":5}', channelExtra: '{"a":1.50}' },
    ],
    ["the account's own extension where none is given", {}, { createMembers: { extJsonb: '{}' } }, { extJsonb: '{}' }],
    ['a reason of the account', {}, { defaultReason: '退款' }, { refundReason: '退款' }],
    ['the reason that is given', { reason: '误缴' }, { defaultReason: '退款' }, { refundReason: '误缴' }],
    [
      'no member that the account leaves out',
      { reason: '误缴' },
      { createOmits: ['reqTime', 'tenantId', 'refundMode', 'refundReason', 'notifyUrl'] },
      { reqTime: undefined, tenantId: undefined, refundMode: undefined, refundReason: undefined, notifyUrl: undefined },
    ],
  ])('has %s, signed', async (_name, command, settings, members) => {
    stub.next(json(success()));
    await send(open(settings), command);
    for (const [name, value] of Object.entries(members)) expect(sent()[name], name).toBe(value);
    const { sign, ...rest } = sent();
    expect(signed(rest)['sign']).toBe(sign);
  });
});

test('a create without sign has none, and its other members', async () => {
  stub.next(json(success()));
  await send(open({ createOmits: ['sign', 'reqTime'] }));
  expect(sent()).not.toHaveProperty('sign');
  expect(sent()).toMatchObject({ appId: 'Aleph001', refundAmount: '10000' });
});

test('has the constant headers, and those of the OpenAPI route, whose text the operator writes', async () => {
  stub.next(json(success()), json(rows([])));
  const headerSignature = {
    appId: '240000000000001',
    secret: 's3',
    text: '{nonce}|{time}|{body}|{appId}|{secret}|{other}',
  };
  const account = open({ headers: { 'x-desk': '7' }, headerSignature });
  await send(account);
  await ask(account, { refund: 'R1' });
  const [create, list] = stub.requests;
  const { 'lk-nonce': nonce = '', 'lk-time': time, 'lk-sign': proof, 'lk-appid': appId } = create?.headers ?? {};
  expect([time, appId]).toEqual(['2023-11-15 06:13:20', '240000000000001']);
  expect(nonce).toMatch(/^[0-9a-f]{32}$/);
  const text = `${String(nonce)}|${String(time)}|${create?.body}|240000000000001|s3|{other}`;
  expect(proof).toBe(createHash('md5').update(text).digest('hex'));
  expect(list?.headers).toMatchObject({ 'x-desk': '7' });
  expect(list?.headers).not.toHaveProperty('lk-sign');
  expect(account.notes).toEqual([expect.stringContaining('lk-sign is made is not public')]);
  expect(open().notes).toEqual([]);
  const there = { paths: { refund: '/gateway-starter/api/gateway/240510611558401' } };
  expect(open(there).notes).toEqual([expect.stringContaining('paths.refund')]);
});

const CASES: [string, Step, Partial<CreateOutcome>][] = [
  ['a record', json(success({ mchRefundNo: 'R0001', channelOrderNo: 'C1', refundState: '1' })), { kind: 'accepted' }],
  ['success with null', json(success(null)), { kind: 'known' }],
  ['success without data', json({ code: '0' }), { kind: 'known' }],
  ['success with nothing in data', json(success({})), { kind: 'known' }],
  ['success with a text', json(success('ok')), { kind: 'known' }],
  [
    'a no',
    json({ code: '9999', msg: '退款金额超过订单可退款金额', data: null }),
    { kind: 'refused', code: '9999', message: '退款金额超过订单可退款金额', retryable: false },
  ],
  [
    'another refund under way',
    json({ code: '9999', msg: '支付订单具有在途退款申请，请稍后再试' }),
    { kind: 'busy', code: '9999', message: '支付订单具有在途退款申请，请稍后再试' },
  ],
  ['the same by HTTP 500', json({ code: '9999', msg: '具有在途退款申请' }, 500), { kind: 'busy', code: '9999' }],
  ['a no without words', json({ code: 4001 }), { kind: 'refused', code: '4001', message: 'Shoutu answered 4001' }],
  ['a no by HTTP, with a code', json({ code: 'A1', msg: 'no' }, 400), { kind: 'refused', code: 'A1', message: 'no' }],
  [
    'a no to our keys, with a code',
    json({ code: 'A2', msg: 'sign' }, 401),
    { kind: 'refused', code: 'A2', message: 'sign' },
  ],
  ['a no by HTTP alone', answer(400, {}, 'Bad Request'), { kind: 'unknown' }],
  ['401 alone', answer(401), { kind: 'unknown' }],
  ['a success code by HTTP 400', json({ code: '0' }, 400), { kind: 'accepted-unread' }],
  ['a failure inside the gateway', json({ code: '10', msg: '系统异常' }), { kind: 'unknown' }],
  ['the same by HTTP 400', json({ code: '10', msg: '系统异常' }, 400), { kind: 'unknown' }],
  ['HTTP 500 with a code', json({ code: '9999', msg: 'no' }, 500), { kind: 'unknown' }],
  ['429', json({}, 429), { kind: 'unknown' }],
  ['a redirect', answer(302, { location: '/' }), { kind: 'unknown' }],
  ['no JSON', json('<html>'), { kind: 'unknown' }],
  ['no code', json({ data: {} }), { kind: 'unknown' }],
  ['an empty answer', answer(200), { kind: 'unknown' }],
  ['a reset', reset, { kind: 'unknown' }],
  ['half an answer', half, { kind: 'unknown' }],
  ['another refund', json(success({ mchRefundNo: 'R0002', refundState: '2' })), { kind: 'accepted-unread' }],
  ['another amount', json(success({ mchRefundNo: 'R0001', refundAmount: '1' })), { kind: 'accepted-unread' }],
  ['a list as data', json(success([{ mchRefundNo: 'R0001' }])), { kind: 'accepted-unread' }],
];
describe('the answer', () => {
  test.each(CASES)('%s', async (_name, step, outcome) => {
    stub.always(step);
    expect(await send(open())).toMatchObject(outcome);
    expect(stub.requests).toHaveLength(1);
  });

  test('none before the deadline is unknown', async () => {
    stub.always(hang);
    const outcome = await send(open({ timeoutMs: 150 }));
    expect(outcome).toMatchObject({ kind: 'unknown', error: { kind: 'timed-out', sent: true } });
    expect(stub.requests).toHaveLength(1);
  });

  test('without a connection nothing was sent', async () => {
    const account = open();
    await stub.close();
    expect(await send(account)).toMatchObject({ kind: 'not-sent', error: { kind: 'unavailable', sent: false } });
  });

  test('what it leaves out is as it was asked for', async () => {
    stub.next(json(success({ channelOrderNo: 'C1', payAmount: '10000' })));
    expect(await send(open())).toEqual({
      kind: 'accepted',
      observation: {
        provider: 'SHOUTU',
        merchantRefundId: 'R0001',
        providerRefundId: 'C1',
        merchantPaymentId: null,
        providerPaymentId: null,
        paymentAmount: { minorUnits: 10_000n, currency: 'CNY' },
        amount: { minorUnits: 10_000n, currency: 'CNY' },
        feeRefunded: null,
        status: 'PROCESSING',
        providerStatus: null,
        reason: null,
        failure: null,
        createdAt: null,
        completedAt: null,
        details: {
          provider: 'SHOUTU',
          merchantNo: null,
          merchantName: null,
          branchMerchantNo: null,
          appId: null,
          refundMode: null,
          businessId: null,
          extension: null,
        },
        raw: '{"channelOrderNo":"C1","payAmount":"10000"}',
      },
    });
  });

  test('may say that the refund failed', async () => {
    stub.next(json(success({ mchRefundNo: 'R0001', refundState: '3', errCode: 'E', errMsg: 'no money' })));
    expect(await send(open())).toMatchObject({
      kind: 'accepted',
      observation: { status: 'FAILED', failure: { code: 'E', message: 'no money', retryable: false } },
    });
  });
});

describe('refused here, nothing sent', () => {
  test.each<[string, Partial<CreateCommand>]>([
    ['no payment', { providerPaymentId: null }],
    ['another currency', { amount: { minorUnits: 1n, currency: 'USD' } }],
  ])('%s', async (_name, command) => {
    expect(await send(open(), command)).toMatchObject({ kind: 'refused', code: null });
    expect(stub.requests).toHaveLength(0);
  });
});
