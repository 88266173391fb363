/**
 * Promise: one merchant refund number under two merchants of Shoutu is two refunds, over real HTTP: two ids,
 * both shown, neither overwritten, and the one that was begun here is ours.
 */
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { startServerUnderTest, type GraphqlAnswer, type ServerUnderTest } from '../support/server.ts';
import { startShoutuStub, wireRow, type ShoutuStub } from '../support/shoutu-stub.ts';
import { json, reset } from '../support/stub-server.ts';
import { until } from '../support/until.ts';

let gateway: ShoutuStub;
let server: ServerUnderTest;
beforeAll(async () => {
  gateway = await startShoutuStub();
  server = await startServerUnderTest({
    accounts: { library: { baseUrl: gateway.url } },
    mirror: { pauseSeconds: 1, pagesPerSecond: 100 },
    reconciliation: { pausesSeconds: [0.3, 1], lateArrivalSeconds: 0, sweepSeconds: 1 },
  });
}, 120_000);
afterAll(async () => {
  await server.stop();
  await gateway.close();
});
beforeEach(async () => {
  gateway.rows = [];
  gateway.create = json({ code: '9999', msg: 'no' });
  await server.forget();
}, 120_000);

const REFUND = `id merchantRefundId providerRefundId status amount { amount } attention { reason }
  details { ... on ShoutuRefundDetails { merchantNo } }`;
async function ask(query: string, variables: Readonly<Record<string, unknown>> = {}): Promise<GraphqlAnswer['data']> {
  const { data, errors } = await server.ask(query, variables);
  if (errors !== undefined) throw new Error(JSON.stringify(errors));
  return data;
}
const list = async (read: string, filter: object = {}) =>
  (
    await ask(
      `query ($read: ReadPolicy!, $filter: RefundFilter) { refunds(first: 50, read: $read, filter: $filter) { totalCount nodes { ${REFUND} } } }`,
      { read, filter: { accounts: ['library'], ...filter } },
    )
  ).refunds;
const byKey = (key: object, read = 'AUTO') =>
  server.ask(`query ($by: RefundBy!, $read: ReadPolicy!) { refund(by: $by, read: $read) { ${REFUND} } }`, {
    by: { key: { account: 'library', ...key } },
    read,
  });
const byId = async (id: string, read = 'LEDGER') =>
  (
    await ask(
      `query ($id: ID!, $read: ReadPolicy!) { refund(by: { id: $id }, read: $read) { ${REFUND} events(first: 9) { nodes { type status } } } }`,
      { id, read },
    )
  ).refund;

const THEIRS = wireRow(0, {
  mchRefundNo: 'R001',
  mchNo: 'M2',
  channelOrderNo: 'CHX',
  channelPayOrderNo: 'PX',
  refundAmount: '700',
  refundState: '3',
});
const OTHERS = wireRow(1, { mchRefundNo: 'R001', mchNo: 'M1', channelOrderNo: 'CH1', channelPayOrderNo: 'P1' });
const both = [
  { merchantRefundId: 'R001', status: 'FAILED', amount: { amount: '7.00' }, details: { merchantNo: 'M2' } },
  { merchantRefundId: 'R001', status: 'SUCCEEDED', amount: { amount: '10.00' }, details: { merchantNo: 'M1' } },
];

test('both are shown, counted, found by their own ids, and the copy of the list is whole', async () => {
  gateway.rows = [THEIRS, OTHERS, wireRow(2)];
  const first = await list('AUTO');
  expect(first.nodes.slice(0, 2)).toMatchObject(both);
  expect(first.totalCount).toBe(3);
  const ids = first.nodes.map(({ id }: { id: string }) => id);
  expect(new Set(ids).size).toBe(3);
  await until(async () => {
    const { accounts } = await ask('{ accounts { key health { mirror { state copied total } } } }');
    const { mirror } = accounts.find(({ key }: { key: string }) => key === 'library').health;
    return mirror.state === 'COMPLETE' && mirror.copied === 3 && mirror.total === 3;
  });
  for (const read of ['LEDGER', 'PROVIDER', 'AUTO']) {
    const again = await list(read);
    expect(again.nodes.map(({ id }: { id: string }) => id)).toEqual(ids);
    const filtered = await list(read, { merchantRefundId: 'R001' });
    expect(filtered.nodes).toMatchObject(both);
    expect(filtered.totalCount).toBe(2);
    for (const [nth, one] of both.entries()) expect(await byId(ids[nth], read)).toMatchObject(one);
  }
  const { refundSummary } = await ask('{ refundSummary(groupBy: [STATUS]) { status count } }');
  expect(refundSummary).toContainEqual({ status: 'FAILED', count: 1 });
  // No contradiction was told: each has its own events.
  for (const id of ids) expect((await byId(id)).events.nodes).toHaveLength(1);

  for (const read of ['LEDGER', 'PROVIDER', 'AUTO']) {
    const { errors } = await byKey({ merchantRefundId: 'R001' }, read);
    expect(errors?.[0]).toMatchObject({ extensions: { code: 'BAD_USER_INPUT' } });
    expect(errors?.[0].message).toMatch(
      /^2 refunds .*CH1 of the merchant M1.*CHX of the merchant M2|^2 refunds .*CHX of the merchant M2.*CH1 of the merchant M1/,
    );
    const chosen = await byKey({ merchantRefundId: 'R001', providerRefundId: 'CHX' }, read);
    expect(chosen).toMatchObject({ data: { refund: both[0] } });
  }
});

const CREATE = `mutation ($input: CreateRefundInput!) { createRefund(input: $input) {
  kind: __typename ... on CreateRefundSuccess { refund { id status } } } }`;
const create = async (payment: object) =>
  (
    await ask(CREATE, {
      input: {
        idempotencyKey: 'K1',
        account: 'library',
        merchantRefundId: 'R001',
        amount: { amount: '10.00', currency: 'CNY' },
        ...payment,
      },
    })
  ).createRefund;

test.each([
  ['by the payment', { providerPaymentId: 'P1' }],
  ['by our payment id', { merchantPaymentId: 'OURS' }],
])('a refund whose answer was lost is ours among the two, whoever comes first: %s', async (_name, payment) => {
  gateway.create = reset;
  const { kind, refund } = await create(payment);
  expect({ kind, status: refund.status }).toEqual({ kind: 'CreateRefundSuccess', status: 'PENDING' });
  gateway.rows = [THEIRS];
  // Another merchant's is not ours.
  if ('providerPaymentId' in payment) {
    const shown = await list('AUTO');
    expect(shown.nodes.map((one: GraphqlAnswer['data']) => one.status).toSorted()).toEqual(['FAILED', 'PENDING']);
    expect(await byId(refund.id, 'AUTO')).toMatchObject({ status: 'PENDING', attention: null });
  }
  gateway.rows = [THEIRS, { ...OTHERS, createdTime: '2024-07-31 20:00:00' }];
  await until(async () => (await byId(refund.id)).status === 'SUCCEEDED', 20_000);
  expect(await byId(refund.id)).toMatchObject({
    providerRefundId: 'CH1',
    details: { merchantNo: 'M1' },
    amount: { amount: '10.00' },
  });
  expect((await list('AUTO')).nodes.map((one: GraphqlAnswer['data']) => one.providerRefundId).toSorted()).toEqual([
    'CH1',
    'CHX',
  ]);
  for (const read of ['LEDGER', 'PROVIDER', 'AUTO']) {
    expect(await byKey({ merchantRefundId: 'R001' }, read)).toMatchObject({
      data: { refund: { id: refund.id, providerRefundId: 'CH1' } },
    });
  }
});
