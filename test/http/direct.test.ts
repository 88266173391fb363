/** The short way answers what the long way answers, byte for byte, to whatever is sent. */
import { once } from 'node:events';
import { connect } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { getIntrospectionQuery } from 'graphql';
import { SignJWT } from 'jose';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { PGlite } from '@electric-sql/pglite';
import { v7 } from 'uuid';
import { openLedger, type Ledger } from '../../src/ledger/database/database.ts';
import { openFrontDoor, type FrontDoor } from '../support/front-door.ts';

const SECRET = 'a secret that is long enough for the tests';
let lite: PGlite;
let ledger: Ledger;
let doors: { readonly short: FrontDoor; readonly long: FrontDoor; readonly strict: readonly FrontDoor[] };
let token = '';

beforeAll(async () => {
  lite = await PGlite.create();
  ledger = await openLedger({ lite }, { clock: () => new Date(), newId: () => v7() });
  const tokens = { keys: { kind: 'secret', secret: SECRET }, issuer: null, audience: null } as const;
  doors = {
    short: await openFrontDoor(ledger),
    long: await openFrontDoor(ledger, { isWhole: true }),
    strict: [await openFrontDoor(ledger, { tokens }), await openFrontDoor(ledger, { tokens, isWhole: true })],
  };
  token = await new SignJWT({ scope: 'refunds:read', accounts: ['chain'] })
    .setProtectedHeader({ alg: 'HS256' })
    .setExpirationTime('1h')
    .sign(new TextEncoder().encode(SECRET));
}, 120_000);
afterAll(async () => {
  await Promise.all([doors.short, doors.long, ...doors.strict].map((door) => door.stop()));
  await ledger.close();
  await lite.close();
});

interface Sent {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
  readonly isChunked?: boolean;
}

/** All bytes of an answer, but for what is never the same twice. */
async function answerOf({ url }: FrontDoor, sent: Sent): Promise<string> {
  const { method = 'POST', path = '/graphql', headers = {}, body = '', isChunked = false } = sent;
  const bytes = Buffer.from(body);
  const sized = { 'content-length': String(bytes.length) };
  const head = {
    host: 'localhost',
    connection: 'close',
    'x-request-id': 'the-same',
    'content-type': 'application/json',
    ...(isChunked ? { 'transfer-encoding': 'chunked' } : sized),
    ...headers,
  };
  const lines = Object.entries(head).map(([name, value]) => `${name}: ${value}\r\n`);
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  await once(socket, 'connect');
  socket.write(`${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n`);
  if (isChunked)
    socket.write(Buffer.concat([Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes, Buffer.from('\r\n0\r\n\r\n')]));
  else socket.write(bytes);
  socket.setTimeout(20_000, () =>
    socket.destroy(new Error(`no end of an answer to ${JSON.stringify(sent).slice(0, 300)}`)),
  );
  const answer = await buffer(socket);
  const [answered = '', ...rest] = answer.toString('latin1').split('\r\n\r\n');
  // Names of headers are the same in any case.
  return [answered.replaceAll(/^[\w-]+(?=:)/gm, (name) => name.toLowerCase()), ...rest]
    .join('\r\n\r\n')
    .replace(/\r\nDate: [^\r]*/i, '')
    .replaceAll(/[\da-f]{8}-[\da-f]{4}-7[\da-f]{3}-[\da-f]{4}-[\da-f]{12}/g, 'an id');
}

const ask = (query: string, rest: object = {}): string => JSON.stringify({ query, ...rest });
const GOOD = ask('{ server { version } accounts { key displayName } }');
const ACCEPTS = [
  undefined,
  '*/*',
  'application/json',
  'application/graphql-response+json',
  'application/graphql-response+json, application/json;q=0.9',
  'application/json, multipart/mixed',
  'text/html',
  'image/png',
];

const SENT: Readonly<Record<string, Sent>> = {
  good: { body: GOOD },
  'good, packed': { body: ask(getIntrospectionQuery()), headers: { 'accept-encoding': 'gzip, br' } },
  'good, too small to pack': { body: GOOD, headers: { 'accept-encoding': 'gzip' } },
  'good, gzip refused': { body: ask(getIntrospectionQuery()), headers: { 'accept-encoding': 'gzip;q=0' } },
  'with variables': { body: ask('query A($id: ID!) { node(id: $id) { id } }', { variables: { id: 'x' } }) },
  'with null members': {
    body: ask('{ server { version } }', { variables: null, operationName: null, extensions: null }),
  },
  'named operation': { body: ask('query A { __typename } query B { server { version } }', { operationName: 'B' }) },
  'unknown operation': { body: ask('query A { __typename }', { operationName: 'B' }) },
  'no operation named': { body: ask('query A { __typename } query B { __typename }') },
  'fragment alone': { body: ask('fragment A on Query { __typename }') },
  'cost in extensions': { body: ask('{ server { version } }', { extensions: { cost: true } }) },
  'cost in a header': { body: GOOD, headers: { 'x-graphql-cost': '1' } },
  'no JSON': { body: '{"query":' },
  'a list': { body: `[${GOOD}]` },
  'a text': { body: '"query"' },
  null: { body: 'null' },
  'empty body': { body: '' },
  'empty object': { body: '{}' },
  'empty query': { body: ask('') },
  'query is a number': { body: '{"query":1}' },
  'variables are a list': { body: ask('{ __typename }', { variables: [] }) },
  'variables are a text': { body: ask('{ __typename }', { variables: 'x' }) },
  'operationName is a number': { body: ask('{ __typename }', { operationName: 1 }) },
  'another member': { body: ask('{ __typename }', { id: 'x' }) },
  __proto__: { body: '{"query":"{ __typename }","__proto__":{"a":1}}' },
  'not UTF-8': {
    body: Buffer.concat([
      Buffer.from('{"query":"{ __typename }","variables":{"a":"'),
      Buffer.from([0xff]),
      Buffer.from('"}}'),
    ]),
  },
  'byte order mark': { body: `\uFEFF${GOOD}` },
  'does not parse': { body: ask('{ server {') },
  'not valid': { body: ask('{ nobody }') },
  'wrong variable': {
    body: ask('query A($first: Int) { refunds(first: $first) { nodes { id } } }', { variables: { first: 'x' } }),
  },
  'half a character': { body: '{"query":"query A($id: ID!) { node(id: $id) { id } }","variables":{"id":"\\ud800"}}' },
  'too dear': { body: ask(`{ ${Array.from({ length: 500 }, (_, nth) => `a${nth}: server { version }`).join(' ')} }`) },
  'input that is refused': { body: ask('{ refunds(first: 1000) { nodes { id } } }') },
  'a field that fails': { body: ask('{ server { version } refundSummary { count } }') },
  'all fails': { body: ask('{ refunds(first: 1) { nodes { id } } }') },
  mutation: { body: ask('mutation { closeRefund(id: "x", outcome: FAILED, reason: "x") { __typename } }') },
  GET: { method: 'GET', path: '/graphql?query=%7B__typename%7D' },
  'a query in the address': { path: '/graphql?query=%7B__typename%7D', body: GOOD },
  'another method': { method: 'PUT', body: GOOD },
  'another type': { body: GOOD, headers: { 'content-type': 'text/plain' } },
  'a type with charset': { body: GOOD, headers: { 'content-type': 'application/json; charset=utf-8' } },
  'another charset': { body: GOOD, headers: { 'content-type': 'application/json; charset=latin1' } },
  'content-encoding': { body: GOOD, headers: { 'content-encoding': 'gzip' } },
  chunked: { body: GOOD, isChunked: true },
  'too large': { body: ask('{ __typename }', { variables: { a: 'x'.repeat(300_000) } }) },
  'a page that may call': { body: GOOD, headers: { origin: 'http://localhost:3000' } },
  'a page that may not call': { body: GOOD, headers: { origin: 'http://elsewhere.example' } },
};

test.each(Object.entries(SENT))('%s', { timeout: 60_000 }, async (_, sent) => {
  for (const accept of ACCEPTS) {
    const headers = { ...sent.headers, ...(accept !== undefined && { accept }) };
    // The first good answer for an Accept goes the long way, to learn from it.
    await answerOf(doors.short, { body: GOOD, headers: accept === undefined ? {} : { accept } });
    const [short, long] = await Promise.all([
      answerOf(doors.short, { ...sent, headers }),
      answerOf(doors.long, { ...sent, headers }),
    ]);
    expect(short, accept).toBe(long);
  }
});

test.each([
  ['no token', {}],
  ['no good token', { authorization: 'Bearer a.b.c' }],
  ['a good token', () => ({ authorization: `Bearer ${token}` })],
])('with tokens: %s', async (_, given) => {
  const headers = typeof given === 'function' ? given() : given;
  const [short, long] = doors.strict;
  if (short === undefined || long === undefined) throw new Error('two doors were opened');
  for (const body of [GOOD, GOOD, ask('mutation { refreshRefund(id: "x") { __typename } }')])
    expect(await answerOf(short, { body, headers })).toBe(await answerOf(long, { body, headers }));
});
