/** Callbacks through the whole server. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startServerUnderTest, type ServerUnderTest } from '../support/server.ts';
import { until } from '../support/until.ts';

let server: ServerUnderTest;
beforeAll(async () => {
  server = await startServerUnderTest({
    sandbox: { life: { processingAfterMs: 100, doneAfterMs: 300, callbackPausesMs: [100] } },
    variables: { TRUSTED_PROXIES: '127.0.0.1' },
    accounts: { blue: { callbackAllowedIps: ['127.0.0.0/8'] } },
  });
}, 120_000);
afterAll(() => server.stop());

const CREATE = `mutation Create($input: CreateRefundInput!) {
  createRefund(input: $input) { __typename ... on CreateRefundSuccess { refund { id } } }
}`;
const EVENTS = `query Events($id: ID!) {
  refund(by: { id: $id }, read: LEDGER) { status events(first: 10) { nodes { type status via } } }
}`;

it.each([
  ['library', { providerPaymentId: 'PAY-DEMO-1' }, ['PROCESSING', 'SUCCEEDED']],
  ['blue', { providerPaymentId: 'CUDEMO1' }, ['SUCCEEDED']],
  ['chain', { merchantPaymentId: 'ORDERDEMO1' }, ['SUCCEEDED']],
])('a refund at %s goes live by its callbacks alone', async (account, payment, told) => {
  const amount = { amount: '1.00', currency: account === 'blue' ? 'THB' : 'CNY' };
  const input = { idempotencyKey: `live-${account}`, account, ...payment, amount };
  const created = await server.ask(CREATE, { input });
  expect(created).toMatchObject({ data: { createRefund: { __typename: 'CreateRefundSuccess' } } });
  const { id } = created.data.createRefund.refund;
  const seen = async () => (await server.ask(EVENTS, { id })).data.refund;
  await until(async () => (await seen()).status === 'SUCCEEDED');
  const { events } = await seen();
  const byCallback = events.nodes.filter(({ via }: { via: string }) => via === 'CALLBACK');
  expect(byCallback.map(({ status }: { status: string }) => status)).toEqual(expect.arrayContaining(told.slice(-1)));
  await until(async () => JSON.stringify(await server.control('/callbacks')).includes('"waiting":[]'));
  expect(JSON.stringify(await server.control('/callbacks'))).not.toContain('given up');
});

it('one line refuses strangers: a list of addresses, behind a proxy too', async () => {
  const from = (headers: Readonly<Record<string, string>>) =>
    fetch(`${server.url}/notify/blue`, {
      method: 'POST',
      body: '{}',
      headers: { 'content-type': 'application/json', ...headers },
    });
  expect((await from({})).status).toBe(401);
  expect((await from({ 'x-forwarded-for': '203.0.113.9' })).status).toBe(403);
  expect((await from({ 'x-forwarded-for': '203.0.113.9, 127.0.0.1' })).status).toBe(403);
});

it('nobody else is at that door', async () => {
  const answers = await Promise.all(
    ['/notify/nobody', '/notify', '/nowhere'].map(async (path) => {
      const answer = await fetch(`${server.url}${path}`, { method: 'POST', body: '{}' });
      return [answer.status, await answer.text()];
    }),
  );
  const [nowhere] = answers.toReversed();
  expect(answers).toEqual([nowhere, nowhere, nowhere]);
});
