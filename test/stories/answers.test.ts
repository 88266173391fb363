/**
 * Promise: over real HTTP, a provider's refusal is an answer. One refund that each provider always answers
 * with an error, in its own way, holds up no other refund of its account, and opens no breaker.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startServerUnderTest, type ServerUnderTest } from '../support/server.ts';
import { json, startStub, type Step, type StubRequest, type StubServer } from '../support/stub-server.ts';
import { until } from '../support/until.ts';

const CREATE = `mutation ($input: CreateRefundInput!) {
  createRefund(input: $input) {
    kind: __typename
    ... on CreateRefundSuccess { refund { id merchantRefundId status } }
    ... on Error { message }
    ... on ProviderRejectedError { code providerMessage }
  }
}`;
const STATUS = `query ($id: ID!) { node(id: $id) { ... on Refund { status failure { code message } } } }`;
const HEALTH = `{ accounts { key health { status lastFailure { code } } } }`;
const ASK = `query ($by: RefundBy!) { refund(by: $by, read: PROVIDER) { status } }`;

type Account = 'blue' | 'chain' | 'library';
const PAYMENT = { blue: 'providerPaymentId', chain: 'merchantPaymentId', library: 'providerPaymentId' } as const;
const CREATES = {
  blue: '/open-api/payment/refund',
  chain: '/api/v1/yb/trade/refund',
  library: '/refundOrder',
} as const;

/** Every query about the payment or the refund named here is answered so. */
const answers = new Map<string, Step>();
const stubs = new Map<Account, StubServer>();
/** Refunds by id that a create was accepted for, with their payment. */
const books: Record<Account, Map<string, string>> = { blue: new Map(), chain: new Map(), library: new Map() };
let server: ServerUnderTest;
let payments = 0;

const isCreate = (account: Account, { path }: StubRequest) => path.endsWith(CREATES[account]);
const textOf = ({ path, body }: StubRequest) => decodeURIComponent(path) + body;

/** What a working provider says: a create is taken and its refund is done. */
function plainly(account: Account, request: StubRequest): Step {
  const text = textOf(request);
  const payment = /PAY\d{4}/.exec(text)?.[0] ?? '';
  const [id] = [...books[account]].find(([one, of]) => text.includes(one) || of === payment) ?? [];
  if (account === 'blue') {
    const made = /mchRefundOrderId\\?":\\?"(\w+)/.exec(text)?.[1];
    if (made !== undefined) books.blue.set(made, payment);
    const row = (one: string) => ({
      mchRefundOrderId: one,
      refundTransactionId: `T${one.slice(0, 20)}`,
      originalTransactionId: payment,
      refundAmount: 100,
      refundStatus: made === undefined ? 'COMPLETED' : 'PENDING',
    });
    if (made !== undefined) return json({ code: 10000, data: row(made) });
    return json({ code: 10000, data: id === undefined ? [] : [row(id)] });
  }
  if (account === 'chain') {
    const made = isCreate(account, request) ? /refundRequestId":"(\w+)/.exec(text)?.[1] : undefined;
    if (made !== undefined) books.chain.set(made, payment);
    const one = made ?? id;
    const merchantNo = /merchantNo(?:=|":")(\w+)/.exec(text)?.[1];
    const status = made === undefined ? 'SUCCESS' : 'PROCESSING';
    const record = {
      code: 'OPR00000',
      merchantNo,
      orderId: books.chain.get(one ?? ''),
      refundRequestId: one,
      refundAmount: '1.00',
      status,
    };
    return json({ code: 200, success: true, msg: 'ok', data: one === undefined ? null : record });
  }
  const made = isCreate(account, request) ? /mchRefundNo":"(\w+)/.exec(text)?.[1] : undefined;
  if (made !== undefined) books.library.set(made, payment);
  const one = made ?? id;
  const record = {
    mchRefundNo: one,
    channelOrderNo: `C${one}`,
    refundAmount: '100',
    refundState: made === undefined ? '2' : '1',
  };
  if (made !== undefined) return json({ code: '0', data: record });
  const records = one === undefined ? [] : [record];
  return json({ code: '0', data: { records, total: String(records.length), current: '1', size: '100' } });
}

beforeAll(async () => {
  const accounts: Record<string, Record<string, unknown>> = {};
  for (const account of ['blue', 'chain', 'library'] as const) {
    const stub = await startStub();
    stub.always((response, request, socket) => {
      const special = [...answers].find(([name]) => textOf(request).includes(name))?.[1];
      return (special ?? plainly(account, request))(response, request, socket);
    });
    stubs.set(account, stub);
    accounts[account] = { baseUrl: stub.url };
  }
  accounts['chain'] = { ...accounts['chain'], notFoundCodes: ['404', { code: '500', msg: '不存在' }] };
  server = await startServerUnderTest({
    accounts,
    reconciliation: { pausesSeconds: [0.2, 0.2], lateArrivalSeconds: 0.1, giveUpAfterSeconds: 2, sweepSeconds: 1 },
  });
}, 120_000);
afterAll(async () => {
  await server.stop();
  for (const stub of stubs.values()) await stub.close();
});

function inputOf(account: Account, payment = `PAY${1000 + ++payments}`, key = payment) {
  const currency = account === 'blue' ? 'THB' : 'CNY';
  const amount = { amount: '1.00', currency };
  return { idempotencyKey: key, merchantRefundId: `R${payment}`, account, [PAYMENT[account]]: payment, amount };
}
async function create(input: object) {
  const { data, errors } = await server.ask(CREATE, { input });
  if (errors !== undefined) throw new Error(JSON.stringify(errors));
  return data.createRefund;
}
const statusOf = async (id: string) => (await server.ask(STATUS, { id })).data.node;
const healthOf = async (account: Account) =>
  (await server.ask(HEALTH)).data.accounts.find(({ key }: { key: string }) => key === account).health;
const requestsOf = (account: Account, text: string) =>
  (stubs.get(account)?.requests ?? []).filter((request) => textOf(request).includes(text));

const ERRORS: [string, Account, Step][] = [
  ['21000', 'blue', json({ code: 21000, message: 'server error' })],
  ['21011', 'blue', json({ code: 21011, message: 'network error' })],
  ['21020', 'blue', json({ code: 21020, message: 'too many requests' })],
  ['21000 by HTTP 500', 'blue', json({ code: 21000, message: 'server error' }, 500)],
  ['HTTP 429', 'blue', json({}, 429)],
  ['a business 500', 'chain', json({ code: 500, success: false, msg: '系统异常', data: null })],
  ['a business 500 by HTTP 500', 'chain', json({ code: 500, success: false, msg: '系统异常', data: null }, 500)],
  ['an inner code', 'chain', json({ code: 200, success: true, data: { code: 'OPR18099', message: '系统异常' } })],
  ['its own HTTP 500', 'library', json({ code: '9999', msg: '系统异常' }, 500)],
  ['a code from inside', 'library', json({ code: '10', msg: '系统异常' })],
];

describe('one refund that is always answered with an error', () => {
  test.each(ERRORS)(
    '%s at %s: another refund of the account is settled in its usual time',
    async (_name, account, step) => {
      const ill = inputOf(account);
      const name = ill.idempotencyKey;
      // Its create is taken; every query about it is answered with the error.
      answers.set(name, (response, request, socket) =>
        (isCreate(account, request) ? plainly(account, request) : step)(response, request, socket),
      );
      const created = await create(ill);
      expect(created.kind).toBe('CreateRefundSuccess');
      const { id } = created.refund;
      // More often than the failures in a row that open a breaker.
      const before = requestsOf(account, name).length;
      await until(() => requestsOf(account, name).length >= before + 7, 30_000);
      const other = await create(inputOf(account));
      expect(other.kind).toBe('CreateRefundSuccess');
      const asked = requestsOf(account, name).length;
      await until(async () => (await statusOf(other.refund.id)).status === 'SUCCEEDED');
      // Its own first query is due by its own schedule: the ill one was not asked often meanwhile.
      expect(requestsOf(account, name).length - asked).toBeLessThan(8);
      expect(await healthOf(account)).toMatchObject({ status: 'HEALTHY', lastFailure: null });
      answers.delete(name);
      await until(async () => (await statusOf(id)).status === 'SUCCEEDED');
    },
    60_000,
  );
});

describe('TiPay', () => {
  test('what it does not know, said with a business 500 and words, is not there, and takes nothing down', async () => {
    const good = await create(inputOf('chain'));
    await until(async () => (await statusOf(good.refund.id)).status === 'SUCCEEDED');
    answers.set('NOPE', json({ code: 500, success: false, msg: '退款订单不存在', data: null }));
    for (let number = 0; number < 6; number++) {
      const by = { key: { account: 'chain', merchantRefundId: `NOPE${number}`, merchantPaymentId: 'PAY1000' } };
      expect(await server.ask(ASK, { by })).toEqual({ data: { refund: null } });
    }
    expect(await healthOf('chain')).toMatchObject({ status: 'HEALTHY', lastFailure: null });
  });

  test('an answer that it can not tell now has a code of its own', async () => {
    answers.set('LATER', json({ code: 503, success: false, msg: '系统繁忙', data: null }));
    const by = { key: { account: 'chain', merchantRefundId: 'LATER1', merchantPaymentId: 'PAY1000' } };
    for (let time = 0; time < 6; time++) {
      const { errors } = await server.ask(ASK, { by });
      expect(errors?.[0]).toMatchObject({
        extensions: { code: 'PROVIDER_TRY_LATER', account: 'chain', providerCode: '503' },
      });
    }
    expect(await healthOf('chain')).toMatchObject({ status: 'HEALTHY' });
  });

  test('an inner no that the query answers with another one is refused with its words', async () => {
    const input = inputOf('chain');
    answers.set(input.idempotencyKey, (response, request, socket) =>
      json({
        code: 200,
        success: true,
        msg: '操作成功',
        data: isCreate('chain', request)
          ? { code: 'OPR18016', message: '订单不允许退款' }
          : { code: 'OPR18013', message: '退款订单不存在' },
      })(response, request, socket),
    );
    expect(await create(input)).toMatchObject({
      kind: 'ProviderRejectedError',
      code: 'OPR18016',
      providerMessage: '订单不允许退款',
    });
    expect(requestsOf('chain', input.idempotencyKey).filter((one) => isCreate('chain', one))).toHaveLength(1);
  });
});

test('Shoutu: another refund of the payment under way is PaymentBusyError, and the same key tries again', async () => {
  const input = inputOf('library');
  const busy = json({ code: '9999', msg: '支付订单具有在途退款申请，请稍后再试' });
  const none = json({ code: '0', data: { records: [], total: '0', current: '1', size: '100' } });
  answers.set(input.idempotencyKey, (response, request, socket) =>
    (isCreate('library', request) ? busy : none)(response, request, socket),
  );
  expect(await create(input)).toMatchObject({ kind: 'PaymentBusyError' });
  answers.delete(input.idempotencyKey);
  expect(await create(input)).toMatchObject({ kind: 'CreateRefundSuccess' });
});
