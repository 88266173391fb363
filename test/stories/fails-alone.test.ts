/**
 * Promise: one bad cursor, id, list of ids or account is an error of its own field; its neighbours and its
 * parent arrive.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startServerUnderTest, type ServerUnderTest } from '../support/server.ts';
import { until } from '../support/until.ts';

const LIFE = { processingAfterMs: 20, doneAfterMs: 60 };
let server: ServerUnderTest;
/** The refund of all examples, whose id stands for $id. */
let id: string;
beforeAll(async () => {
  server = await startServerUnderTest({ sandbox: { refundsPerProvider: 3, life: LIFE } });
  id = (await create('first')).data.createRefund.refund.id;
  const status = async () => (await server.ask(`{ node(id: "${id}") { ... on Refund { status } } }`)).data.node.status;
  await until(async () => (await status()) === 'SUCCEEDED');
}, 60_000);
afterAll(() => server.stop());

function createField(key: string, account = 'blue'): string {
  const payment = server.sandbox.examples.BLUEPAY.payments[0]?.providerPaymentId ?? '';
  const amount = '{ amount: "1.00", currency: "THB" }';
  return `createRefund(input: { idempotencyKey: "${key}", account: "${account}", providerPaymentId: "${payment}", amount: ${amount} })
    { kind: __typename ... on CreateRefundSuccess { refund { id } } }`;
}
const create = (key: string) => server.ask(`mutation { ${createField(key)} }`);

const IDS = '{ nodes { id } }';
const NEIGHBOURS = `
  first: refunds(first: 1) ${IDS}
  second: refundEvents(first: 1) ${IDS}
  third: accounts { key }
  fourth: refundSummary { count }`;
const tooMany = JSON.stringify(Array.from({ length: 101 }, () => 'x'));
const key = (account: string) => `{ account: "${account}", providerPaymentId: "P" }`;

test.each([
  ['a cursor of the list', `refunds(first: 1, after: "bad") ${IDS}`, 'after'],
  ['a cursor of the list, backwards', `refunds(last: 1, before: "bad") ${IDS}`, 'before'],
  ['a number of rows', `refunds(first: 101) ${IDS}`, 'first'],
  ['no number of rows', `refunds ${IDS}`, 'first'],
  ['an account of the list', `refunds(first: 1, filter: { accounts: ["blue", "nobody"] }) ${IDS}`, 'filter.accounts'],
  ['an id of the list', `refunds(first: 1, filter: { providerPaymentId: "P " }) ${IDS}`, 'filter.providerPaymentId'],
  ['a cursor of the feed', `refundEvents(first: 1, after: "bad") ${IDS}`, 'after'],
  ['a long cursor of the feed', `refundEvents(first: 1, after: "${'e'.repeat(3_000)}") ${IDS}`, 'after'],
  ['no number of events', `refundEvents ${IDS}`, 'first'],
  ['an account of the feed', `refundEvents(first: 1, filter: { accounts: ["nobody"] }) ${IDS}`, 'filter.accounts'],
  ['an account of the summary', 'refundSummary(filter: { accounts: ["nobody"] }) { count }', 'filter.accounts'],
  ['an account of a payment', `payment(by: ${key('nobody')}) { refundedAmount { amount } }`, 'by.account'],
  [
    'an id of a payment',
    'payment(by: { account: "blue", providerPaymentId: "P\\u3000" }) { providerPaymentId }',
    'by.providerPaymentId',
  ],
  ['an account of a refund', `refund(by: { key: ${key('nobody')} }) { id }`, 'by.key.account'],
  ['an id of a refund', 'refund(by: { id: "bad" }) { id }', 'by.id'],
  ['a node', 'node(id: "bad") { id }', 'id'],
  ['too many nodes', `nodes(ids: ${tooMany}) { id }`, 'ids'],
])('%s', async (_, field, argument) => {
  const { data, errors } = await server.ask(`{ ${NEIGHBOURS} bad: ${field} }`);
  const { bad, ...neighbours } = data;
  expect(bad).toBeNull();
  expect(Object.values(neighbours)).toHaveLength(4);
  expect(Object.values(neighbours)).not.toContain(null);
  expect(errors).toEqual([
    expect.objectContaining({ path: ['bad'], extensions: { code: 'BAD_USER_INPUT', argument } }),
  ]);
});

test('a cursor in a variable', async () => {
  const query = `query ($after: EventCursor) { ${NEIGHBOURS} bad: refundEvents(first: 1, after: $after) ${IDS} }`;
  for (const after of ['bad', '', 'x'.repeat(5_000), '退款']) {
    const { data, errors } = await server.ask(query, { after });
    expect(Object.values(data).filter((value) => value !== null)).toHaveLength(4);
    expect(errors?.map(({ path, extensions }) => [path, extensions.argument])).toEqual([[['bad'], 'after']]);
  }
});

test('one id of a list of ids is null at its place', async () => {
  const { data, errors } = await server.ask('query ($ids: [ID!]!) { nodes(ids: $ids) { id } }', {
    ids: [id, 'bad', id, `${id}\u00a0`],
  });
  expect(data.nodes).toEqual([{ id }, null, { id }, null]);
  expect(errors?.map(({ path, extensions }) => [path, extensions.argument])).toEqual([
    [['nodes', 1], 'ids.1'],
    [['nodes', 3], 'ids.3'],
  ]);
});

test("a refund keeps what is beside its events and its payment's refunds", async () => {
  const bad = (field: string) => `${field}(first: 1, after: "bad") ${IDS}`;
  const query = `query ($id: ID!) { node(id: $id) { ... on Refund {
    status ${bad('events')} payment { providerPaymentId ${bad('refunds')} }
  } } }`;
  const { data, errors } = await server.ask(query, { id });
  expect(data.node).toEqual({
    status: 'SUCCEEDED',
    events: null,
    payment: { providerPaymentId: expect.any(String), refunds: null },
  });
  expect(new Set(errors?.map(({ path }) => path.join('.')))).toEqual(new Set(['node.events', 'node.payment.refunds']));
});

test('a mutation is heard of, though the one beside it had an id that can not be read', async () => {
  const { data, errors } = await server.ask(`mutation {
    made: ${createField('beside')}
    badRetry: retryRefund(id: "bad") { __typename }
    forbidden: ${createField('other', 'nobody')}
    badRefresh: refreshRefund(id: "bad") { __typename }
    asked: refreshRefund(id: "${id}") { kind: __typename }
  }`);
  expect(data).toEqual({
    made: { kind: 'CreateRefundSuccess', refund: { id: expect.any(String) } },
    badRetry: null,
    forbidden: { kind: 'ForbiddenError' },
    badRefresh: null,
    asked: { kind: 'RefreshRefundSuccess' },
  });
  expect(errors?.map(({ path }) => path)).toEqual([['badRetry'], ['badRefresh']]);
});
