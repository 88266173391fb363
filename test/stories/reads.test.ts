/** Reading refunds over all providers through the whole server, against the sandbox on real HTTP. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { refundGlobalId } from '../../src/graphql/relay/global-id.ts';
import { accountKey, merchantRefundId } from '../../src/refunds/ids.ts';
import { startServerUnderTest, type ServerUnderTest } from '../support/server.ts';
import { until } from '../support/until.ts';

let server: ServerUnderTest;
beforeAll(async () => {
  server = await startServerUnderTest({ accounts: { blue: { timeoutMs: 4_000 } } });
}, 60_000);
afterAll(() => server.stop());
beforeEach(async () => {
  await server.control('/behave/reset', {});
  await server.control('/calls/reset', {});
});

const callReport = z.object({ providers: z.record(z.string(), z.looseObject({})) });
const calls = async (provider: string, operation: string): Promise<unknown> => {
  const report = callReport.parse(await server.control('/calls'));
  return report.providers[provider]?.[operation];
};

/** Two refunds of each account in the sandbox's seed, with the ids by which their provider can be queried. */
const THREE = `
  fragment Whole on Refund {
    provider merchantRefundId providerRefundId status providerStatus reason createdAt completedAt
    account { key currency } amount { amount currency minorUnits } feeRefunded { amount }
    payment { merchantPaymentId providerPaymentId } failure { code message retryable }
    details { __typename ... on BluePayRefundDetails { originalTransactionId failedCode }
      ... on TiPayRefundDetails { uniqueOrderNo realRefundAmount { amount } fundingAccounts { accountType amount { amount } } }
      ... on ShoutuRefundDetails { merchantNo refundMode businessId } }
  }
  query Three($library: RefundKey!, $blue: RefundKey!, $chain: RefundKey!) {
    library: refund(by: { key: $library }, read: PROVIDER) { ...Whole }
    blue: refund(by: { key: $blue }, read: PROVIDER) { ...Whole }
    chain: refund(by: { key: $chain }, read: PROVIDER) { ...Whole }
  }`;

function threeKeys(nth = 0) {
  const { SHOUTU: library, BLUEPAY: blue, TIPAY: chain } = server.sandbox.examples;
  const [l, b, c] = [library.refunds[nth], blue.refunds[nth], chain.refunds[nth]];
  if (l === undefined || b === undefined || c === undefined) throw new Error('the sandbox has too few refunds');
  return {
    library: { account: 'library', merchantRefundId: l.merchantRefundId },
    blue: { account: 'blue', merchantRefundId: b.merchantRefundId, providerPaymentId: b.providerPaymentId },
    chain: { account: 'chain', merchantRefundId: c.merchantRefundId, merchantPaymentId: c.merchantPaymentId },
  };
}

test('one request asks three providers, each once, and gets one shape', async () => {
  const keys = threeKeys();
  const { data, errors } = await server.ask(THREE, keys);
  expect(errors).toBeUndefined();
  for (const account of ['library', 'blue', 'chain'] as const) {
    expect(data[account]).toMatchObject({
      account: { key: account },
      merchantRefundId: keys[account].merchantRefundId,
      status: expect.stringMatching(/^(PENDING|PROCESSING|SUCCEEDED|FAILED|CANCELED)$/),
      amount: { amount: expect.stringMatching(/^\d+\.\d\d$/) },
    });
  }
  expect([await calls('SHOUTU', 'list'), await calls('BLUEPAY', 'query'), await calls('TIPAY', 'query')]).toEqual([
    1, 1, 1,
  ]);
});

describe('a refund that nobody here knows', () => {
  const query = `query ($key: RefundKey!, $read: ReadPolicy!) { refund(by: { key: $key }, read: $read) { id } }`;
  const unaskable = (sentence: string) => [
    expect.objectContaining({
      message: sentence,
      path: ['refund'],
      extensions: { code: 'BAD_USER_INPUT', argument: 'by.key' },
    }),
  ];

  test.each([
    ['chain', { merchantRefundId: 'X' }, 'merchantRefundId together with merchantPaymentId'],
    ['blue', { merchantRefundId: 'X' }, 'providerRefundId, or by providerPaymentId'],
    ['library', { merchantPaymentId: 'X' }, 'merchantRefundId, or by providerRefundId, or by providerPaymentId'],
  ])('is not said to be nowhere when %s could not be asked by %j', async (account, ids, needed) => {
    const sentence = `${account} can be asked about a refund that is not known here by ${needed}.`;
    const { data, errors } = await server.ask(query, { key: { account, ...ids }, read: 'PROVIDER' });
    expect(data).toEqual({ refund: null });
    expect(errors).toEqual(unaskable(sentence));
    for (const read of ['AUTO', 'LEDGER']) {
      expect(await server.ask(query, { key: { account, ...ids }, read })).toEqual({ data: { refund: null } });
    }
    for (const [provider, operation] of [
      ['SHOUTU', 'list'],
      ['BLUEPAY', 'query'],
      ['TIPAY', 'query'],
    ] as const) {
      expect((await calls(provider, operation)) ?? 0).toBe(0);
    }
  });

  test.each([
    ['chain', { merchantRefundId: 'X', merchantPaymentId: 'Y' }],
    ['blue', { providerPaymentId: 'X' }],
    ['blue', { providerPaymentId: 'X'.repeat(100) }],
    ['library', { merchantRefundId: 'X' }],
  ])('is null when %s was asked, or can not know it (%j)', async (account, ids) => {
    for (const read of ['AUTO', 'PROVIDER', 'LEDGER']) {
      expect(await server.ask(query, { key: { account, ...ids }, read })).toEqual({ data: { refund: null } });
    }
  });

  test('is null where its ids do not belong together, though the provider can not be queried', async () => {
    const { chain } = threeKeys();
    await server.ask(THREE, threeKeys());
    const key = { account: 'chain', merchantRefundId: chain.merchantRefundId, providerRefundId: 'another' };
    expect(await server.ask(query, { key, read: 'AUTO' })).toEqual({ data: { refund: null } });
    // Alone it is known, and its other ids with it.
    const alone = { account: 'chain', merchantRefundId: chain.merchantRefundId };
    const known = await server.ask(query, { key: alone, read: 'PROVIDER' });
    expect(known).toEqual({ data: { refund: { id: expect.any(String) } } });
  });

  test('is null as a node and as a payment', async () => {
    const id = refundGlobalId({ account: accountKey('chain'), merchantRefundId: merchantRefundId('X') });
    const asked = `{ node(id: "${id}") { id } nodes(ids: ["${id}"]) { id } refund(by: { id: "${id}" }) { id }
      payment(by: { account: "chain", providerPaymentId: "X" }) { merchantPaymentId } }`;
    expect(await server.ask(asked)).toEqual({ data: { node: null, nodes: [null], refund: null, payment: null } });
  });
});

test('a provider that hangs and one that answers garbage are named; the third is served within the deadline', async () => {
  await server.control('/behave', { provider: 'BLUEPAY', hang: true });
  await server.control('/behave', { provider: 'TIPAY', garbage: 'html' });
  const started = performance.now();
  const { data, errors } = await server.ask(THREE, threeKeys(1));
  const tookMs = performance.now() - started;
  expect(data.library).toMatchObject({ provider: 'SHOUTU' });
  expect([data.blue, data.chain]).toEqual([null, null]);
  expect(errors?.map(({ path, extensions }) => [path[0], extensions.code, extensions.account])).toEqual(
    expect.arrayContaining([
      ['blue', 'PROVIDER_TIMED_OUT', 'blue'],
      ['chain', 'PROVIDER_MALFORMED', 'chain'],
    ]),
  );
  expect(tookMs).toBeLessThan(9_000);
});

test('a list shows what is known here of a provider that is down, and says so', async () => {
  const query = `query ($read: ReadPolicy!) {
    refunds(first: 5, read: $read) { nodes { provider } sources { account { key } origin complete failure { code } } }
  }`;
  const known = (await server.ask('{ refunds(first: 5) { nodes { provider } } }')).data.refunds.nodes;
  expect(known).toContainEqual({ provider: 'SHOUTU' });
  await server.control('/behave', { provider: 'SHOUTU', status: 503 });
  for (const [read, origin, shown] of [
    ['AUTO', 'LEDGER', known],
    ['PROVIDER', 'PROVIDER', expect.not.arrayContaining([{ provider: 'SHOUTU' }])],
  ]) {
    const { data, errors } = await server.ask(query, { read });
    expect(errors).toBeUndefined();
    expect(data.refunds.nodes).toEqual(shown);
    const down = { account: { key: 'library' }, origin, complete: false, failure: { code: 'UNAVAILABLE' } };
    expect(data.refunds.sources).toContainEqual(down);
    const failed = data.refunds.sources.filter((source: { failure: unknown }) => source.failure !== null);
    expect(failed).toHaveLength(1);
    expect(data.refunds.sources).toHaveLength(server.sandbox.config.accounts.length);
  }
  await server.control('/behave/reset', {});
  const isBack = async () => {
    const { data } = await server.ask(query, { read: 'AUTO' });
    return data.refunds.sources.every((source: { failure: unknown }) => source.failure === null);
  };
  await until(isBack, 60_000);
}, 90_000);

test('a hundred equal queries at once are one call upstream', async () => {
  const { chain } = threeKeys(2);
  await server.control('/behave', { provider: 'TIPAY', latencyMs: 4_000 });
  const query = 'query ($key: RefundKey!) { refund(by: { key: $key }, read: PROVIDER) { merchantRefundId } }';
  const answers = await Promise.all(Array.from({ length: 100 }, () => server.ask(query, { key: chain })));
  expect(new Set(answers.map(({ data }) => data.refund.merchantRefundId))).toEqual(new Set([chain.merchantRefundId]));
  expect(await calls('TIPAY', 'query')).toBe(1);
});

test('fifty refunds of five BluePay payments are five calls', async () => {
  const ids = await bluePayRefundsOf(5, 10);
  await server.control('/calls/reset', {});
  const fields = ids.map(
    ([payment, refund], index) =>
      `r${index}: refund(by: { key: { account: "blue", merchantRefundId: "${refund}", providerPaymentId: "${payment}" } }, read: PROVIDER) { merchantRefundId }`,
  );
  const { data, errors } = await server.ask(`{ ${fields.join('\n')} }`);
  expect(errors).toBeUndefined();
  expect(Object.values(data)).toEqual(ids.map(([, merchantRefundId]) => ({ merchantRefundId })));
  expect(await calls('BLUEPAY', 'query')).toBe(5);
});

/** Adds refunds made elsewhere to some payments; (payment id, our refund id) of each. */
async function bluePayRefundsOf(payments: number, each: number): Promise<readonly (readonly [string, string])[]> {
  const ids: (readonly [string, string])[] = [];
  const add = (payment: number, nth: number, more: object) =>
    server.control('/refunds/add', {
      provider: 'BLUEPAY',
      merchantRefundId: `FIFTY${payment}X${nth}`,
      amount: '100',
      status: 'FAILED',
      ...more,
    });
  for (let payment = 0; payment < payments; payment += 1) {
    const made = await add(payment, 0, {});
    const { providerPaymentId } = z.object({ providerPaymentId: z.string() }).parse(made);
    ids.push([providerPaymentId, `FIFTY${payment}X0`]);
    for (let nth = 1; nth < each; nth += 1) {
      await add(payment, nth, { providerPaymentId });
      ids.push([providerPaymentId, `FIFTY${payment}X${nth}`]);
    }
  }
  return ids;
}

test('a page of twenty costs one upstream call at every offset of the list', async () => {
  const query =
    'query ($after: String) { refunds(first: 20, after: $after, filter: { accounts: ["library"] }) { nodes { merchantRefundId } pageInfo { hasNextPage endCursor } } }';
  const seen: string[] = [];
  let after: string | null = null;
  for (let page = 1; ; page += 1) {
    const { data } = await server.ask(query, { after });
    expect(await calls('SHOUTU', 'list')).toBe(page);
    seen.push(...data.refunds.nodes.map(({ merchantRefundId }: { merchantRefundId: string }) => merchantRefundId));
    if (!data.refunds.pageInfo.hasNextPage) break;
    after = data.refunds.pageInfo.endCursor;
  }
  expect(new Set(seen).size).toBe(seen.length);
  expect(seen.length).toBeGreaterThanOrEqual(240);
});

test('a refund seen once is found again by its id, and listed, while its provider is down', async () => {
  const { blue } = threeKeys(3);
  const find = 'query ($key: RefundKey!) { refund(by: { key: $key }) { id status } }';
  const { id } = (await server.ask(find, { key: blue })).data.refund;
  await server.control('/behave', { provider: 'BLUEPAY', status: 500 });
  const { data, errors } = await server.ask(
    'query ($id: ID!) { node(id: $id) { ... on Refund { merchantRefundId } } refunds(first: 100, filter: { accounts: ["blue"] }) { nodes { id } } }',
    { id },
  );
  expect(errors).toBeUndefined();
  expect(data.node).toEqual({ merchantRefundId: blue.merchantRefundId });
  expect(data.refunds.nodes).toContainEqual({ id });
});

test('a provider that hangs holds a few lists up, and then nobody', async () => {
  // Of different sizes, so that each is a query of its own.
  const list = (first: number) =>
    server.ask(`{ refunds(first: ${first}, filter: { accounts: ["library"] }) { sources { failure { code } } } }`);
  await server.control('/behave', { provider: 'SHOUTU', hang: true });
  const held = await Promise.all([31, 32, 33, 34, 35].map(list));
  expect(held.map(({ data }) => data.refunds.sources[0].failure.code)).toEqual(Array(5).fill('TIMED_OUT'));
  await until(async () => (await list(36)).data.refunds.sources[0].failure.code === 'UNAVAILABLE', 30_000);
  const started = performance.now();
  await list(37);
  expect(performance.now() - started).toBeLessThan(2_000);
}, 60_000);
