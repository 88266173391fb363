/** Promise: who has not said who he is holds next to nothing, and keeps nobody out. */
import { once } from 'node:events';
import { request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { GRAPHQL_TRANSPORT_WS_PROTOCOL } from 'graphql-ws';
import { expect, it, onTestFinished, vi } from 'vitest';
import { WebSocket } from 'ws';
import type { OperatorEvent } from '../../src/operator/event.ts';
import { describeOnEachDatabase } from '../support/database.ts';
import { openFrontDoor, type FrontDoorOptions } from '../support/front-door.ts';

describeOnEachDatabase('strangers', (database) => {
  async function open(options: FrontDoorOptions = {}) {
    const door = await openFrontDoor(await database.open(), options);
    onTestFinished(() => door.stop());
    return door;
  }

  async function dial(url: string): Promise<Socket> {
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    onTestFinished(() => void socket.destroy());
    socket.on('error', () => undefined);
    await once(socket, 'connect');
    return socket;
  }

  function upgrade(url: string): WebSocket {
    const socket = new WebSocket(url, GRAPHQL_TRANSPORT_WS_PROTOCOL);
    onTestFinished(() => socket.terminate());
    socket.on('error', () => undefined);
    return socket;
  }

  const pageOf = async (url: string) => (await fetch(url, { headers: { accept: 'text/html' } })).text();

  it('GraphiQL is a small page; its files are kept by browsers, packed and from this server', async () => {
    const { url } = await open();
    const page = await fetch(url, { headers: { accept: 'text/html' } });
    const html = await page.text();
    expect(html.length).toBeLessThan(8_000);
    const names = [...html.matchAll(/(?:src|href)="(\.\/graphql\/[^"]+)"/g)].map(([, name]) => name ?? '');
    expect(names).toHaveLength(2);
    for (const path of [url, ...names.map((name) => new URL(name, url))]) {
      const plain = await fetch(path, { headers: { accept: 'text/html', 'accept-encoding': 'gzip;q=0' } });
      expect([plain.status, plain.headers.get('content-encoding')]).toEqual([200, null]);
    }
    for (const name of names) {
      const file = await fetch(new URL(name, url));
      expect([file.status, file.headers.get('content-encoding')]).toEqual([200, 'gzip']);
      expect(file.headers.get('cache-control')).toContain('immutable');
      expect((await file.text()).length).toBeGreaterThan(100_000);
    }
    expect((await fetch(new URL('./graphql/graphiql/other/graphiql.js', url))).status).toBe(404);
  });

  it('a hundred sockets that ask for GraphiQL and do not read hold no memory', { timeout: 60_000 }, async () => {
    const { url } = await open();
    const [, name = ''] = /src="\.(\/graphql\/[^"]+)"/.exec(await pageOf(url)) ?? [];
    await (await fetch(new URL(name, url))).arrayBuffer();
    const before = process.memoryUsage().rss;
    for (let index = 0; index < 100; index++) {
      const socket = await dial(url);
      socket.pause();
      socket.write('GET /graphql HTTP/1.1\r\nhost: localhost\r\naccept: text/html\r\n\r\n');
      socket.write(`GET ${name} HTTP/1.1\r\nhost: localhost\r\n\r\n`);
    }
    await new Promise((later) => setTimeout(later, 1_000));
    expect((process.memoryUsage().rss - before) / 1_048_576).toBeLessThan(60);
  });

  it('connections over the limit of an address are closed, and the operator is told', async () => {
    const told: OperatorEvent[] = [];
    const { url } = await open({ limits: { connectionsPerAddress: 3 }, tell: (event) => void told.push(event) });
    const held = await Promise.all([dial(url), dial(url), dial(url)]);
    const fourth = await dial(url);
    await once(fourth, 'close');
    expect(told).toContainEqual({ kind: 'connection-refused', limit: 'address' });
    held[0]?.destroy();
    await vi.waitFor(async () => {
      const answer = await new Promise<number | undefined>((resolve) => {
        const asked = request(url.replace('/graphql', '/health/live'), { agent: false }, ({ statusCode }) =>
          resolve(statusCode),
        );
        asked.on('error', () => resolve(undefined));
        asked.end();
      });
      expect(answer).toBe(200);
    });
  });

  it('those of a trusted proxy are not counted by address, but in all', async () => {
    const limits = { connectionsPerAddress: 1, connections: 3, isTrustedProxy: () => true };
    const { url } = await open({ limits });
    await Promise.all([dial(url), dial(url), dial(url)]);
    await expect(once(await dial(url), 'close')).resolves.toBeDefined();
  });

  it('a connection that says nothing is cut', async () => {
    const { url } = await open({ limits: { patience: { silent: 300 } } });
    await expect(once(await dial(url), 'close')).resolves.toBeDefined();
  });

  it('whoever does not read an answer is cut, whichever answer it is', async () => {
    const { url } = await open({ limits: { patience: { stalled: 300, look: 50 } } });
    const [, name = ''] = /src="\.(\/graphql\/[^"]+)"/.exec(await pageOf(url)) ?? [];
    const socket = await dial(url);
    socket.write(`GET ${name} HTTP/1.1\r\nhost: localhost\r\n\r\n`.repeat(4));
    socket.pause();
    await new Promise((later) => setTimeout(later, 2_000));
    let bytes = 0;
    socket.on('data', (chunk: Buffer) => (bytes += chunk.length));
    socket.resume();
    await once(socket, 'close');
    // Four of some five megabytes were asked for.
    expect(bytes).toBeLessThan(18_000_000);
  });

  it('fifty sockets of an address wait for their first word, no more; who speaks makes room', async () => {
    const { socketUrl } = await open();
    const waiting = Array.from({ length: 50 }, () => upgrade(socketUrl));
    await Promise.all(waiting.map((socket) => once(socket, 'open')));
    const refused = upgrade(socketUrl);
    const [, response]: unknown[] = await once(refused, 'unexpected-response');
    expect(response).toMatchObject({ statusCode: 503, headers: { 'retry-after': '10' } });
    waiting[0]?.send(JSON.stringify({ type: 'connection_init' }));
    await once(waiting[0] ?? refused, 'message');
    await once(upgrade(socketUrl), 'open');
  });

  it('pings before connection_init end soon', async () => {
    const { socketUrl } = await open();
    for (const ping of [
      (socket: WebSocket) => socket.send(JSON.stringify({ type: 'ping' })),
      (socket: WebSocket) => socket.ping(),
    ]) {
      const socket = upgrade(socketUrl);
      let answers = 0;
      socket.on('message', () => answers++);
      await once(socket, 'open');
      for (let count = 0; count < 500; count++) ping(socket);
      const [code]: unknown[] = await once(socket, 'close');
      expect(code).toBe(1008);
      expect(answers).toBeLessThan(50);
    }
  });

  it('a message that only servers send is a mistake of the client, not of the server', async () => {
    const told: OperatorEvent[] = [];
    const { socketUrl } = await open({ tell: (event) => void told.push(event) });
    const socket = upgrade(socketUrl);
    await once(socket, 'open');
    socket.send(JSON.stringify({ type: 'connection_init' }));
    await once(socket, 'message');
    socket.send(JSON.stringify({ type: 'next', id: '1', payload: { data: null } }));
    const [code]: unknown[] = await once(socket, 'close');
    expect(code).toBe(4400);
    expect(told.filter(({ kind }) => kind === 'websocket-message-failed')).toEqual([]);
  });

  it.each(['x'.repeat(5_000), '退'.repeat(100)])(
    'a long id that is used twice is a mistake of the client',
    async (id) => {
      const told: OperatorEvent[] = [];
      const { socketUrl } = await open({ tell: (event) => void told.push(event) });
      const socket = upgrade(socketUrl);
      await once(socket, 'open');
      socket.send(JSON.stringify({ type: 'connection_init' }));
      await once(socket, 'message');
      const subscribe = { type: 'subscribe', id, payload: { query: 'subscription { refundEvents { cursor } }' } };
      socket.send(JSON.stringify(subscribe));
      socket.send(JSON.stringify(subscribe));
      const [code, reason]: unknown[] = await once(socket, 'close');
      expect([code, String(reason)]).toEqual([4409, expect.stringMatching(/^Subscriber for .*\.\.\.$/)]);
      expect(told.filter(({ kind }) => kind === 'websocket-message-failed')).toEqual([]);
    },
  );

  it('a request has a deadline', async () => {
    const { url } = await open({ requestTimeoutMs: 200, find: () => new Promise(() => undefined) });
    const id = Buffer.from('Refund:chain:M1').toString('base64url');
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: `{ node(id: "${id}") { id } }` }),
    });
    const late = { message: expect.stringContaining('200 ms'), extensions: { code: 'TIMED_OUT' } };
    expect(await response.json()).toEqual({ errors: [late] });
  });
});
