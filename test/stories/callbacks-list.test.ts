/** Promise: who operates the server sees what providers sent, and why it was or was not believed. */
import { SignJWT } from 'jose';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startServerUnderTest, type GraphqlAnswer, type ServerUnderTest } from '../support/server.ts';
import { until } from '../support/until.ts';

const SECRET = 'a secret of more than 32 characters';
const EXPIRES = Math.ceil(Date.now() / 1_000) + 600;
const ALL = 'refunds:read refunds:write refunds:raw refunds:operate';

let server: ServerUnderTest;
beforeAll(async () => {
  server = await startServerUnderTest({
    variables: { AUTH: 'jwt', JWT_SECRET: SECRET },
    sandbox: { life: { processingAfterMs: 20, doneAfterMs: 60, callbackPausesMs: [50] } },
  });
}, 120_000);
afterAll(() => server.stop(), 30_000);

async function as(claims: object, query: string, variables: object = {}) {
  const token = await new SignJWT({ exp: EXPIRES, accounts: '*', sub: 'ada', ...claims })
    .setProtectedHeader({ alg: 'HS256' })
    .sign(Buffer.from(SECRET));
  const response = await fetch(`${server.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify({ query, variables }),
  });
  return response.json();
}

interface Row {
  readonly id: string;
  readonly account: { readonly key: string };
}
interface Page {
  readonly nodes: readonly Row[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string };
}

/** The data of an answer that must have no errors. */
function shown({ data, errors }: GraphqlAnswer) {
  expect(errors).toBeUndefined();
  return data;
}

const VIEWER = '{ viewer { subject scopes expiresAt accounts { key timeZone } } server { version simulated } }';
const LIST = `query List($filter: CallbackFilter, $first: Int, $after: String) {
  callbacks(filter: $filter, first: $first, after: $after) {
    nodes { id state reason copies receivedAt account { key } refund { merchantRefundId status } }
    edges { cursor node { id } }
    pageInfo { hasNextPage endCursor }
  }
}`;
const BODY = 'query Body($id: ID!) { node(id: $id) { ... on Callback { id body } } }';
const REPLAY = `mutation Replay($id: ID!) {
  replayCallback(id: $id) { __typename ... on ReplayCallbackSuccess { callback { id state } } ... on Error { message } }
}`;

it('a token tells its holder who he is and what he may do', async () => {
  const { data } = await as({ scope: 'refunds:read other', accounts: ['blue'] }, VIEWER);
  const [viewer, served] = [data.viewer, data.server];
  expect(viewer).toEqual({
    subject: 'ada',
    scopes: ['refunds:read'],
    expiresAt: new Date(EXPIRES * 1_000).toISOString().replace('.000Z', 'Z'),
    accounts: [{ key: 'blue', timeZone: 'Asia/Shanghai' }],
  });
  // The test hands the accounts over as the configuration of real ones.
  expect(served).toEqual({ version: expect.stringMatching(/^\d+\.\d+\.\d+/), simulated: false });
});

it('what came is listed, shown without its proof, and applied again', async () => {
  const CREATE = `mutation Create($input: CreateRefundInput!) {
    createRefund(input: $input) { ... on CreateRefundSuccess { refund { id merchantRefundId } } }
  }`;
  const payments = { library: { providerPaymentId: 'PAY-DEMO-1' }, chain: { merchantPaymentId: 'ORDERDEMO1' } };
  const ids = new Map<string, string>();
  for (const [account, payment] of Object.entries(payments)) {
    const input = { idempotencyKey: 'k', account, ...payment, amount: { amount: '1.00', currency: 'CNY' } };
    const { data } = await as({ scope: ALL }, CREATE, { input });
    ids.set(account, data.createRefund.refund.id);
  }
  const list = async (filter: object, page: object = {}) =>
    shown(await as({ scope: ALL }, LIST, { filter, ...page })).callbacks;
  await until(async () => new Set((await list({})).nodes.map(({ account }: Row) => account.key)).size === 2);

  // Of one refund, and of another account's refund nothing.
  const ofChain = await list({ refund: ids.get('chain') });
  expect(ofChain.nodes).not.toEqual([]);
  expect(new Set(ofChain.nodes.map(({ account }: Row) => account.key))).toEqual(new Set(['chain']));
  expect((await list({ refund: ids.get('chain'), accounts: ['library'] })).nodes).toEqual([]);

  // Nobody has signed this one.
  const forged = { response: '{"merchantNo":"M"}', sign: 'c2VjcmV0' };
  const sent = await fetch(`${server.url}/notify/chain`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(forged),
  });
  expect(sent.status).toBe(401);
  const rejected = await list({ states: ['REJECTED'] });
  expect(rejected.nodes).toMatchObject([{ state: 'REJECTED', reason: 'the signature does not match', refund: null }]);
  expect((await list({ states: ['APPLIED'] })).nodes).not.toContainEqual(rejected.nodes[0]);

  // Its body, without the proof; the true ones, too.
  const body = async (id: string) => (await as({ scope: ALL }, BODY, { id })).data.node.body;
  expect(JSON.parse(await body(rejected.nodes[0].id))).toEqual({ response: '{"merchantNo":"M"}' });
  for (const { id } of (await list({ states: ['APPLIED'] })).nodes) {
    const text = await body(id);
    expect(text).not.toBe('');
    expect(text).not.toMatch(/"?\bsign\b/);
    expect(text).not.toContain('reqTime');
  }

  // One page after the other gives the same rows, newest first.
  const whole = (await list({}, { first: 100 })).nodes.map(({ id }: Row) => id);
  const walked: string[] = [];
  for (let after: string | null = null, more = true; more;) {
    const page: Page = await list({}, { first: 1, after });
    walked.push(...page.nodes.map(({ id }: Row) => id));
    [after, more] = [page.pageInfo.endCursor, page.pageInfo.hasNextPage];
  }
  expect(walked).toEqual(whole);
  expect(whole.length).toBeGreaterThan(2);

  // Applied again: it changes nothing. What is forged stays refused.
  const replay = async (id: string) => (await as({ scope: ALL }, REPLAY, { id })).data.replayCallback;
  expect(await replay(ofChain.nodes[0].id)).toMatchObject({ callback: { state: 'APPLIED' } });
  expect(await replay(rejected.nodes[0].id)).toMatchObject({ callback: { state: 'REJECTED' } });
});

it('nobody without the scope, or without the account, sees or replays any', async () => {
  const [one] = (await as({ scope: ALL }, LIST, { filter: { accounts: ['chain'] } })).data.callbacks.nodes;
  const read = await as({ scope: 'refunds:read refunds:raw refunds:write' }, LIST);
  expect([read.data.callbacks, read.errors[0].extensions.code]).toEqual([null, 'FORBIDDEN']);
  const blind = await as({ scope: 'refunds:read' }, BODY, { id: one.id });
  expect(blind.data.node).toBeNull();
  const noRaw = await as({ scope: 'refunds:read refunds:operate' }, BODY, { id: one.id });
  expect([noRaw.data.node.body, noRaw.errors[0].extensions.code]).toEqual([null, 'FORBIDDEN']);
  const elsewhere = { scope: ALL, accounts: ['blue'] };
  expect((await as(elsewhere, LIST)).data.callbacks.nodes).toEqual([]);
  expect((await as(elsewhere, BODY, { id: one.id })).data.node).toBeNull();
  const refused = await as(elsewhere, REPLAY, { id: one.id });
  expect(refused.data.replayCallback).toMatchObject({ __typename: 'NotFoundError' });
  const noOperate = await as({ scope: 'refunds:read refunds:write' }, REPLAY, { id: one.id });
  expect(noOperate.data.replayCallback).toMatchObject({ __typename: 'ForbiddenError' });
});

it('a cursor of another list is a mistake of its argument', async () => {
  const answer = await as({ scope: ALL }, LIST, { after: 'WzEsMl0' });
  expect(answer.errors[0].extensions).toMatchObject({ code: 'BAD_USER_INPUT', argument: 'after' });
});
