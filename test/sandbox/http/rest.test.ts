import type { Server } from 'node:http';
import { afterEach, describe, expect, test } from 'vitest';
import { openBook } from '../../../src/sandbox/book.ts';
import { openBehaviours } from '../../../src/sandbox/http/behaviour.ts';
import { openCalls } from '../../../src/sandbox/http/calls.ts';
import { listen, shut } from '../../../src/sandbox/http/http.ts';
import { openPost } from '../../../src/sandbox/http/post.ts';
import { providerServer } from '../../../src/sandbox/http/provider-server.ts';
import { routed } from '../../../src/sandbox/http/route.ts';
import { ofEach } from '../../../src/sandbox/model.ts';
import { seedRows } from '../../../src/sandbox/seed/seed.ts';
import { openEar } from '../support/ear.ts';
import { eventually } from '../support/eventually.ts';
import { hmac, rest } from '../support/rest.ts';

const servers: Server[] = [];
afterEach(() => Promise.all(servers.splice(0).map(shut)));

async function openRest() {
  const [behaviours, calls] = [openBehaviours(), openCalls()];
  const log = (): void => {};
  const closing = new AbortController().signal;
  const server = providerServer({ simulation: rest, behaviours, calls, catchUp: () => {}, log, closing });
  servers.push(server);
  const url = await listen(server, '127.0.0.1', 0);
  const ask = (path: string, sign: string): Promise<Response> =>
    fetch(`${url}${path}`, { headers: { 'x-signature': sign } });
  return { url, ask, behaviours, calls };
}

describe('A provider with REST paths and signatures in headers', () => {
  const path = '/payments/P%201/refunds/r%2F1';

  test('is asked by a path with ids in it, and signs its answer in a header', async () => {
    const { ask, calls } = await openRest();
    const answer = await ask(path, hmac('GET', path, '', ''));
    const body = await answer.text();
    expect(JSON.parse(body)).toEqual({ payment: 'P 1', id: 'r/1' });
    expect(answer.headers.get('x-signature')).toBe(hmac(body));
    expect(calls.report().providers.TIPAY).toMatchObject({ query: 1, other: 0 });
  });

  test('sees the headers, the method, the path and the search of a request', async () => {
    const { ask } = await openRest();
    expect((await ask(path, 'x')).status).toBe(401);
    expect((await ask(`${path}?a=1`, hmac('GET', path, '', ''))).status).toBe(401);
    expect((await ask(`${path}?a=1`, hmac('GET', path, 'a=1', ''))).status).toBe(200);
  });

  test('answers with its own HTTP status, also when it is told to say no', async () => {
    const { ask, behaviours } = await openRest();
    const none = '/payments/P1/refunds/none';
    expect((await ask(none, hmac('GET', none, '', ''))).status).toBe(404);
    behaviours.set({ provider: 'TIPAY', code: '7' });
    const refused = await ask(path, 'x');
    expect([refused.status, await refused.json()]).toEqual([422, { code: '7' }]);
  });

  test('sends callbacks that are signed in a header', async () => {
    const ear = await openEar(() => ({ status: 200, body: 'ok' }));
    const book = openBook(seedRows({ seed: 1, startedAt: Date.parse('2026-06-01T00:00:00Z'), perProvider: 1 }));
    const post = openPost({
      book,
      simulations: ofEach(() => rest),
      now: () => 1,
      pauses: [],
      defaultUrl: () => `${ear.url}/notify/rest`,
      touch: () => {},
      log: () => {},
    });
    for (const refund of book.refunds('TIPAY')) post.write(refund);
    post.deliver();
    await eventually(
      async () => post.done(),
      ({ length }) => length === 1,
    );
    post.close();
    expect(post.done()).toMatchObject([{ attempts: 1, outcome: 'acknowledged' }]);
    const [heard] = ear.heard;
    expect(heard).toMatchObject({ body: '{"merchantRefundId":"CHAIN00001"}', path: '/notify/rest' });
    expect(heard?.headers).toMatchObject({ 'x-signature': hmac(heard?.body ?? ''), 'x-key-id': 'k1' });
  });
});

describe('A path', () => {
  test.each([
    ['GET', '/payments/p/refunds/r', { payment: 'p', id: 'r' }],
    ['POST', '/payments/p/refunds', { payment: 'p' }],
    ['POST', '/payments/p/refunds/r', 405],
    ['GET', '/payments/p/refunds/', 404],
    ['GET', '/payments//refunds/r', 404],
    ['GET', '/payments/p/refunds/%zz', 404],
    ['GET', '/payments/p/refunds/r/more', 404],
  ])('%s %s', (method, path, expected) => {
    const found = routed(rest.routes, method, path);
    expect(typeof found === 'number' ? found : found.parameters).toEqual(expected);
  });
});
