/**
 * Promise: what is not UTF-8, or is packed, is refused before anything is done: no text is changed on its way
 * in.
 */
import { once } from 'node:events';
import { request } from 'node:http';
import { gzipSync } from 'node:zlib';
import { GRAPHQL_TRANSPORT_WS_PROTOCOL } from 'graphql-ws';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { startServerUnderTest, type ServerUnderTest } from '../support/server.ts';

let server: ServerUnderTest;
beforeAll(async () => {
  server = await startServerUnderTest({ sandbox: { refundsPerProvider: 1 } });
}, 60_000);
afterAll(() => server.stop());

const CREATE =
  'mutation ($input: CreateRefundInput!) { createRefund(input: $input) { kind: __typename ... on Error { message } } }';
const KEY = '<KEY>';
/** 退款 in GBK, in Latin-1 a broken é, a cut character, an encoded surrogate, UTF-16. */
const BYTES: readonly (readonly [string, Buffer])[] = [
  ['GBK', Buffer.from([0xcd, 0xcb, 0xbf, 0xee])],
  ['GBK again', Buffer.from([0xd6, 0xa7, 0xb8, 0xb6])],
  ['Latin-1', Buffer.from([0x63, 0xe9])],
  ['a character cut short', Buffer.from([0xe9, 0x80])],
  ['an encoded surrogate', Buffer.from([0xed, 0xa0, 0x80])],
  ['a longer form than needed', Buffer.from([0xc0, 0xaf])],
];

/** A create whose key has these bytes in it. */
function createWith(bytes: Buffer): Buffer {
  const providerPaymentId = server.sandbox.examples.BLUEPAY.payments[0]?.providerPaymentId;
  const input = {
    idempotencyKey: KEY,
    account: 'blue',
    providerPaymentId,
    amount: { amount: '1', currency: 'THB' },
  };
  const [before = '', after = ''] = JSON.stringify({ query: CREATE, variables: { input } }).split(KEY);
  return Buffer.concat([Buffer.from(before), bytes, Buffer.from(after)]);
}

const post = (body: Buffer, headers: Record<string, string> = {}) =>
  fetch(`${server.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: new Uint8Array(body),
  });

async function refundsMade(): Promise<number> {
  const { data } = await server.ask('{ refundEvents(first: 100) { nodes { type } } }');
  return data.refundEvents.nodes.filter(({ type }: { type: string }) => type === 'REQUESTED').length;
}

test.each(BYTES)('a body that is not UTF-8 is 400: %s', async (_, bytes) => {
  for (const accept of ['application/json', 'application/graphql-response+json', 'text/event-stream']) {
    const response = await post(createWith(bytes), { accept });
    expect(response.status).toBe(400);
    expect(await response.text()).toContain('The body is not UTF-8.');
  }
  expect(await refundsMade()).toBe(0);
});

test.each(['%cd%cb', '%E9', 'a%ed%a0%80', '%c3'])('an address that is not UTF-8 is 400: %s', async (text) => {
  for (const accept of ['application/json', 'text/event-stream']) {
    const { hostname, port } = new URL(server.url);
    const path = `/graphql?query=%7B__typename%7D&operationName=${text}`;
    const asked = request({ hostname, port, path, headers: { accept } });
    const answer = once(asked, 'response');
    asked.end();
    const [response] = await answer;
    expect(response.statusCode).toBe(400);
    expect(String(await response.setEncoding('utf8').toArray())).toContain('The address is not UTF-8');
  }
});

test('a body that is packed, or says to be in another charset, is 415', async () => {
  const body = createWith(Buffer.from('packed'));
  for (const [headers, sent] of [
    [{ 'content-encoding': 'gzip' }, gzipSync(body)],
    [{ 'content-encoding': 'br' }, body],
    [{ 'content-encoding': 'identity, deflate' }, body],
    [{ 'content-type': 'application/json; charset=gbk' }, body],
  ] as const) {
    const response = await post(sent, headers);
    expect(response.status).toBe(415);
    expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: 'UNSUPPORTED_MEDIA_TYPE' } }] });
  }
  expect(await refundsMade()).toBe(0);
});

test.each(['text', 'binary'])('a %s frame that is not UTF-8 closes the WebSocket with 1007', async (kind) => {
  for (const [, bytes] of BYTES) {
    const socket = new WebSocket(`${server.url.replace('http', 'ws')}/graphql`, GRAPHQL_TRANSPORT_WS_PROTOCOL);
    const closed = once(socket, 'close');
    await once(socket, 'open');
    socket.send('{"type":"connection_init"}');
    await once(socket, 'message');
    const payload = createWith(bytes);
    const frame = Buffer.concat([Buffer.from('{"type":"subscribe","id":"1","payload":'), payload, Buffer.from('}')]);
    socket.send(frame, { binary: kind === 'binary' });
    const good = createWith(Buffer.from('behind it'));
    socket.send(`{"type":"subscribe","id":"2","payload":${good.toString()}}`);
    expect((await closed)[0]).toBe(1007);
  }
  expect(await refundsMade()).toBe(0);
});

test('what is UTF-8 passes as it is', async () => {
  const asked = '{__typename}';
  const plain = { 'content-encoding': 'identity', 'content-type': 'application/json; charset=UTF-8' };
  expect(await (await post(Buffer.from(JSON.stringify({ query: `${asked} # 退款 😀 é` })), plain)).json()).toEqual({
    data: { __typename: 'Query' },
  });
  const address = `${server.url}/graphql?query=${encodeURIComponent(`${asked} # 退款 😀 é 100%`)}`;
  expect(await (await fetch(address)).json()).toEqual({ data: { __typename: 'Query' } });
});
