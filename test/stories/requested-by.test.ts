/**
 * Promise: over real HTTP, every event that a mutation makes says who asked for it, and a refund says who
 * asked for it first.
 */
import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startServerUnderTest, type ServerUnderTest } from '../support/server.ts';
import { json, startStub, type StubServer } from '../support/stub-server.ts';

const SECRET = 'a secret that is long enough for HS256';
const NOT_THERE = json({ code: 404, success: false, msg: '不存在', data: null });
let stub: StubServer;
let server: ServerUnderTest;
beforeAll(async () => {
  stub = await startStub();
  stub.always(NOT_THERE);
  server = await startServerUnderTest({
    variables: { AUTH: 'jwt', JWT_SECRET: SECRET },
    accounts: { chain: { baseUrl: stub.url, merchantNo: 'M9' } },
    reconciliation: { pausesSeconds: [3600] },
  });
}, 120_000);
afterAll(async () => {
  await server.stop();
  await stub.close();
});

const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
function token(who: object): string {
  const claims = { exp: 4_000_000_000, scope: 'refunds:read refunds:write', accounts: '*', ...who };
  const signed = `${part({ alg: 'HS256', typ: 'JWT' })}.${part(claims)}`;
  return `${signed}.${createHmac('sha256', SECRET).update(signed).digest('base64url')}`;
}
async function ask(who: object, query: string, variables: object = {}) {
  const response = await fetch(`${server.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token(who)}` },
    body: JSON.stringify({ query, variables }),
  });
  // oxlint-disable-next-line typescript/no-explicit-any -- a test looks into answers of any shape
  const answer: any = await response.json();
  expect(answer.errors).toBeUndefined();
  return answer.data;
}

const CREATE = `mutation ($input: CreateRefundInput!) { createRefund(input: $input) {
  kind: __typename
  ... on CreateRefundSuccess { replayed refund { id } }
  ... on ProviderRejectedError { refund { id } } } }`;
const RETRY = 'mutation ($id: ID!) { retryRefund(id: $id) { kind: __typename } }';
const REFRESH = 'mutation ($id: ID!) { refreshRefund(id: $id) { kind: __typename } }';
const WHO = `query ($id: ID!) { refund(by: { id: $id }, read: LEDGER) {
  requestedBy { subject client }
  events(first: 20) { nodes { type status via actor { subject client } } } } }`;
const input = (id: string) => ({
  idempotencyKey: id,
  merchantRefundId: id,
  account: 'chain',
  merchantPaymentId: `P${id}`,
  amount: { amount: '1.00', currency: 'CNY' },
});
const ANN = { subject: 'ann', client: 'desk' };
const BOB = { subject: 'bob', client: 'app' };
const [ann, bob] = [
  { sub: 'ann', client_id: 'desk' },
  { sub: 'bob', azp: 'app' },
];

it('a create, its refusal, a retry and a refresh each name who asked', async () => {
  const no = json({ code: 400, success: false, msg: 'no' });
  stub.next(no, NOT_THERE);
  const { createRefund } = await ask(ann, CREATE, { input: input('WHO1') });
  const { id } = createRefund.refund;
  const first = await ask(bob, WHO, { id });
  expect(first.refund).toEqual({
    requestedBy: ANN,
    events: {
      nodes: [
        { type: 'REQUESTED', status: 'PENDING', via: 'MUTATION', actor: ANN },
        { type: 'STATUS_CHANGED', status: 'FAILED', via: 'MUTATION', actor: ANN },
      ],
    },
  });
  const data = {
    code: 'OPR00000',
    merchantNo: 'M9',
    refundRequestId: 'WHO1',
    orderId: 'PWHO1',
    refundAmount: '1.00',
    status: 'PROCESSING',
  };
  stub.next(json({ code: 200, success: true, msg: '', data }));
  expect((await ask(bob, RETRY, { id })).retryRefund.kind).toBe('RetryRefundSuccess');
  stub.next(json({ code: 200, success: true, msg: '', data: { ...data, status: 'SUCCESS' } }));
  expect((await ask(ann, REFRESH, { id })).refreshRefund.kind).toBe('RefreshRefundSuccess');
  const { refund } = await ask(ann, WHO, { id });
  expect(refund.requestedBy).toEqual(ANN);
  expect(refund.events.nodes.slice(2)).toEqual([
    { type: 'STATUS_CHANGED', status: 'PENDING', via: 'MUTATION', actor: BOB },
    { type: 'STATUS_CHANGED', status: 'PROCESSING', via: 'MUTATION', actor: BOB },
    { type: 'STATUS_CHANGED', status: 'SUCCEEDED', via: 'QUERY', actor: ANN },
  ]);
});

it('the same call by somebody else is the same refund, asked for by the first', async () => {
  const { createRefund } = await ask(ann, CREATE, { input: input('WHO2') });
  const again = await ask(bob, CREATE, { input: input('WHO2') });
  expect(again.createRefund).toEqual({ ...createRefund, ...(createRefund.replayed === false && { replayed: true }) });
  const { id } = createRefund.refund;
  expect((await ask(bob, WHO, { id })).refund.requestedBy).toEqual(ANN);
});
