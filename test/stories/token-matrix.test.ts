/**
 * Promise: what each token may do and see is the table in token-matrix.md, over every operation and every
 * field, and it is the same over POST, GET, Server-Sent Events and WebSocket.
 */
import { SignJWT } from 'jose';
import { createClient } from 'graphql-ws';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { schema } from '../../src/graphql/schema.ts';
import { everyField, everyOperation, outcomesIn, type Answer, type Operation } from '../support/every-field.ts';
import { startServerUnderTest, type ServerUnderTest } from '../support/server.ts';
import { until } from '../support/until.ts';

const SECRET = 'a secret of more than 32 characters';
const signed = (claims: object, secret = SECRET) =>
  new SignJWT({ exp: Math.ceil(Date.now() / 1_000) + 600, accounts: '*', sub: 'tests', ...claims })
    .setProtectedHeader({ alg: 'HS256' })
    .sign(Buffer.from(secret));

const ALL = 'refunds:read refunds:write refunds:raw refunds:operate';
/** Tokens, by what is written above their column. */
const TOKENS: readonly (readonly [string, () => Promise<string> | null])[] = [
  ['none', () => null],
  ['wrong key', () => signed({ scope: ALL }, `${SECRET}!`)],
  ['expired', () => signed({ scope: ALL, exp: 1 })],
  ['no scope', () => signed({})],
  ['write', () => signed({ scope: 'refunds:write' })],
  ['operate', () => signed({ scope: 'refunds:operate' })],
  ['raw', () => signed({ scope: 'refunds:raw' })],
  ['read', () => signed({ scope: 'refunds:read' })],
  ['read, write', () => signed({ scope: 'refunds:read refunds:write' })],
  ['read, raw', () => signed({ scope: 'refunds:read refunds:raw' })],
  ['all', () => signed({ scope: ALL })],
  ['all, of another account', () => signed({ scope: ALL, accounts: ['blue'] })],
  ['all, of no account', () => signed({ scope: ALL, accounts: [] })],
];

/** How long a subscription is listened to that tells nothing, in milliseconds. */
const SILENCE_MS = 500;

type Ask = (operation: Operation, token: string | null) => Promise<Answer | 'nothing' | 'not offered'>;

let server: ServerUnderTest;
let operations: readonly Operation[];

beforeAll(async () => {
  const variables = { AUTH: 'jwt', JWT_SECRET: SECRET };
  server = await startServerUnderTest({ variables, sandbox: { life: { processingAfterMs: 20, doneAfterMs: 60 } } });
  const owner = await signed({ scope: ALL });
  const ask = async (query: string) => {
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${owner}` };
    return (await fetch(`${server.url}/graphql`, { method: 'POST', headers, body: JSON.stringify({ query }) })).json();
  };
  const INPUT = `(input: { idempotencyKey: "matrix", account: "chain", merchantPaymentId: "ORDERDEMO1", merchantRefundId: "MATRIX",
    amount: { amount: "1", currency: "CNY" } })`;
  const made = await ask(`mutation { createRefund${INPUT} { ... on CreateRefundSuccess { refund { id } } } }`);
  const { id } = made.data.createRefund.refund;
  const feed = '{ refundEvents(first: 20, filter: { accounts: ["chain"] }) { nodes { cursor status id } } }';
  await until(async () => JSON.stringify(await ask(feed)).includes('SUCCEEDED'));
  const [first] = (await ask(feed)).data.refundEvents.nodes;
  const told = `{ callbacks(first: 1, filter: { refund: "${id}" }) { nodes { id } } }`;
  await until(async () => (await ask(told)).data.callbacks.nodes.length === 1);
  const [callback] = (await ask(told)).data.callbacks.nodes;
  const OF_CHAIN = 'filter: { accounts: ["chain"] }';
  operations = everyOperation(schema, {
    'query callbacks': `(first: 1, filter: { refund: "${id}" })`,
    'query node': `(id: "${id}")`,
    'query nodes': `(ids: ["${id}", "${first.id}"])`,
    'query refund': `(by: { id: "${id}" }, read: LEDGER)`,
    'query refunds': `(first: 1, read: LEDGER, ${OF_CHAIN})`,
    'query payment': '(by: { account: "chain", merchantPaymentId: "ORDERDEMO1" }, read: LEDGER)',
    'query refundEvents': `(first: 1, ${OF_CHAIN})`,
    'query refundSummary': `(${OF_CHAIN}, groupBy: [ACCOUNT])`,
    'mutation createRefund': INPUT,
    'mutation retryRefund': `(id: "${id}")`,
    'mutation refreshRefund': `(id: "${id}")`,
    'mutation replayCallback': `(id: "${callback.id}")`,
    'mutation closeRefund': `(id: "${id}", outcome: FAILED, note: "matrix")`,
    'subscription refundUpdated': `(id: "${id}")`,
    'subscription refundEvents': `(after: "${first.cursor}")`,
  });
}, 120_000);
afterAll(() => server.stop(), 30_000);

const bearer = (token: string | null): Record<string, string> =>
  token === null ? {} : { authorization: `Bearer ${token}` };

const overPost: Ask = async ({ kind, text }, token) => {
  if (kind === 'subscription') return 'not offered';
  const headers = { 'content-type': 'application/json', ...bearer(token) };
  const response = await fetch(`${server.url}/graphql`, {
    method: 'POST',
    headers,
    body: JSON.stringify({ query: text }),
  });
  return response.json();
};

const overGet: Ask = async ({ kind, text }, token) => {
  if (kind !== 'query') return 'not offered';
  // An address has 16 kB at the most: blanks are no part of a document.
  const address = `${server.url}/graphql?query=${encodeURIComponent(text.replaceAll(/\s+/g, ' '))}`;
  if (address.length > 15_000) return 'not offered';
  return (await fetch(address, { headers: bearer(token) })).json();
};

const overEvents: Ask = async ({ text }, token) => {
  const cut = new AbortController();
  const headers = { 'content-type': 'application/json', accept: 'text/event-stream', ...bearer(token) };
  const body = JSON.stringify({ query: text });
  const response = await fetch(`${server.url}/graphql`, { method: 'POST', headers, body, signal: cut.signal });
  if (response.headers.get('content-type')?.includes('json') === true) return response.json();
  const late = setTimeout(() => cut.abort(), SILENCE_MS);
  let heard = '';
  try {
    for await (const part of response.body ?? []) {
      heard += Buffer.from(part).toString();
      const [, data] = /event: next\n(?:id: .*\n)?data: (.*)\n\n/.exec(heard) ?? [];
      if (data !== undefined) return JSON.parse(data);
    }
  } catch (error) {
    if (!cut.signal.aborted) throw error;
  } finally {
    clearTimeout(late);
    cut.abort();
  }
  return 'nothing';
};

const overSocket: Ask = async ({ text }, token) => {
  const client = createClient({
    url: `${server.url.replace('http', 'ws')}/graphql`,
    retryAttempts: 0,
    connectionParams: bearer(token),
  });
  const answered = Promise.withResolvers<Answer | 'nothing'>();
  const late = setTimeout(() => answered.resolve('nothing'), 10 * SILENCE_MS);
  client.subscribe(
    { query: text },
    {
      next: (value) => answered.resolve(JSON.parse(JSON.stringify(value))),
      error: (wrong) =>
        answered.resolve(
          Array.isArray(wrong)
            ? { errors: JSON.parse(JSON.stringify(wrong)) }
            : {
                errors: [{ extensions: { code: String(Reflect.get(Object(wrong), 'reason')).split(':', 1)[0] ?? '' } }],
              },
        ),
      complete: () => answered.resolve('nothing'),
    },
  );
  client.on('connected', () => setTimeout(() => answered.resolve('nothing'), SILENCE_MS));
  const answer = await answered.promise;
  clearTimeout(late);
  await client.dispose();
  return answer;
};

/** What an operation came to, in a word. */
function wordOf(answer: Awaited<ReturnType<Ask>>): string {
  if (typeof answer === 'string') return answer;
  const { data, errors = [] } = answer;
  const value = typeof data === 'object' && data !== null ? Reflect.get(data, 'answer') : undefined;
  if (value === undefined || value === null) return errors[0]?.extensions.code ?? 'nothing';
  if (Array.isArray(value)) return value.some((one) => one !== null) ? 'data' : 'nothing';
  const type = typeof value === 'object' ? String(Reflect.get(value, '__typename')) : '';
  if (type.endsWith('Error')) return type;
  const nodes: unknown = Reflect.get(Object(value), `${type}_nodes`);
  return Array.isArray(nodes) && nodes.length === 0 ? 'nothing' : 'data';
}

test('every token, operation, field and transport', { timeout: 240_000 }, async () => {
  const transports = { POST: overPost, GET: overGet, SSE: overEvents, WebSocket: overSocket };
  const fields = everyField(schema);
  const told = new Map(fields.map((field) => [field, new Map<string, string>()]));
  const came = new Map(operations.map(({ name }) => [name, new Map<string, string>()]));
  for (const [column, makeToken] of TOKENS) {
    const token = await makeToken();
    for (const operation of operations) {
      const words = new Map<string, string>();
      for (const [transport, ask] of Object.entries(transports)) {
        const answer = await ask(operation, token);
        const word = wordOf(answer);
        if (word === 'not offered') continue;
        const outcomes = typeof answer === 'string' ? new Map<string, string>() : outcomesIn(answer);
        words.set(transport, JSON.stringify([word, [...outcomes].toSorted()]));
        for (const [field, outcome] of outcomes) {
          const before = told.get(field)?.get(column);
          if (before === undefined || before === 'told') told.get(field)?.set(column, outcome);
        }
        came.get(operation.name)?.set(column, word);
      }
      // One and the same over all of them.
      expect([column, operation.name, new Set(words.values()).size, words]).toEqual([column, operation.name, 1, words]);
    }
  }

  const columns = TOKENS.map(([name]) => name);
  const table = (head: string, rows: readonly (readonly [string, ReadonlyMap<string, string>])[]) =>
    [
      `| ${[head, ...columns].join(' | ')} |`,
      `|${' --- |'.repeat(columns.length + 1)}`,
      ...rows.map(
        ([name, cells]) => `| \`${name}\` | ${columns.map((column) => cells.get(column) ?? '–').join(' | ')} |`,
      ),
    ].join('\n');
  const reached = fields.filter((field) => operations.some((one) => one.fields.has(field)));
  expect(reached).toEqual(fields);
  const text = `# What each token may do and see

Made by \`token-matrix.test.ts\`, which compares it on each run (\`npx vitest run test/stories/token-matrix.test.ts -u\`
makes it anew). Each cell was the same over POST, GET, Server-Sent Events and WebSocket, as far as they are
offered: mutations not by GET, subscriptions neither by POST nor by GET. The refund that is asked for is one of
the account \`chain\`.

${table('operation', [...came])}

Fields. –: no object of this type was shown.

${table(
  'field',
  [...told].filter(([, cells]) => cells.size > 0),
)}

Selected, and of objects that there were none of in any answer: ${[...told]
    .flatMap(([field, cells]) => (cells.size > 0 ? [] : [`\`${field}\``]))
    .join(', ')}.
`;
  await expect(text).toMatchFileSnapshot('token-matrix.md');
});
