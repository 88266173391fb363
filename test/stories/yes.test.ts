/**
 * Promise: over real HTTP, a yes that can't be read and a no inside a yes are sent once, whatever the query
 * then says.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startServerUnderTest, type ServerUnderTest } from '../support/server.ts';
import { json, startStub, type StubServer } from '../support/stub-server.ts';
import { until } from '../support/until.ts';

const CREATE = `mutation ($input: CreateRefundInput!) {
  createRefund(input: $input) {
    kind: __typename
    ... on CreateRefundSuccess { refund { id merchantRefundId status } }
    ... on Error { message }
    ... on ProviderRejectedError { code providerMessage retryable refund { id status } }
  }
}`;
const REFUND = `query ($id: ID!) { node(id: $id) { ... on Refund {
  status version attempts pendingReason nextCheckAt failure { code } attention { reason advice since } payment { refundedAmount { amount } }
} } }`;
const RETRY = `mutation ($id: ID!) { retryRefund(id: $id) { kind: __typename } }`;

const ACCOUNTS = {
  blue: { path: '/open-api/payment/refund', currency: 'THB', payment: 'providerPaymentId' },
  chain: { path: '/api/v1/yb/trade/refund', currency: 'CNY', payment: 'merchantPaymentId' },
  library: { path: '/refundOrder', currency: 'CNY', payment: 'providerPaymentId' },
} as const;
type Account = keyof typeof ACCOUNTS;

/** What each says of a refund that it does not know. */
const NOT_THERE: Record<Account, unknown> = {
  blue: { code: 21006, message: 'transaction not found' },
  chain: { code: 404, success: false, msg: '不存在', data: null },
  library: { code: '0', msg: 'ok', data: { records: [], total: '0', current: '1', size: '100' } },
};

const stubs = new Map<Account, StubServer>();
/** What a create is answered with, by the payment that it names. */
const answers = new Map<string, unknown>();
let server: ServerUnderTest;
let payments = 0;

beforeAll(async () => {
  const accounts: Record<string, Record<string, unknown>> = {};
  for (const name of ['blue', 'chain', 'library'] as const) {
    const stub = await startStub();
    stub.always((response, request, socket) => {
      const payment = /PAY\d+/.exec(request.body)?.[0] ?? '';
      const isCreate = request.path.endsWith(ACCOUNTS[name].path);
      return json(isCreate ? answers.get(payment) : (answers.get(`query ${payment}`) ?? NOT_THERE[name]))(
        response,
        request,
        socket,
      );
    });
    stubs.set(name, stub);
    accounts[name] = { baseUrl: stub.url };
  }
  server = await startServerUnderTest({
    accounts,
    reconciliation: { pausesSeconds: [0.2, 0.2], lateArrivalSeconds: 0.1, giveUpAfterSeconds: 1, sweepSeconds: 1 },
  });
}, 120_000);
afterAll(async () => {
  await server.stop();
  for (const stub of stubs.values()) await stub.close();
});

async function create(account: Account, answer: unknown) {
  payments += 1;
  const payment = `PAY${payments}`;
  answers.set(payment, answer);
  const { currency, payment: name } = ACCOUNTS[account];
  const input = { idempotencyKey: payment, account, [name]: payment, amount: { amount: '1.00', currency } };
  const { data, errors } = await server.ask(CREATE, { input });
  if (errors !== undefined) throw new Error(JSON.stringify(errors));
  const of = (path: string) =>
    (stubs.get(account)?.requests ?? []).filter(({ body, path: at }) => `${at}${body}`.includes(path));
  return {
    answer: data.createRefund,
    payment,
    sends: () => of(payment).filter(({ path }) => path.endsWith(ACCOUNTS[account].path)).length,
    /** Queries about this refund; BluePay is queried by its payment. */
    questions: () => {
      const id = data.createRefund.refund?.merchantRefundId ?? '';
      return of(account === 'blue' ? payment : id).filter(({ path }) => !path.endsWith(ACCOUNTS[account].path)).length;
    },
  };
}

const blueRow = {
  mchRefundOrderId: 'R',
  refundTransactionId: 'T',
  originalTransactionId: 'O',
  refundStatus: 'PENDING',
};
const CASES: [string, Account, unknown][] = [
  ['nothing in data', 'blue', { code: 10000, data: {} }],
  ['a text as data', 'blue', { code: 10000, data: 'ok' }],
  ['no data', 'blue', { code: 10000, message: 'Success' }],
  ['ten times the amount', 'blue', { code: 10000, data: { ...blueRow, refundAmount: 1000 } }],
  ['used before', 'blue', { code: 21407, message: 'duplicate' }],
  ['nothing in data', 'chain', { code: 200, success: true, data: {} }],
  ['an inner code alone', 'chain', { code: 200, success: true, data: { code: 'OPR00000' } }],
  ['a list as data', 'chain', { code: 200, success: true, data: [] }],
  ['no word of success', 'chain', { code: 200, data: {} }],
  ['nothing in data', 'library', { code: '0', data: {} }],
  ['another amount', 'library', { code: '0', data: { refundAmount: '5', refundState: '1' } }],
  ['another refund', 'library', { code: 'SUCCESS', data: { mchRefundNo: 'other', refundState: '2' } }],
];

test.concurrent.each(CASES)(
  'a yes with %s at %s is sent once, stays PENDING beyond the time to give up, and its amount is not free',
  async (_name, account, body) => {
    const made = await create(account, body);
    expect(made.answer).toMatchObject({ kind: 'CreateRefundSuccess', refund: { status: 'PENDING' } });
    const asked = new Date();
    // Long after the second in which "not there" gives up what was lost.
    await until(async () => made.questions() >= 8 && Date.now() - asked.getTime() > 3_000, 40_000);
    const refund = () => server.ask(REFUND, { id: made.answer.refund.id });
    // Denied by the next question behind that time: on a busy machine it comes late.
    await until(async () => (await refund()).data.node.attention?.reason === 'DENIED', 40_000);
    const { data } = await refund();
    expect(data.node).toMatchObject({
      status: 'PENDING',
      failure: null,
      attention: { reason: 'DENIED', advice: expect.stringContaining('closeRefund') },
      attempts: 1,
      pendingReason: expect.stringMatching(/^(UNCONFIRMED|AT_PROVIDER)$/),
      nextCheckAt: expect.any(String),
      payment: { refundedAmount: { amount: '1.00' } },
    });
    const retried = await server.ask(RETRY, { id: made.answer.refund.id });
    expect(retried.data.retryRefund.kind).toBe('InvalidInputError');
    expect(made.sends()).toBe(1);
  },
  100_000,
);

test.concurrent.each([
  ['OPR18016', { code: 200, success: true, msg: '操作成功', data: { code: 'OPR18016', message: '已退款' } }],
  ['9999', { code: 200, success: true, msg: '操作成功', data: { code: '9999', message: '已退款' } }],
  ['200', { code: 200, success: false, msg: '已退款' }],
])('an inner no at TiPay (%s) is sent once, and refused with its words', async (code, body) => {
  const { answer, sends } = await create('chain', body);
  expect(answer).toMatchObject({
    kind: 'ProviderRejectedError',
    code,
    providerMessage: '已退款',
    refund: { status: 'FAILED' },
  });
  expect(sends()).toBe(1);
});

test('a yes that the provider denies for good is ended by a person, and its amount is free then', async () => {
  const { answer, payment, questions } = await create('blue', { code: 10000, data: {} });
  const { id } = answer.refund;
  const close = `mutation ($id: ID!, $note: String!) { closeRefund(id: $id, outcome: FAILED, note: $note) {
    kind: __typename ... on CloseRefundSuccess { refund { status } } } }`;
  await until(async () => questions() > 0 && (await server.ask(REFUND, { id })).data.node.attention !== null);
  // One that the provider shows is the provider's to end.
  answers.set(`query ${payment}`, {
    code: 10000,
    data: [
      {
        ...blueRow,
        mchRefundOrderId: answer.refund.merchantRefundId,
        originalTransactionId: payment,
        refundAmount: 100,
      },
    ],
  });
  expect((await server.ask(close, { id, note: 'n' })).data.closeRefund.kind).toBe('NotClosableError');
  expect((await server.ask(REFUND, { id })).data.node).toMatchObject({
    status: 'PROCESSING',
    attention: { reason: 'STUCK' },
  });

  const other = await create('blue', { code: 10000, data: {} });
  const lost = other.answer.refund.id;
  await until(async () => (await server.ask(REFUND, { id: lost })).data.node.attention !== null);
  expect((await server.ask(close, { id: lost, note: 'seen in the console' })).data.closeRefund).toEqual({
    kind: 'CloseRefundSuccess',
    refund: { status: 'FAILED' },
  });
  expect((await server.ask(REFUND, { id: lost })).data.node).toMatchObject({
    failure: { code: 'CLOSED_BY_OPERATOR' },
    attention: null,
    nextCheckAt: null,
    payment: { refundedAmount: { amount: '0.00' } },
  });
});
