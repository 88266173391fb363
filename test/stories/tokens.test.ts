/**
 * Promise: for the holder of a token, accounts outside it do not exist, whatever the query; without a scope a
 * call is forbidden.
 */
import { SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startServerUnderTest, type GraphqlAnswer, type ServerUnderTest } from '../support/server.ts';
import { until } from '../support/until.ts';

const SECRET = 'a secret of more than 32 characters';
const signed = (claims: object) =>
  new SignJWT({ exp: Math.ceil(Date.now() / 1_000) + 600, iss: 'tests', ...claims })
    .setProtectedHeader({ alg: 'HS256' })
    .sign(Buffer.from(SECRET));

const CREATE = `mutation ($input: CreateRefundInput!) {
  createRefund(input: $input) {
    kind: __typename
    ... on CreateRefundSuccess { refund { id } }
    ... on IdempotencyConflictError { existing { id } }
  }
}`;
const OF_CHAIN = {
  idempotencyKey: 'chain',
  account: 'chain',
  merchantPaymentId: 'ORDERDEMO1',
  merchantRefundId: 'TOKENCHAIN',
  amount: { amount: '1', currency: 'CNY' },
};
const OF_BLUE = {
  idempotencyKey: 'blue',
  account: 'blue',
  providerPaymentId: 'CUDEMO1',
  merchantRefundId: 'TOKENBLUE',
  amount: { amount: '1', currency: 'THB' },
};

let server: ServerUnderTest;
let owner: string;
let holder: string;
let ids: { readonly refund: string; readonly event: string; readonly account: string };

async function ask(token: string, query: string, variables: object = {}): Promise<GraphqlAnswer> {
  const response = await fetch(`${server.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify({ query, variables }),
  });
  return response.json();
}

beforeAll(async () => {
  const variables = { AUTH: 'jwt', JWT_SECRET: SECRET, JWT_ISSUER: 'tests' };
  server = await startServerUnderTest({ variables, sandbox: { life: { processingAfterMs: 20, doneAfterMs: 100 } } });
  owner = await signed({ scope: 'refunds:read refunds:write refunds:raw', accounts: '*' });
  holder = await signed({ scope: 'refunds:read refunds:write refunds:raw', accounts: ['chain', 'nowhere'] });
  for (const input of [OF_CHAIN, OF_BLUE]) {
    const { kind } = (await ask(owner, CREATE, { input })).data.createRefund;
    if (kind !== 'CreateRefundSuccess') throw new Error(kind);
  }
  await ask(owner, '{ refunds(first: 20, filter: { accounts: ["library"] }) { nodes { id } } }');
  const EVENTS =
    '{ refundEvents(first: 50, filter: { accounts: ["blue"] }) { nodes { id refund { id account { id } } } } }';
  await until(async () => (await ask(owner, EVENTS)).data.refundEvents.nodes.length > 0);
  const [event] = (await ask(owner, EVENTS)).data.refundEvents.nodes;
  ids = { refund: event.refund.id, event: event.id, account: event.refund.account.id };
}, 120_000);
afterAll(() => server.stop(), 30_000);

describe('for the holder of a token for one account', () => {
  test('there are no other accounts', async () => {
    expect((await ask(holder, '{ accounts { key } }')).data).toEqual({ accounts: [{ key: 'chain' }] });
    const keys = server.sandbox.config.accounts.map(({ key }) => ({ key }));
    expect((await ask(owner, '{ accounts { key } }')).data.accounts).toEqual(keys);
  });

  test.each(['AUTO', 'LEDGER', 'PROVIDER'])('nothing else is found (%s)', async (read) => {
    const query = `query ($refund: ID!, $event: ID!, $account: ID!, $read: ReadPolicy!) {
      byId: refund(by: { id: $refund }, read: $read) { id }
      byKey: refund(by: { key: { account: "blue", merchantRefundId: "TOKENBLUE", providerPaymentId: "CUDEMO1" } }, read: $read) { id }
      byAccountId: refund(by: { key: { account: $account, merchantRefundId: "TOKENBLUE" } }, read: $read) { id }
      payment(by: { account: "blue", providerPaymentId: "CUDEMO1" }, read: $read) { providerPaymentId }
      refundNode: node(id: $refund) { id }
      eventNode: node(id: $event) { id }
      accountNode: node(id: $account) { id }
      nodes(ids: [$refund, $event, $account]) { id }
    }`;
    const nothing = {
      byId: null,
      byKey: null,
      byAccountId: null,
      payment: null,
      refundNode: null,
      eventNode: null,
      accountNode: null,
      nodes: [null, null, null],
    };
    const { data, errors } = await ask(holder, query, { ...ids, read });
    expect(data).toEqual(nothing);
    // An account that is another's is told like one that does not exist.
    const told = errors?.map(({ path: [field], extensions }) => [field, extensions]);
    const refused = (argument: string) => ({ code: 'BAD_USER_INPUT', argument });
    expect(Object.fromEntries(told ?? [])).toEqual({
      byKey: refused('by.key.account'),
      byAccountId: refused('by.key.account'),
      payment: refused('by.account'),
    });
    const stranger = await ask(holder, query.replaceAll('"blue"', '"nobody"'), { ...ids, read });
    expect(stranger.errors?.map(({ message }) => message)).toEqual(errors?.map(({ message }) => message));
    const seen = (await ask(owner, query, { ...ids, read: 'LEDGER' })).data;
    expect(Object.values(seen)).not.toContain(null);
  });

  test.each([null, { accounts: ['chain'] }, { providers: ['BLUEPAY', 'SHOUTU', 'TIPAY'] }])(
    'nothing else is listed, counted or told (%j)',
    async (filter) => {
      const query = `query ($filter: RefundFilter) {
        refunds(first: 100, filter: $filter) { nodes { account { key } } sources { account { key } } }
        refundEvents(first: 100, filter: $filter) { nodes { refund { account { key } } } }
        refundSummary(filter: $filter, groupBy: [ACCOUNT]) { account { key } }
      }`;
      const { data } = await ask(holder, query, { filter });
      const keys = [
        ...data.refunds.nodes,
        ...data.refunds.sources,
        ...data.refundSummary,
        ...data.refundEvents.nodes.map(({ refund }: { readonly refund: unknown }) => refund),
      ].map(({ account }) => account.key);
      expect(new Set(keys)).toEqual(new Set(['chain']));
      expect(data.refundEvents.nodes.length).toBeGreaterThan(0);
    },
  );

  test.each(['blue', 'nobody'])('a filter by account %s is a mistake in that filter alone', async (account) => {
    const query = `query ($filter: RefundFilter) {
      refunds(first: 1, filter: $filter) { nodes { id } } refundEvents(first: 1, filter: $filter) { nodes { id } }
      refundSummary(filter: $filter) { count } accounts { key }
    }`;
    const { data, errors } = await ask(holder, query, { filter: { accounts: ['chain', account] } });
    expect(data).toEqual({ refunds: null, refundEvents: null, refundSummary: null, accounts: [{ key: 'chain' }] });
    expect(errors).toHaveLength(3);
    for (const { extensions } of errors ?? []) {
      expect(extensions).toEqual({ code: 'BAD_USER_INPUT', argument: 'filter.accounts' });
    }
  });

  test('nothing else is changed', async () => {
    const create = async (input: object) => (await ask(holder, CREATE, { input })).data.createRefund;
    expect(await create({ ...OF_BLUE, idempotencyKey: 'another' })).toEqual({ kind: 'ForbiddenError' });
    expect(await create({ ...OF_BLUE, account: ids.account })).toEqual({ kind: 'ForbiddenError' });
    // A key that was used at an account outside the token is free here: nothing of it is told.
    expect(await create({ ...OF_CHAIN, idempotencyKey: 'blue', merchantRefundId: 'TOKENOTHER' })).toMatchObject({
      kind: 'CreateRefundSuccess',
    });
    for (const mutation of ['retryRefund', 'refreshRefund']) {
      const { data } = await ask(holder, `mutation ($id: ID!) { answer: ${mutation}(id: $id) { kind: __typename } }`, {
        id: ids.refund,
      });
      expect(data.answer.kind).toBe('ForbiddenError');
    }
  });
});

test('without refunds:write nothing is changed', async () => {
  const reader = await signed({ scope: 'refunds:read', accounts: '*' });
  expect((await ask(reader, CREATE, { input: { ...OF_CHAIN, idempotencyKey: 'reader' } })).data.createRefund).toEqual({
    kind: 'ForbiddenError',
  });
  for (const mutation of ['retryRefund', 'refreshRefund']) {
    const { data } = await ask(reader, `mutation ($id: ID!) { answer: ${mutation}(id: $id) { kind: __typename } }`, {
      id: ids.refund,
    });
    expect(data.answer).toEqual({ kind: 'ForbiddenError' });
  }
});

test("a provider's own record is told under refunds:raw alone", async () => {
  const query =
    '{ refunds(first: 1, filter: { accounts: ["library"] }) { nodes { merchantRefundId providerRecord { raw via } } } }';
  const [told] = (await ask(owner, query)).data.refunds.nodes;
  expect(told.providerRecord.via).toMatch(/^(QUERY|POLL)$/);
  expect(JSON.parse(told.providerRecord.raw)).toMatchObject({ mchRefundNo: told.merchantRefundId });
  const reader = await signed({ scope: 'refunds:read', accounts: '*' });
  const { data, errors } = await ask(reader, query);
  expect(data.refunds.nodes).toEqual([{ merchantRefundId: told.merchantRefundId, providerRecord: null }]);
  expect(errors).toMatchObject([
    { path: ['refunds', 'nodes', 0, 'providerRecord'], extensions: { code: 'FORBIDDEN' } },
  ]);
});

test('who a refund is about is told under refunds:raw alone, in lists, in the feed and in subscriptions', async () => {
  const reader = await signed({ scope: 'refunds:read', accounts: '*' });
  const DETAILS = `details { kind: __typename
    ... on ShoutuRefundDetails { appId extension } ... on TiPayRefundDetails { uniqueOrderNo channelReceiverInfo } }`;
  const list = `{ refunds(first: 2, filter: { accounts: ["library", "chain"] }) { nodes { ${DETAILS} } } }`;
  const feed = `{ refundEvents(first: 3, filter: { accounts: ["chain"] }) { nodes { refund { ${DETAILS} } } } }`;
  for (const query of [list, feed]) {
    expect((await ask(owner, query)).errors).toBeUndefined();
    const { data, errors } = await ask(reader, query);
    expect(JSON.stringify(data)).toMatch(/"(appId|uniqueOrderNo)":"/);
    expect(errors?.length).toBeGreaterThan(0);
    for (const { path, extensions } of errors ?? []) {
      expect(path.at(-1)).toMatch(/^(extension|channelReceiverInfo)$/);
      expect(extensions.code).toBe('FORBIDDEN');
    }
  }
  const id = (await ask(owner, '{ refunds(first: 1, filter: { accounts: ["chain"] }) { nodes { id } } }')).data.refunds
    .nodes[0].id;
  const follow = new AbortController();
  const response = await fetch(`${server.url}/graphql`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'text/event-stream',
      authorization: `Bearer ${reader}`,
    },
    body: JSON.stringify({ query: `subscription { refundUpdated(id: "${id}") { refund { ${DETAILS} } } }` }),
    signal: follow.signal,
  });
  let told = '';
  for await (const chunk of response.body ?? []) {
    told += Buffer.from(chunk).toString();
    if (told.includes('"data"')) break;
  }
  follow.abort();
  expect(told).toContain('"channelReceiverInfo":null');
  expect(told).toContain('FORBIDDEN');
});

test('without refunds:read nothing is told, not even the schema', async () => {
  const writer = await signed({ scope: 'refunds:write', accounts: '*' });
  for (const query of ['{ accounts { key } }', '{ __schema { types { name } } }', '{ latestEventCursor }']) {
    expect((await ask(writer, query)).errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
  }
  expect((await ask(writer, CREATE, { input: OF_CHAIN })).data.createRefund.kind).toBe('CreateRefundSuccess');
});

test('refunds:write alone tells which refund it is and how it stands, and reads nothing', async () => {
  const writer = await signed({ scope: 'refunds:write', accounts: '*' });
  const create = (fields: string) => `mutation ($input: CreateRefundInput!) {
    createRefund(input: $input) { kind: __typename ... on CreateRefundSuccess { refund { ${fields} } } }
  }`;
  const input = { ...OF_CHAIN, idempotencyKey: 'writer', merchantRefundId: 'TOKENWRITER' };
  for (const fields of [
    'amount { amount }',
    'payment { refunds(first: 9) { nodes { id } } }',
    'account { displayName }',
  ]) {
    const { data, errors } = await ask(writer, create(`id ${fields}`), { input });
    expect([data, errors?.map(({ extensions }) => extensions.code)]).toEqual([undefined, ['FORBIDDEN']]);
  }
  // Refused before anything ran.
  const known = '{ refund(by: { key: { account: "chain", merchantRefundId: "TOKENWRITER" } }, read: LEDGER) { id } }';
  expect((await ask(owner, known)).data).toEqual({ refund: null });
  const { data } = await ask(writer, create('id merchantRefundId status account { key }'), { input });
  expect(data.createRefund).toMatchObject({
    kind: 'CreateRefundSuccess',
    refund: { merchantRefundId: 'TOKENWRITER', account: { key: 'chain' } },
  });
  const refresh = `mutation { refreshRefund(id: "${data.createRefund.refund.id}") { kind: __typename } }`;
  expect((await ask(writer, refresh)).data.refreshRefund).toEqual({ kind: 'ForbiddenError' });
});

test('of another issuer, or without a token, nothing is answered', async () => {
  const stranger = await signed({ scope: 'refunds:read', accounts: '*', iss: 'others' });
  expect((await ask(stranger, '{ accounts { key } }')).errors).toMatchObject([
    { extensions: { code: 'UNAUTHENTICATED' } },
  ]);
  expect((await server.ask('{ accounts { key } }')).errors).toMatchObject([
    { extensions: { code: 'UNAUTHENTICATED' } },
  ]);
});
