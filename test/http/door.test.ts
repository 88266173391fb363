/**
 * Promise: requests without a valid token, from another origin, or too large are refused. A client that does
 * not read does no harm.
 */
import { once } from 'node:events';
import { connect } from 'node:net';
import { queryObjects } from 'node:v8';
import { SignJWT } from 'jose';
import { GRAPHQL_TRANSPORT_WS_PROTOCOL } from 'graphql-ws';
import { afterEach, beforeEach, expect, it, onTestFinished, vi } from 'vitest';
import { WebSocket } from 'ws';
import type { Ledger } from '../../src/ledger/database/database.ts';
import { write } from '../feed/writing.ts';
import { describeOnEachDatabase } from '../support/database.ts';
import { openFrontDoor, type FrontDoor } from '../support/front-door.ts';
import { subscribe } from '../support/live-clients.ts';

const SECRET = 'a secret of more than 32 characters';
const TOKENS = { keys: { kind: 'secret', secret: SECRET }, issuer: null, audience: null } as const;
const signed = (claims: object = {}) =>
  new SignJWT({ scope: 'refunds:read', accounts: '*', exp: Math.ceil(Date.now() / 1_000) + 60, ...claims })
    .setProtectedHeader({ alg: 'HS256' })
    .sign(Buffer.from(SECRET));
const EVENTS = 'subscription { refundEvents { cursor refund { merchantRefundId } } }';
const LONG_EVENTS = `subscription { refundEvents { ${Array.from({ length: 380 }, (_, index) => `c${index}: cursor`).join(' ')} } }`;

describeOnEachDatabase('the front door', (database) => {
  let ledger: Ledger;
  let door: FrontDoor;
  let locked: FrontDoor;
  beforeEach(async () => {
    ledger = await database.open();
    door = await openFrontDoor(ledger, { mostWaiting: 100 });
    locked = await openFrontDoor(ledger, { tokens: TOKENS });
  });
  afterEach(async () => {
    await Promise.all([door.stop(), locked.stop()]);
  });

  const tell = (...refunds: readonly number[]) => write(ledger, { refunds, finished: false, holdMs: 0, undone: false });

  const post = (query: string, headers: Record<string, string> = {}) =>
    fetch(locked.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ query }),
    });

  async function openSocket(
    { socketUrl }: FrontDoor,
    params: object | null = {},
    headers: Record<string, string> = {},
  ) {
    const socket = new WebSocket(socketUrl, GRAPHQL_TRANSPORT_WS_PROTOCOL, { headers });
    onTestFinished(() => socket.terminate());
    const messages: unknown[] = [];
    socket.on('message', (data: Buffer) => messages.push(JSON.parse(data.toString())));
    const closed = once(socket, 'close').then(([code, reason]: unknown[]) => ({ code, reason: String(reason) }));
    await Promise.race([once(socket, 'open'), closed]);
    if (params !== null) {
      socket.send(JSON.stringify({ type: 'connection_init', payload: params }));
      await Promise.race([once(socket, 'message'), closed]);
    }
    return { socket, messages, closed };
  }

  it('answers 401 with a GraphQL error where the token is missing or bad, on every way in', async () => {
    for (const headers of [
      {},
      { authorization: 'Bearer x' },
      { authorization: `Bearer ${await signed({ exp: 1 })}` },
    ]) {
      for (const accept of ['application/json', 'application/graphql-response+json', 'text/event-stream']) {
        const response = await post('{ latestEventCursor }', { ...headers, accept });
        expect(response.status).toBe(401);
        expect(response.headers.get('www-authenticate')).toBe('Bearer');
        expect(await response.json()).toEqual({
          errors: [{ message: expect.any(String), extensions: { code: 'UNAUTHENTICATED' } }],
        });
      }
    }
    const get = await fetch(`${locked.url}?query=${encodeURIComponent('{ latestEventCursor }')}`);
    expect(get.status).toBe(401);
  });

  it('shows GraphiQL without a token, so that one can be typed in', async () => {
    const page = await fetch(locked.url, { headers: { accept: 'text/html' } });
    expect([page.status, page.headers.get('content-type')]).toEqual([200, expect.stringContaining('text/html')]);
    expect(await page.text()).toContain('GraphiQL');
  });

  it('refuses to read without the scope, and names it', async () => {
    const writer = await signed({ scope: 'refunds:write' });
    const answered = await post('{ latestEventCursor }', { authorization: `Bearer ${writer}` });
    const refused = { message: expect.stringContaining('refunds:read'), extensions: { code: 'FORBIDDEN' } };
    expect(await answered.json()).toEqual({ errors: [expect.objectContaining(refused)] });
    for (const transport of ['SSE', 'WebSocket'] as const) {
      const { results, ended } = subscribe({ transport, url: locked.url, query: EVENTS, token: writer });
      await vi.waitFor(() => expect(ended()).not.toBeNull());
      expect(results).toEqual([{ errors: [expect.objectContaining(refused)] }]);
    }
    const reader = await signed();
    expect((await post('{ latestEventCursor }', { authorization: `Bearer ${reader}` })).status).toBe(200);
  });

  it('closes a WebSocket whose token is missing or bad, with the reason', async () => {
    for (const params of [
      {},
      { authorization: 'Bearer x' },
      { authorization: [] },
      { authorization: await signed({ exp: 1 }) },
    ]) {
      const { closed } = await openSocket(locked, params);
      expect(await closed).toEqual({ code: 4403, reason: expect.stringMatching(/^UNAUTHENTICATED: /) });
    }
    const { messages } = await openSocket(locked, { authorization: await signed() });
    await vi.waitFor(() => expect(messages).toEqual([{ type: 'connection_ack' }]));
  });

  it('closes a WebSocket some time after its token has expired', async () => {
    const { closed, messages } = await openSocket(locked, {
      authorization: await signed({ exp: Date.now() / 1_000 - 4 }),
    });
    await vi.waitFor(() => expect(messages).toHaveLength(1));
    expect(await closed).toEqual({ code: 4403, reason: 'UNAUTHENTICATED: The token has expired.' });
  });

  it('keeps nothing of a closed WebSocket, however long its token lives', { timeout: 60_000 }, async () => {
    const exp = Math.ceil(Date.now() / 1_000) + 86_400;
    const params = { authorization: `Bearer ${await signed({ exp })}` };
    const come = async () => {
      const socket = new WebSocket(locked.socketUrl, GRAPHQL_TRANSPORT_WS_PROTOCOL);
      await once(socket, 'open');
      socket.send(JSON.stringify({ type: 'connection_init', payload: params }));
      await once(socket, 'message');
      socket.close();
      await once(socket, 'close');
    };
    const held = () => queryObjects(WebSocket, { format: 'count' });
    await come();
    const before = held();
    await Promise.all(Array.from({ length: 20 }, come));
    await vi.waitFor(() => expect(held()).toBeLessThan(before + 10), { timeout: 20_000, interval: 500 });
  });

  it('lets only known origins upgrade, and programs, which send none', async () => {
    const opened = async (origin?: string) => {
      const { socket, messages, closed } = await openSocket(door, null, origin === undefined ? {} : { origin }).catch(
        () => ({ socket: null, messages: [], closed: null }),
      );
      if (socket?.readyState !== WebSocket.OPEN) return 'refused';
      socket.send('{"type":"connection_init"}');
      await vi.waitFor(() => expect(messages).toHaveLength(1));
      socket.close();
      await closed;
      return 'open';
    };
    expect(await opened('https://evil.example')).toBe('refused');
    expect(await opened('http://localhost:3000')).toBe('open');
    expect(await opened()).toBe('open');
  });

  it('answers requests of known pages only, and programs, which say nothing of a page', async () => {
    const asked = async (headers: Record<string, string>) => {
      const body = JSON.stringify({ query: '{ latestEventCursor }' });
      const response = await fetch(door.url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body,
      });
      return [response.status, response.headers.get('access-control-allow-origin')];
    };
    expect(await asked({ origin: 'https://evil.example' })).toEqual([403, null]);
    expect(await asked({ origin: 'null' })).toEqual([403, null]);
    expect(await asked({ origin: 'http://localhost:3000' })).toEqual([200, 'http://localhost:3000']);
    expect(await asked({})).toEqual([200, null]);
  });

  it('takes tokens from pages, and nothing that a browser adds by itself', async () => {
    const origin = 'http://localhost:3000';
    const asked = { origin, 'access-control-request-method': 'POST' };
    const headers = { ...asked, 'access-control-request-headers': 'authorization,content-type' };
    const preflight = await fetch(locked.url, { method: 'OPTIONS', headers });
    expect(preflight.status).toBe(204);
    expect(Object.fromEntries(preflight.headers)).toMatchObject({
      'access-control-allow-origin': origin,
      'access-control-allow-methods': 'GET, POST, OPTIONS',
      'access-control-allow-headers': 'authorization,content-type',
    });
    const answered = await post('{ latestEventCursor }', { origin, authorization: `Bearer ${await signed()}` });
    expect([answered.status, answered.headers.get('access-control-allow-origin')]).toEqual([200, origin]);
    for (const { headers: sent } of [preflight, answered]) {
      expect(sent.get('access-control-allow-credentials')).toBeNull();
    }
  });

  it('keeps an idle connection longer than balancers do, so that none writes into a closing one', async () => {
    const response = await fetch(door.url, { headers: { accept: 'text/html' } });
    await response.text();
    const [, seconds] = /timeout=(\d+)/.exec(response.headers.get('keep-alive') ?? '') ?? [];
    expect(Number(seconds)).toBeGreaterThan(60);
  });

  it('has WebSockets only where GraphQL is', async () => {
    const socket = new WebSocket(door.socketUrl.replace('/graphql', '/notify/chain'));
    const [error]: unknown[] = await once(socket, 'error');
    expect(String(error)).toContain('404');
  });

  it('closes a WebSocket that sends too much, or what is no message', async () => {
    const large = await openSocket(door);
    large.socket.send(JSON.stringify({ type: 'ping', payload: { text: 'x'.repeat(300_000) } }));
    expect(await large.closed).toMatchObject({ code: 1009 });
    const strange = await openSocket(door);
    strange.socket.send('no json');
    expect(await strange.closed).toMatchObject({ code: 4400 });
    const early = await openSocket(door, null);
    early.socket.send(JSON.stringify({ type: 'subscribe', id: '1', payload: { query: EVENTS } }));
    expect(await early.closed).toMatchObject({ code: 4401 });
  });

  it('keeps the limits of a query on a WebSocket: tokens, sense, how many at once', { timeout: 60_000 }, async () => {
    const { socket, messages } = await openSocket(door);
    const say = (id: number, query: string) =>
      socket.send(JSON.stringify({ type: 'subscribe', id: String(id), payload: { query } }));
    say(0, `{ latestEventCursor ${'#\n'.repeat(10)} ${'latestEventCursor '.repeat(5_000)} }`);
    say(1, 'subscription { nothing }');
    say(2, '{');
    await vi.waitFor(() => expect(messages).toHaveLength(4));
    expect(messages.slice(1)).toEqual(
      [0, 1, 2].map((id) => ({ id: String(id), type: 'error', payload: [expect.anything()] })),
    );
    for (let id = 10; id < 211; id += 1) say(id, EVENTS);
    await vi.waitFor(() => expect(messages).toHaveLength(5), 30_000);
    expect(messages[4]).toMatchObject({ id: '210', type: 'error' });
    await vi.waitFor(() => expect(door.feed.followers()).toBe(200), 30_000);
    socket.close();
    await vi.waitFor(() => expect(door.feed.followers()).toBe(0));
  });

  it(
    'sends readers that stop reading away, without holding others up or keeping what they do not read',
    { timeout: 60_000 },
    async () => {
      const quick = subscribe({ transport: 'SSE', url: door.url, query: EVENTS });
      onTestFinished(() => quick.leave());

      const { socket } = await openSocket(door);
      socket.send(JSON.stringify({ type: 'subscribe', id: '1', payload: { query: LONG_EVENTS } }));
      const url = new URL(door.url);
      const stream = connect(Number(url.port), url.hostname);
      onTestFinished(() => void stream.destroy());
      const body = JSON.stringify({ query: LONG_EVENTS });
      const head = 'POST /graphql HTTP/1.1\r\nhost: x\r\naccept: text/event-stream\r\ncontent-type: application/json';
      stream.write(`${head}\r\ncontent-length: ${body.length}\r\n\r\n${body}`);
      await once(stream, 'data');
      await vi.waitFor(() => expect(door.feed.followers()).toBe(3));
      stream.pause();
      socket.pause();

      let told = 0;
      const everyone = Array.from({ length: 12 }, (_, index) => index);
      for (; door.feed.followers() > 1 && told < 30_000; told += everyone.length) await tell(...everyone);
      expect(door.feed.followers()).toBe(1);
      await vi.waitFor(() => expect(quick.results).toHaveLength(told), 10_000);

      // What was on its way still comes, then the reason, with the place to go on from.
      const heard: Buffer[] = [];
      stream.on('data', (part: Buffer) => heard.push(part));
      stream.resume();
      await vi.waitFor(() => expect(Buffer.concat(heard).toString()).toContain('event: complete'), 10_000);
      const events = Buffer.concat(heard).toString().split('event: next').length - 2;
      expect(Buffer.concat(heard).toString()).toMatch(/"code":"SLOW_CONSUMER","cursor":"E[\w-]+"/);
      expect(events).toBeLessThan(told);
    },
  );
});
