/**
 * Promise: createRefund, retryRefund and refreshRefund keep the contract over real HTTP, whatever the
 * provider answers.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startServerUnderTest, type ServerUnderTest } from '../support/server.ts';
import { until } from '../support/until.ts';

const REFUND = `fragment R on Refund {
  id merchantRefundId status providerRefundId amount { amount } failure { code message retryable }
}`;
const CREATE = `mutation ($input: CreateRefundInput!) {
  createRefund(input: $input) {
    kind: __typename
    ... on CreateRefundSuccess { replayed refund { ...R } }
    ... on Error { message }
    ... on InvalidInputError { issues { path message } }
    ... on IdempotencyConflictError { existing { ...R } }
    ... on AmountExceedsPaymentError { refundable { amount currency } }
    ... on ProviderRejectedError { code providerMessage retryable refund { ...R } }
  }
} ${REFUND}`;
const RETRY = `mutation ($id: ID!) {
  retryRefund(id: $id) {
    kind: __typename
    ... on RetryRefundSuccess { refund { ...R } }
    ... on Error { message }
    ... on InvalidInputError { issues { path message } }
  }
} ${REFUND}`;
const REFRESH = `mutation ($id: ID!) {
  refreshRefund(id: $id) {
    kind: __typename
    ... on RefreshRefundSuccess { changed refund { ...R } }
    ... on Error { message }
  }
} ${REFUND}`;
const HISTORY = `query ($id: ID!, $first: Int, $after: String, $last: Int, $before: String) {
  node(id: $id) {
    ... on Refund {
      status
      events(first: $first, after: $after, last: $last, before: $before) {
        edges { cursor node { id type status via refund { status } } }
        pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
      }
    }
  }
}`;

let server: ServerUnderTest;
let keys = 0;

beforeAll(async () => {
  server = await startServerUnderTest({
    sandbox: { life: { processingAfterMs: 50, doneAfterMs: 300 } },
    accounts: { library: { timeoutMs: 2500 }, blue: { timeoutMs: 2500 }, chain: { timeoutMs: 2500 } },
    reconciliation: {
      pausesSeconds: [0.2, 0.3, 0.5, 1, 1, 1, 1, 1, 2],
      lateArrivalSeconds: 0.2,
      giveUpAfterSeconds: 18,
      sweepSeconds: 1,
    },
  });
}, 120_000);
afterAll(() => server.stop());

const ACCOUNTS = {
  chain: { provider: 'TIPAY', currency: 'CNY', payment: (n: number) => ({ merchantPaymentId: `ORDERDEMO${n}` }) },
  blue: { provider: 'BLUEPAY', currency: 'THB', payment: (n: number) => ({ providerPaymentId: `CUDEMO${n}` }) },
  library: { provider: 'SHOUTU', currency: 'CNY', payment: (n: number) => ({ providerPaymentId: `PAY-DEMO-${n}` }) },
} as const;
type Account = keyof typeof ACCOUNTS;

const inputFor = (account: Account, amount = '1.00', payment = 1) => {
  keys += 1;
  const { currency, payment: named } = ACCOUNTS[account];
  return { idempotencyKey: `story-${keys}`, account, ...named(payment), amount: { amount, currency } };
};
const create = async (input: object) => {
  const { data, errors } = await server.ask(CREATE, { input });
  if (errors !== undefined) throw new Error(JSON.stringify(errors));
  return data.createRefund;
};
const statusOf = async (id: string) =>
  (await server.ask(`query ($id: ID!) { node(id: $id) { ... on Refund { status } } }`, { id })).data.node.status;
const behave = (behaviour: object) => server.control('/behave', behaviour);
const executed = async (account: Account, id: string): Promise<{ accepted: number; moved: number } | undefined> => {
  const all = await server.control('/executed');
  return JSON.parse(JSON.stringify(all))[ACCOUNTS[account].provider][id];
};

describe('what is wrong with the input is said with its path, and nothing is kept', () => {
  test.each([
    ['too many decimals', { amount: { amount: '1.005', currency: 'CNY' } }, ['amount', 'amount']],
    ['zero', { amount: { amount: '0', currency: 'CNY' } }, ['amount', 'amount']],
    ['less than zero', { amount: { amount: '-1', currency: 'CNY' } }, ['amount', 'amount']],
    ['10^30', { amount: { amount: `1${'0'.repeat(30)}`, currency: 'CNY' } }, ['amount', 'amount']],
    ['another currency', { amount: { amount: '1', currency: 'USD' } }, ['amount', 'currency']],
    ['no payment', { merchantPaymentId: null }, ['merchantPaymentId']],
    ['an id that this provider does not take', { providerPaymentId: 'X' }, ['providerPaymentId']],
    ['a merchantRefundId with a dash', { merchantRefundId: 'a-b' }, ['merchantRefundId']],
    ['a merchantRefundId that is too long', { merchantRefundId: 'a'.repeat(33) }, ['merchantRefundId']],
    ['no key', { idempotencyKey: '' }, ['idempotencyKey']],
    ['a key that is too long', { idempotencyKey: 'k'.repeat(256) }, ['idempotencyKey']],
    ['a reason that is too long', { reason: 'x'.repeat(5000) }, ['reason']],
    ['members of another provider', { shoutu: { businessId: 'B' } }, ['shoutu']],
  ])('%s', async (_name, wrong, path) => {
    const answer = await create({ ...inputFor('chain'), ...wrong });
    expect(answer).toMatchObject({ kind: 'InvalidInputError', issues: [{ path: ['input', ...path] }] });
  });

  test('all of it at once', async () => {
    const answer = await create({
      ...inputFor('blue'),
      providerPaymentId: null,
      amount: { amount: '0.001', currency: 'CNY' },
      merchantRefundId: '',
    });
    expect(answer.issues.map(({ path }: { path: string[] }) => path.slice(1).join('.')).toSorted()).toEqual([
      'amount.amount',
      'amount.currency',
      'merchantRefundId',
      'providerPaymentId',
    ]);
    expect(answer.issues.find(({ path }: { path: string[] }) => path[1] === 'providerPaymentId').message).toContain(
      'BLUEPAY needs providerPaymentId',
    );
  });

  test('an account that the caller does not know', async () => {
    expect(await create({ ...inputFor('chain'), account: 'nobody' })).toMatchObject({
      kind: 'ForbiddenError',
      message: 'There is no such account here, or your token does not name it.',
    });
  });
});

test('a refund is made, followed to its end, and its events are told page by page', async () => {
  const input = {
    ...inputFor('library', '12.92'),
    merchantRefundId: 'STORY1',
    reason: '读者退款',
    shoutu: { businessId: 'B7' },
  };
  const first = await create(input);
  expect(first).toMatchObject({
    kind: 'CreateRefundSuccess',
    replayed: false,
    refund: { amount: { amount: '12.92' } },
  });
  const { id } = first.refund;
  await until(async () => (await statusOf(id)) === 'SUCCEEDED');
  expect(await create({ ...input, amount: { currency: 'CNY', amount: '12.920' } })).toMatchObject({
    replayed: true,
    refund: { id, status: 'SUCCEEDED' },
  });
  expect(await executed('library', 'STORY1')).toEqual({ accepted: 1, moved: 1 });

  const all = (await server.ask(HISTORY, { id, first: 100 })).data.node.events;
  const told = all.edges.map(({ node }: { node: { type: string; status: string } }) => `${node.type} ${node.status}`);
  expect(told[0]).toBe('REQUESTED PENDING');
  expect(told.at(-1)).toMatch(/ SUCCEEDED$/);
  const walked = [];
  for (let after: string | null = null, more = true; more;) {
    const page: typeof all = (await server.ask(HISTORY, { id, first: 1, after })).data.node.events;
    walked.push(...page.edges);
    after = page.pageInfo.endCursor;
    more = page.pageInfo.hasNextPage;
  }
  expect(walked).toEqual(all.edges);
  const last = (await server.ask(HISTORY, { id, last: 1 })).data.node.events;
  expect(last).toMatchObject({ edges: [all.edges.at(-1)], pageInfo: { hasPreviousPage: true, hasNextPage: false } });
  const before = (await server.ask(HISTORY, { id, last: 100, before: last.pageInfo.startCursor })).data.node.events;
  expect(before.edges).toEqual(all.edges.slice(0, -1));
  const event = await server.ask(`query ($id: ID!) { node(id: $id) { ... on RefundEvent { id type status } } }`, {
    id: all.edges[0].node.id,
  });
  expect(event.data.node).toEqual({ id: all.edges[0].node.id, type: 'REQUESTED', status: 'PENDING' });
  const wrong = await server.ask(HISTORY, { id, first: 1, after: 'nonsense' });
  expect(wrong.errors?.[0].extensions.code).toBe('BAD_USER_INPUT');
});

test('a key that was used with other input, and a merchantRefundId that is taken, name the refund that has them', async () => {
  const input = { ...inputFor('chain'), merchantRefundId: 'STORY2' };
  const { refund } = await create(input);
  const conflict = { kind: 'IdempotencyConflictError', existing: { id: refund.id } };
  expect(await create({ ...input, amount: { amount: '2', currency: 'CNY' } })).toMatchObject(conflict);
  expect(await create({ ...inputFor('chain'), merchantRefundId: 'STORY2' })).toMatchObject(conflict);
});

test('more than is left of a payment whose amount is known is refused, with what is left', async () => {
  await server.ask('{ refunds(first: 100, filter: { accounts: ["library"] }) { nodes { id } } }');
  const { data } = await server.ask(`{ refunds(first: 100, filter: { accounts: ["library"] }) { nodes {
    payment { providerPaymentId amount { amount minorUnits } refundedAmount { minorUnits } } } } }`);
  const { payment } = data.refunds.nodes.find((node: { payment: { amount: unknown } }) => node.payment.amount !== null);
  const left = BigInt(payment.amount.minorUnits) - BigInt(payment.refundedAmount.minorUnits);
  const tooMuch = { ...inputFor('library', '900000.00'), providerPaymentId: payment.providerPaymentId };
  const answer = await create(tooMuch);
  expect(answer.kind).toBe('AmountExceedsPaymentError');
  expect(BigInt(answer.refundable.amount.replace('.', ''))).toBe(left);
});

test('the no of each provider is told in its words, and kept', async () => {
  await behave({ provider: 'BLUEPAY', operations: ['create'], times: 1, code: 21014 });
  const blue = await create(inputFor('blue'));
  expect(blue).toMatchObject({
    kind: 'ProviderRejectedError',
    code: '21014',
    retryable: false,
    refund: { status: 'FAILED' },
  });
  expect(await server.ask(RETRY, { id: blue.refund.id })).toMatchObject({
    data: { retryRefund: { kind: 'InvalidInputError', issues: [{ path: ['id'] }] } },
  });
  const chain = await create({ ...inputFor('chain'), merchantPaymentId: 'ORDERSPLIT1' });
  expect(chain).toMatchObject({ kind: 'ProviderRejectedError', retryable: true, refund: { status: 'FAILED' } });
  const library = await create({ ...inputFor('library'), providerPaymentId: 'PAY-UNPAID-1' });
  expect(library).toMatchObject({
    kind: 'ProviderRejectedError',
    retryable: false,
    refund: { status: 'FAILED' },
  });
});

test('one refund of a payment at a time at BluePay, ours or made elsewhere', async () => {
  const first = await create(inputFor('blue', '1.00', 2));
  expect(await create(inputFor('blue', '1.00', 2))).toMatchObject({ kind: 'PaymentBusyError' });
  await until(async () => (await statusOf(first.refund.id)) === 'SUCCEEDED');

  const elsewhere = {
    provider: 'BLUEPAY',
    merchantRefundId: 'ELSEWHERE1',
    amount: '500',
    providerPaymentId: 'CUDEMO2',
    status: 'PROCESSING',
  };
  await server.control('/refunds/add', elsewhere);
  const input = inputFor('blue', '1.00', 2);
  expect(await create(input)).toMatchObject({ kind: 'PaymentBusyError' });
  // It became known by that.
  await until(async () => {
    const by = { key: { account: 'blue', merchantRefundId: 'ELSEWHERE1' } };
    const { data } = await server.ask('query ($by: RefundBy!) { refund(by: $by, read: LEDGER) { status } }', { by });
    return data.refund !== null;
  });
  await server.control('/refunds/move', { provider: 'BLUEPAY', refundId: 'ELSEWHERE1', status: 'SUCCEEDED' });
  await until(async () => (await create(input)).kind === 'CreateRefundSuccess');
  expect((await create(input)).replayed).toBe(true);
});

test('a refund that failed at TiPay is submitted again under its id', async () => {
  // An amount that ends in 17 stays under way for ever.
  const { refund: underWay } = await create(inputFor('chain', '5.17'));
  const { refund } = await create({ ...inputFor('chain', '5.13'), merchantRefundId: 'STORYFAIL' });
  expect(await server.ask(RETRY, { id: underWay.id })).toMatchObject({
    data: { retryRefund: { kind: 'InvalidInputError' } },
  });
  await until(async () => (await statusOf(refund.id)) === 'FAILED');
  const again = (await server.ask(RETRY, { id: refund.id })).data.retryRefund;
  expect(again).toMatchObject({
    kind: 'RetryRefundSuccess',
    refund: { merchantRefundId: 'STORYFAIL', failure: null },
  });
  await until(async () => (await statusOf(refund.id)) === 'SUCCEEDED');
  expect(await executed('chain', 'STORYFAIL')).toEqual({ accepted: 2, moved: 1 });
  expect(await server.ask(RETRY, { id: 'UmVmdW5kOmNoYWluOk5PQk9EWQ' })).toMatchObject({
    data: { retryRefund: { kind: 'NotFoundError' } },
  });
});

test('refreshRefund asks now, and says whether anything was new', async () => {
  const { refund } = await create({ ...inputFor('chain', '5.17'), merchantRefundId: 'STORYSLOW' });
  await server.control('/refunds/move', {
    provider: 'TIPAY',
    refundId: 'STORYSLOW',
    status: 'SUCCEEDED',
    notify: false,
  });
  const results = [
    (await server.ask(REFRESH, { id: refund.id })).data.refreshRefund,
    (await server.ask(REFRESH, { id: refund.id })).data.refreshRefund,
  ];
  expect(results[1]).toMatchObject({ changed: false, refund: { status: 'SUCCEEDED' } });
  expect(await server.ask(REFRESH, { id: 'UmVmdW5kOmNoYWluOk5PQk9EWQ' })).toMatchObject({
    data: { refreshRefund: { kind: 'NotFoundError' } },
  });
  await behave({ provider: 'TIPAY', operations: ['query'], status: 500 });
  const failed = await server.ask(REFRESH, { id: refund.id });
  expect(failed.errors?.[0]).toMatchObject({ extensions: { code: 'PROVIDER_UNAVAILABLE', account: 'chain' } });
  await server.control('/behave/reset', {});
});

describe('a create whose answer says nothing comes back PENDING and ends as the provider has it', () => {
  const executing = [
    { answerLost: true },
    { status: 500, execute: true },
    { garbage: 'truncated' },
    { garbage: 'html', execute: true },
  ];
  const losing = [{ hang: true }, { reset: true }, { status: 503 }, { garbage: 'html' }];
  const codes = [{ code: 21000 }, { code: 21011 }];

  /** BluePay takes one refund of a payment at a time. */
  const BLUE_PAYMENTS = ['CUDEMO1', 'CUDEMO2', 'CUDEMO3', 'CUNOFULL1'];

  async function lost(account: Account, behaviour: object, id: string, named: object = {}): Promise<string> {
    await behave({ provider: ACCOUNTS[account].provider, operations: ['create'], times: 1, ...behaviour });
    const answer = await create({ ...inputFor(account, '1.01'), merchantRefundId: id, ...named });
    expect([behaviour, answer.kind, answer.refund?.status]).toEqual([behaviour, 'CreateRefundSuccess', 'PENDING']);
    return answer.refund.id;
  }

  const allAre = (ids: readonly string[], status: string) => async () =>
    (await Promise.all(ids.map(statusOf))).every((one) => one === status);

  test.each([
    ['chain', [...executing, ...losing]],
    ['blue', [...executing, ...losing, ...codes]],
  ] as const)(
    '%s: once, for what never arrived is sent again',
    async (account, behaviours) => {
      for (let from = 0; from < behaviours.length; from += BLUE_PAYMENTS.length) {
        const ids: string[] = [];
        for (const [index, providerPaymentId] of BLUE_PAYMENTS.entries()) {
          const behaviour = behaviours[from + index];
          const named = account === 'blue' ? { providerPaymentId } : {};
          if (behaviour !== undefined) ids.push(await lost(account, behaviour, `LOST${account}${from + index}`, named));
        }
        await until(allAre(ids, 'SUCCEEDED'), 40_000);
      }
      for (const index of behaviours.keys()) {
        expect([index, await executed(account, `LOST${account}${index}`)]).toEqual([index, { accepted: 1, moved: 1 }]);
      }
    },
    120_000,
  );

  test('library: what never arrived is not sent again but given up', async () => {
    const arrived = [await lost('library', { answerLost: true }, 'LOSTLIB0')];
    const never: string[] = [];
    for (const [index, behaviour] of losing.entries()) never.push(await lost('library', behaviour, `NEVERLIB${index}`));
    await until(
      async () => (await Promise.all(arrived.map(statusOf))).every((status) => status === 'SUCCEEDED'),
      20_000,
    );
    await until(allAre(never, 'FAILED'), 60_000);
    const { data } = await server.ask(`query ($id: ID!) { node(id: $id) { ... on Refund { ...R } } } ${REFUND}`, {
      id: never[0],
    });
    expect(data.node.failure).toMatchObject({ code: 'NOT_ACCEPTED', retryable: false });
    expect(await executed('library', 'LOSTLIB0')).toEqual({ accepted: 1, moved: 1 });
    for (const index of losing.keys()) expect(await executed('library', `NEVERLIB${index}`)).toBeUndefined();
  }, 120_000);
});

test('a client that hangs up does not end its refund', async () => {
  await behave({ provider: 'TIPAY', operations: ['create'], times: 1, latencyMs: 400 });
  const gone = new AbortController();
  const calling = fetch(`${server.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: CREATE, variables: { input: { ...inputFor('chain'), merchantRefundId: 'HANGUP' } } }),
    signal: gone.signal,
  }).catch((error: unknown) => error);
  const by = { key: { account: 'chain', merchantRefundId: 'HANGUP' } };
  const read = async () =>
    (await server.ask('query ($by: RefundBy!) { refund(by: $by, read: LEDGER) { status } }', { by })).data.refund;
  await until(async () => (await read()) !== null);
  gone.abort();
  await calling;
  await until(async () => (await read()).status === 'SUCCEEDED');
  expect(await executed('chain', 'HANGUP')).toEqual({ accepted: 1, moved: 1 });
});
