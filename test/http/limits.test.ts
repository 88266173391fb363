/**
 * Promise: no operation is dear. What costs too much is refused before it runs, with a code that says why.
 */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { getIntrospectionQuery } from 'graphql';
import { GRAPHQL_TRANSPORT_WS_PROTOCOL } from 'graphql-ws';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { WebSocket } from 'ws';
import { z } from 'zod';
import { PRICES } from '../../src/graphql/cost/prices.ts';
import { schema } from '../../src/graphql/schema.ts';
import type { Ledger } from '../../src/ledger/database/database.ts';
import { wholeLog, write } from '../feed/writing.ts';
import { describeOnEachDatabase } from '../support/database.ts';
import { openFrontDoor, type FrontDoor, type FrontDoorOptions } from '../support/front-door.ts';
import { subscribe } from '../support/live-clients.ts';

const repeat = (times: number, part: (index: number) => string): string =>
  Array.from({ length: times }, (_, index) => part(index)).join(' ');
const refundId = (index: number): string => Buffer.from(`Refund:chain:M${index}`).toString('base64url');

const answer = z.object({
  data: z.record(z.string(), z.unknown()).nullish(),
  errors: z
    .array(z.looseObject({ message: z.string(), extensions: z.looseObject({ code: z.string() }).optional() }))
    .optional(),
  extensions: z
    .object({ cost: z.looseObject({ complexity: z.number(), providerCalls: z.number() }).optional() })
    .optional(),
});
const introspection = z.object({ ['__schema']: z.object({ types: z.array(z.unknown()) }) });

describeOnEachDatabase('the limits', (database) => {
  let door: FrontDoor;
  let ledger: Ledger;
  const open = async (options: FrontDoorOptions = {}) => (door = await openFrontDoor(ledger, options));
  beforeEach(async () => {
    ledger = await database.open();
    await open();
  });
  afterEach(() => door.stop());

  async function send(body: object, headers: Record<string, string> = {}) {
    const response = await fetch(door.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });
    const text = await response.text();
    return { status: response.status, bytes: text.length, ...answer.parse(JSON.parse(text)) };
  }
  const codes = async (body: object) => (await send(body)).errors?.map(({ extensions }) => extensions?.code);

  it('an introspection of aliases on aliases is refused, and the usual one is answered', async () => {
    const dear = `{ __schema { types { ...A } } }
      fragment A on __Type { ${repeat(40, (index) => `a${index}: fields { type { ...B ofType { ...B } } }`)} }
      fragment B on __Type { ${repeat(40, (index) => `b${index}: fields { name }`)} }`;
    expect(await codes({ query: dear })).toEqual(['QUERY_COMPLEXITY']);
    const byName = dear.replace('__schema { types { ...A } }', '__type(name: "Refund") { ...A }');
    expect(await codes({ query: byName })).toEqual(['QUERY_COMPLEXITY']);
    const usual = introspection.parse((await send({ query: getIntrospectionQuery() })).data);
    expect(usual['__schema'].types.length).toBeGreaterThan(50);
  });

  it('an introspection costs exactly as many values as it gives', async () => {
    const query = getIntrospectionQuery({ inputValueDeprecation: true, specifiedByUrl: true });
    const { data, extensions } = await send({ query, extensions: { cost: true } });
    const valuesIn = (value: unknown): number => {
      if (typeof value !== 'object' || value === null) return 0;
      if (Array.isArray(value)) return value.reduce((sum: number, each) => sum + valuesIn(each), 0);
      return Object.values(value).reduce((sum: number, each) => sum + 1 + valuesIn(each), 0);
    };
    expect(extensions?.cost?.complexity).toBe(valuesIn(data));
  });

  it('the cost is told on request, by header, in the body and in a refusal', async () => {
    const query = '{ latestEventCursor node(id: "x") { id } }';
    expect((await send({ query })).extensions).toBeUndefined();
    const cost = { depth: 2, breadth: 3, complexity: 3, providerCalls: 0, ledgerReads: 3, mutations: 0 };
    const told = { cost: expect.objectContaining({ ...cost, limits: expect.objectContaining({ mutations: 10 }) }) };
    expect((await send({ query }, { 'x-graphql-cost': 'true' })).extensions).toEqual(told);
    expect((await send({ query, extensions: { cost: true } })).extensions).toEqual(told);
    const ids = Array.from({ length: 100 }, (_, index) => refundId(index));
    const refused = await send({
      query: `query ($ids: [ID!]!) { ${repeat(3, (index) => `a${index}: nodes(ids: $ids) { id }`)} }`,
      variables: { ids },
      extensions: { cost: true },
    });
    expect(refused.errors?.[0]?.extensions?.code).toBe('QUERY_PROVIDER_CALLS');
    expect(refused.extensions?.cost?.providerCalls).toBe(300);
  });

  it.each(['POST', 'SSE', 'WebSocket'] as const)('reads that ask providers are counted, over %s', async (transport) => {
    const ids = Array.from({ length: 100 }, (_, index) => refundId(index));
    const query = `query ($ids: [ID!]!) { ${repeat(3, (index) => `a${index}: nodes(ids: $ids) { id }`)} }`;
    const expected = { extensions: expect.objectContaining({ code: 'QUERY_PROVIDER_CALLS' }) };
    if (transport === 'POST') {
      expect((await send({ query, variables: { ids } })).errors).toEqual([expect.objectContaining(expected)]);
      return;
    }
    const { results, ended } = subscribe({ transport, url: door.url, query, variables: { ids } });
    await vi.waitFor(() => expect(ended()).not.toBeNull());
    expect(results[0]).toEqual({ errors: [expect.objectContaining(expected)] });
  });

  it('summaries and readings of the whole log are counted', async () => {
    expect(
      await codes({ query: `{ ${repeat(6, (index) => `a${index}: refundSummary(groupBy: [DAY]) { count }`)} }` }),
    ).toEqual(['QUERY_LEDGER_READS']);
    const log = (index: number) => `a${index}: refundEvents(first: 1, filter: { statuses: [FAILED] }) { nodes { id } }`;
    expect(await codes({ query: `{ ${repeat(21, log)} }` })).toEqual(['QUERY_LEDGER_READS']);
    expect(await codes({ query: `{ ${repeat(20, log)} }` })).toBeUndefined();
  });

  it('a request makes at most ten refunds, through fragments too', async () => {
    const input =
      '{ account: "chain", merchantPaymentId: "P", amount: { amount: "1.00", currency: "CNY" }, idempotencyKey: "k" }';
    const make = (index: number) => `a${index}: createRefund(input: ${input}) { __typename }`;
    const limit = (await send({ query: `mutation { ${repeat(11, make)} }` })).errors;
    expect(limit).toEqual([expect.objectContaining({ extensions: { code: 'QUERY_MUTATIONS' } })]);
    const inFragment = `mutation { ...M ... on Mutation { ${repeat(5, (index) => make(index + 6))} } } fragment M on Mutation { ${repeat(6, make)} }`;
    expect(await codes({ query: inFragment })).toEqual(['QUERY_MUTATIONS']);
  });

  it.each(['query', 'mutation', 'subscription'])(
    'a %s of fragments that double each other is reckoned at once',
    async (operation) => {
      const type = `${operation.slice(0, 1).toUpperCase()}${operation.slice(1)}`;
      const fragment = (index: number) => `fragment F${index} on ${type} { ...F${index + 1} ...F${index + 1} }`;
      const query = `${operation} { ...F0 } ${repeat(60, fragment)} fragment F60 on ${type} { __typename }`;
      const began = performance.now();
      expect(await codes({ query })).toHaveLength(1);
      expect(performance.now() - began).toBeLessThan(2_000);
    },
  );

  it('at most 50 errors come back, with their places, whatever stands in front of them', async () => {
    const lines = 50_000;
    const query = `${'\n'.repeat(lines)}query ($i: [ID!]!) { ${repeat(4, (index) => `a${index}: nodes(ids: $i) { id }`)} }`;
    const before = process.cpuUsage();
    const { errors = [] } = await send({ query, variables: { i: Array.from({ length: 100 }, () => '') } });
    const { user, system } = process.cpuUsage(before);
    expect(errors).toHaveLength(50);
    expect(errors[0]).toEqual(expect.objectContaining({ locations: [{ line: lines + 1, column: 22 }] }));
    expect(errors[49]).toEqual({ message: '351 more errors are not shown.', extensions: { code: 'MORE_ERRORS' } });
    // Counting the lines anew for each of 400 errors took some 3 s.
    expect((user + system) / 1_000).toBeLessThan(1_000);
  });

  it('a document with many mistakes is refused with at most 50 of them', async () => {
    const { errors = [] } = await send({ query: `{ ${repeat(300, (index) => `wrong${index}`)} }` });
    expect(errors).toHaveLength(50);
    expect(errors[0]?.['locations']).toEqual([{ line: 1, column: 3 }]);
  });

  it.each([
    ['selections', '{a'.repeat(1_990)],
    ['inline fragments', `{${'...{'.repeat(1_300)}`],
    ['lists', `{ node(id: ${'['.repeat(3_900)}`],
    ['types', `query ($a: ${'['.repeat(3_900)}`],
  ])('nesting without end is refused, not a defect: %s', async (_, query) => {
    const tooDeep = await send({ query }, { accept: 'application/graphql-response+json' });
    expect([tooDeep.status, tooDeep.errors?.[0]?.extensions?.code]).toEqual([400, 'QUERY_DEPTH']);
  });

  it.each([51, 5_000, 120_000])('variables nested %i levels deep are refused, not a defect', async (levels) => {
    const deep = `${'['.repeat(levels)}${']'.repeat(levels)}`;
    const body = `{ "query": "{ __typename }", "variables": { "a": ${deep} } }`;
    const response = await fetch(door.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    });
    const refused = { errors: [{ extensions: { code: 'BAD_USER_INPUT', argument: 'a' } }] };
    expect(await response.json()).toMatchObject(refused);
    const socket = new WebSocket(door.socketUrl, GRAPHQL_TRANSPORT_WS_PROTOCOL);
    await once(socket, 'open');
    socket.send('{ "type": "connection_init" }');
    await once(socket, 'message');
    socket.send(`{ "id": "1", "type": "subscribe", "payload": ${body} }`);
    const [told]: unknown[] = await once(socket, 'message');
    expect(JSON.parse(String(told))).toMatchObject({ type: 'next', payload: refused });
    socket.terminate();
  });

  it('a body that is no JSON is not repeated', async () => {
    const response = await fetch(door.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: `{"query": ${'secret '.repeat(10_000)}`,
    });
    const text = await response.text();
    expect(response.status).toBe(400);
    expect(text).not.toContain('secret');
    expect(JSON.parse(text)).toEqual({ errors: [expect.objectContaining({ extensions: { code: 'BAD_REQUEST' } })] });
  });

  it('documents are remembered by size: large ones do not stay', { timeout: 60_000 }, async () => {
    setFlagsFromString('--expose-gc');
    const collect: unknown = runInNewContext('gc');
    const heap = (): number => {
      if (typeof collect === 'function') Reflect.apply(collect, undefined, []);
      return process.memoryUsage().heapUsed / 1_048_576;
    };
    await send({ query: '{ __typename }' });
    const before = heap();
    for (let index = 0; index < 60; index++) {
      await send({ query: `#${index}\n${'#\n'.repeat(60_000)} { __typename }` });
      await send({ query: `{ ${repeat(390, (field) => `a${field}: __typename`)} b${index}: __typename }` });
    }
    expect(heap() - before).toBeLessThan(30);
  });

  it('cursors of an older version say that the list or the feed begins anew; forged ones are none', async () => {
    const old = 'e20j-74-lz4x5k1g-Ab_9';
    const feed = await send({ query: `{ refundEvents(first: 1, after: "${old}") { nodes { id } } }` });
    expect(feed.errors?.[0]?.extensions).toEqual({ code: 'BEGIN_ANEW', argument: 'after' });
    const forged = `E${'A'.repeat(48)}`;
    const other = await send({ query: `{ refundEvents(first: 1, after: "${forged}") { nodes { id } } }` });
    expect(other.errors?.[0]?.extensions).toEqual({ code: 'BAD_USER_INPUT', argument: 'after' });
  });

  it('the end of the feed does not tell how many events there are', async () => {
    const end = async () => String((await send({ query: '{ latestEventCursor }' })).data?.['latestEventCursor']);
    const before = await end();
    await write(ledger, { refunds: [1], finished: false, holdMs: 0, undone: false });
    const after = await end();
    expect(after).not.toBe(before);
    expect(
      Array.from(after).filter((character, index) => index > 0 && character === before[index]).length,
    ).toBeLessThan(12);
  });

  it('of dear reads two run at once; a third waits for one of them, though not for long', async () => {
    await door.stop();
    const begun: number[] = [];
    const gate = Promise.withResolvers<void>();
    const find: FrontDoorOptions['find'] = async (requests) => {
      begun.push(performance.now());
      await gate.promise;
      return requests.map(() => ({ kind: 'answered', refunds: [] }));
    };
    await open({ find });
    const dear = { query: `{ nodes(ids: [${repeat(30, (index) => `"${refundId(index)}"`)}]) { id } }` };
    const answers = [send(dear), send(dear), send(dear)];
    await vi.waitFor(() => expect(begun).toHaveLength(2), 5_000);
    const small = await send({ query: '{ accounts { key } }' });
    expect([small.errors, begun.length]).toEqual([undefined, 2]);
    // Those before it wait for a provider that does not answer.
    await vi.waitFor(() => expect(begun).toHaveLength(3), 5_000);
    expect((begun[2] ?? 0) - (begun[0] ?? 0)).toBeGreaterThan(800);
    gate.resolve();
    expect((await Promise.all(answers)).map(({ errors }) => errors)).toEqual([undefined, undefined, undefined]);
  });

  it('an answer has at most 8 MiB', async () => {
    await door.stop();
    await write(ledger, { refunds: [1], finished: false, holdMs: 0, undone: false });
    const [event] = await wholeLog(ledger);
    if (event === undefined) throw new Error('nothing was written');
    const refund = { ...event.living.refund, reason: 'x'.repeat(60_000) };
    await open({ find: (asks) => Promise.resolve(asks.map(() => ({ kind: 'answered', refunds: [refund] }))) });
    const fields = (count: number) =>
      `{ node(id: "${refundId(1)}") { ... on Refund { ${repeat(count, (index) => `a${index}: reason`)} } } }`;
    expect((await send({ query: fields(100) })).bytes).toBeGreaterThan(6_000_000);
    const refused = await send({ query: fields(150) });
    expect([refused.data, refused.errors?.[0]?.extensions?.code]).toEqual([undefined, 'ANSWER_TOO_LARGE']);
  });
});

describe('the page of costs', () => {
  it('has every price', () => {
    const rows = [...readFileSync('docs/costs.md', 'utf8').matchAll(/^\| `(\w+\.\w+)` \|/gm)].map(([, name]) => name);
    expect(rows).toEqual(Object.keys(PRICES));
    const roots = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()];
    const fields = roots.flatMap((type) => Object.keys(type?.getFields() ?? {}).map((name) => `${type?.name}.${name}`));
    expect(rows).toEqual(expect.arrayContaining(fields));
  });
});
