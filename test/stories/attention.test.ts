/** Promise: over real HTTP, a refund at which a person must look is found, explained, and ended by a person where nobody else can. */
import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startServerUnderTest, type ServerUnderTest } from '../support/server.ts';
import { until } from '../support/until.ts';

const SECRET = 'a secret that is long enough for HS256';
let server: ServerUnderTest;
beforeAll(async () => {
  server = await startServerUnderTest({
    variables: { AUTH: 'jwt', JWT_SECRET: SECRET },
    sandbox: { life: { processingAfterMs: 50, doneAfterMs: 3_600_000, callbackPausesMs: [100] } },
    reconciliation: { pausesSeconds: [0.2, 0.2], lateArrivalSeconds: 0.1, giveUpAfterSeconds: 600, sweepSeconds: 1 },
  });
}, 120_000);
afterAll(() => server.stop());

const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
function token(...scopes: string[]): string {
  const claims = { sub: 'ann', client_id: 'desk', exp: 4_000_000_000, scope: scopes.join(' '), accounts: '*' };
  const signed = `${part({ alg: 'HS256', typ: 'JWT' })}.${part(claims)}`;
  return `${signed}.${createHmac('sha256', SECRET).update(signed).digest('base64url')}`;
}
const EVERYTHING = ['refunds:read', 'refunds:write', 'refunds:operate'];
async function ask(query: string, variables: object = {}, scopes = EVERYTHING) {
  const response = await fetch(`${server.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token(...scopes)}` },
    body: JSON.stringify({ query, variables }),
  });
  // oxlint-disable-next-line typescript/no-explicit-any -- a test looks into answers of any shape
  const answer: any = await response.json();
  expect(answer.errors).toBeUndefined();
  return answer.data;
}

const CREATE = `mutation ($input: CreateRefundInput!) { createRefund(input: $input) {
  ... on CreateRefundSuccess { refund { id merchantRefundId } } } }`;
const REFUND = `query ($id: ID!) { refund(by: { id: $id }, read: LEDGER) {
  status version updatedAt createdAtSource pendingReason attempts
  attention { reason since advice } payment { refundedAmount { amount } }
  events(last: 1) { nodes { type via note actor { subject client } recordedAt } } } }`;
const LIST = `query ($needs: Boolean, $read: ReadPolicy!) {
  refunds(first: 100, filter: { accounts: ["library"], needsAttention: $needs }, read: $read) {
    totalCount sources { origin complete } nodes { id } } }`;
const CLOSE = `mutation ($id: ID!, $note: String!) { closeRefund(id: $id, outcome: FAILED, note: $note) {
  kind: __typename
  ... on CloseRefundSuccess { refund { status failure { code } } }
  ... on NotClosableError { message refund { status } }
  ... on InvalidInputError { issues { path } }
  ... on ForbiddenError { message } } }`;

let made = 0;
async function make(): Promise<{ id: string; merchantRefundId: string }> {
  made += 1;
  const amount = { amount: '1.00', currency: 'CNY' };
  const input = { idempotencyKey: `k${made}`, account: 'library', providerPaymentId: `PAY-DEMO-${made}`, amount };
  return (await ask(CREATE, { input })).createRefund.refund;
}

it('closed at Shoutu is UNDECIDED, is found by the filter in every list, and a later word of the provider wins', async () => {
  const { id, merchantRefundId: refundId } = await make();
  await server.control('/refunds/move', { provider: 'SHOUTU', refundId, status: 'CLOSED' });
  await until(async () => (await ask(REFUND, { id })).refund.attention !== null);
  const { refund } = await ask(REFUND, { id });
  expect(refund).toMatchObject({
    status: 'PROCESSING',
    createdAtSource: 'PROVIDER',
    pendingReason: 'AT_PROVIDER',
    attempts: 1,
    attention: { reason: 'UNDECIDED' },
    payment: { refundedAmount: { amount: '1.00' } },
  });
  expect(refund.updatedAt).toBe(refund.events.nodes[0].recordedAt);
  for (const read of ['AUTO', 'LEDGER', 'PROVIDER']) {
    const { refunds: needing } = await ask(LIST, { read, needs: true });
    expect(needing.nodes.map((node: { id: string }) => node.id)).toEqual([id]);
    expect(needing.sources).toEqual([{ origin: 'LEDGER', complete: true }]);
    const { refunds: others } = await ask(LIST, { read, needs: false });
    expect(others.nodes).not.toContainEqual({ id });
    const { refunds: all } = await ask(LIST, { read: 'LEDGER' });
    expect(needing.totalCount + others.totalCount).toBe(all.totalCount);
  }
  expect((await ask(CLOSE, { id, note: 'n' })).closeRefund).toMatchObject({ kind: 'NotClosableError' });
  await server.control('/refunds/move', { provider: 'SHOUTU', refundId, status: 'SUCCEEDED' });
  await until(async () => (await ask(REFUND, { id })).refund.status === 'SUCCEEDED');
  expect((await ask(REFUND, { id })).refund).toMatchObject({ attention: null, pendingReason: null });
});

it('closeRefund needs its own scope and a note, and keeps who ended the refund', async () => {
  const { id } = await make();
  const without = await ask(CLOSE, { id, note: 'n' }, ['refunds:read', 'refunds:write']);
  expect(without.closeRefund).toEqual({ kind: 'ForbiddenError', message: expect.stringContaining('refunds:operate') });
  expect((await ask(CLOSE, { id, note: '' })).closeRefund).toEqual({
    kind: 'InvalidInputError',
    issues: [{ path: ['note'] }],
  });
  expect((await ask(CLOSE, { id, note: 'seen' })).closeRefund).toMatchObject({ kind: 'NotClosableError' });
});
