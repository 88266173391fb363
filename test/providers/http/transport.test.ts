/** One call and everything that HTTP can do to it, on real loopback sockets. */
import { createServer, type Server } from 'node:net';
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ProviderError, type ProviderErrorKind } from '../../../src/providers/errors.ts';
import { createTransport, type Transport, type TransportRequest } from '../../../src/providers/http/transport.ts';
import { accountKey } from '../../../src/refunds/ids.ts';
import {
  answer,
  half,
  hang,
  json,
  raw,
  reset,
  stall,
  startStub,
  type Step,
  type StubServer,
} from '../../support/stub-server.ts';

const ask: TransportRequest = {
  operation: 'list refunds',
  method: 'POST',
  path: '/list',
  headers: { 'content-type': 'application/json' },
  body: '{"page":1}',
  repeatable: false,
};
const NEVER = new AbortController().signal;

let stub: StubServer;
const opened: Transport[] = [];
beforeEach(async () => {
  stub = await startStub();
});
afterEach(async () => {
  await stub.close();
  await Promise.all(opened.splice(0).map((transport) => transport.close()));
});

function open(baseUrl = stub.url, timeoutMs = 5_000): Transport {
  const transport = createTransport({
    account: accountKey('library'),
    baseUrl,
    timeoutMs,
    clock: () => new Date(0),
    random: () => 0.5,
  });
  opened.push(transport);
  return transport;
}

async function errorOf(call: Promise<unknown>): Promise<ProviderError> {
  const problem = await call.then(
    () => expect.unreachable('the call should have failed'),
    (error: unknown) => error,
  );
  if (!(problem instanceof ProviderError)) throw problem;
  return problem;
}

describe('what goes out', () => {
  test('is the method, path, headers and body given, below the path of the base address', async () => {
    stub.next(json({ ok: true }));
    await open(`${stub.url}/gate`).send({ ...ask, path: '/list?a=1' }, NEVER);
    const [request] = stub.requests;
    expect(request).toMatchObject({ method: 'POST', path: '/gate/list?a=1', body: '{"page":1}' });
    expect(request?.headers).toMatchObject({
      'content-type': 'application/json',
      accept: 'application/json',
      'accept-encoding': 'gzip, deflate, br',
    });
  });

  test('can be a GET without a body', async () => {
    stub.next(json({ ok: true }));
    const { body: _body, ...get } = { ...ask, method: 'GET' as const };
    await open().send(get, NEVER);
    expect(stub.requests[0]).toMatchObject({ method: 'GET', body: '' });
  });
});

describe('what comes back', () => {
  const text = '{"id":9007199254740993,"name":"读者"}';
  const whole = { json: { id: '9007199254740993', name: '读者' } };

  test.each<[string, Record<string, string>, string | Buffer]>([
    ['plain', {}, text],
    ['with a byte order mark', {}, `\uFEFF${text}`],
    ['without a content type that says JSON', { 'content-type': 'text/html' }, text],
    ['identity', { 'content-encoding': 'identity' }, text],
    ['gzip', { 'content-encoding': 'gzip' }, gzipSync(text)],
    ['GZIP in capitals', { 'content-encoding': 'GZip' }, gzipSync(text)],
    ['deflate', { 'content-encoding': 'deflate' }, deflateSync(text)],
    ['deflate without its header', { 'content-encoding': 'deflate' }, deflateRawSync(text)],
    ['br', { 'content-encoding': 'br' }, brotliCompressSync(text)],
  ])('%s is read, no digit lost', async (_name, headers, body) => {
    stub.next(answer(200, headers, body));
    expect(await open().send(ask, NEVER)).toEqual(whole);
  });

  test('in small pieces, cut inside a character, is read', async () => {
    stub.next(async (response) => {
      response.writeHead(200);
      for (const byte of Buffer.from(text)) {
        response.write(Buffer.of(byte));
        await new Promise((done) => setImmediate(done));
      }
      response.end();
    });
    expect(await open().send(ask, NEVER)).toEqual(whole);
  });

  test('after the promise of an answer is read', async () => {
    stub.next((response) => {
      response.writeProcessing();
      response.end(text);
    });
    expect(await open().send(ask, NEVER)).toEqual(whole);
  });

  test('as large as allowed is read', async () => {
    const large = `["${'x'.repeat(4 * 1024 * 1024 - 4)}"]`;
    stub.next(json(large));
    expect((await open().send(ask, NEVER)).json).toHaveLength(1);
  });
});

const MIB_5 = Buffer.alloc(5 * 1024 * 1024, 0x20);
const SECRET = 'sk-very-secret';
/** 102, and no more. */
const promised: Step = (response, _request, socket) => {
  response.writeProcessing();
  setTimeout(() => socket.resetAndDestroy(), 20);
};

describe('what goes wrong is one error of the right kind', () => {
  test.each<[string, Step, ProviderErrorKind, number | null, RegExp]>([
    ['no JSON', answer(200, {}, `<html>${SECRET}</html>`), 'malformed', 200, /not JSON/],
    ['JSON that breaks off', json(`{"secret":"${SECRET}`), 'malformed', 200, /not JSON/],
    ['two JSON texts', json('{}{}'), 'malformed', 200, /not JSON/],
    ['nested without end', json('['.repeat(100_000)), 'malformed', 200, /nested deeper/],
    ['not UTF-8', answer(200, {}, Buffer.from([0x22, 0xb6, 0xc1, 0x22])), 'malformed', 200, /UTF-8/],
    ['empty', answer(200), 'malformed', 200, /empty/],
    ['204', answer(204), 'malformed', 204, /empty/],
    ['blank', answer(200, {}, ' \n'), 'malformed', 200, /empty/],
    ['too large', answer(200, {}, MIB_5), 'malformed', 200, /larger than/],
    [
      'a gzip bomb',
      answer(200, { 'content-encoding': 'gzip' }, gzipSync(Buffer.alloc(64 << 20))),
      'malformed',
      200,
      /larger than/,
    ],
    [
      'a brotli bomb',
      answer(200, { 'content-encoding': 'br' }, brotliCompressSync(MIB_5)),
      'malformed',
      200,
      /larger than/,
    ],
    [
      'gzip that breaks off',
      answer(200, { 'content-encoding': 'gzip' }, gzipSync('{"a":1}').subarray(0, 15)),
      'malformed',
      200,
      /gzip/,
    ],
    ['gzip that is none', answer(200, { 'content-encoding': 'gzip' }, '{}'), 'malformed', 200, /gzip/],
    ['gzip that is empty', answer(200, { 'content-encoding': 'gzip' }, gzipSync('')), 'malformed', 200, /empty/],
    ['an encoding not asked for', answer(200, { 'content-encoding': 'zstd' }, '{}'), 'malformed', 200, /encoding/],
    ['no HTTP', raw('SSH-2.0-OpenSSH_9.6\r\n'), 'malformed', null, /no HTTP/],
    ['headers without end', raw(`HTTP/1.1 200 OK\r\nx: ${'y'.repeat(100_000)}`), 'malformed', null, /no HTTP/],
    [
      'a redirect',
      answer(302, { location: `https://elsewhere.example/?k=${SECRET}` }),
      'misconfigured',
      302,
      /redirect/,
    ],
    ['not modified', answer(304), 'misconfigured', 304, /redirect/],
    ['400', json({ message: 'no code' }, 400), 'rejected', 400, /refused/],
    ['401', json({}, 401), 'misconfigured', 401, /keys/],
    ['403', answer(403, {}, `<b>${SECRET}</b>`), 'misconfigured', 403, /keys/],
    ['404', json({}, 404), 'misconfigured', 404, /paths/],
    ['408', json({}, 408), 'unavailable', 408, /gave up/],
    ['429', json({}, 429), 'try-later', 429, /too many/],
    ['500', answer(500, {}, `stack trace with ${SECRET}`), 'unavailable', 500, /HTTP 500/],
    ['500 and a huge body', answer(500, {}, MIB_5), 'unavailable', 500, /HTTP 500/],
    [
      '502 and a gzip bomb',
      answer(502, { 'content-encoding': 'gzip' }, gzipSync(MIB_5)),
      'unavailable',
      502,
      /HTTP 502/,
    ],
    ['connection reset', reset, 'unavailable', null, /broke/],
    ['connection closed', (_response, _request, socket) => void socket.end(), 'unavailable', null, /broke/],
    ['a reset after the promise of an answer', promised, 'unavailable', null, /broke/],
    ['half a body', half, 'unavailable', 200, /broke/],
  ])('%s', async (_name, step, kind, httpStatus, words) => {
    stub.next(step);
    const error = await errorOf(open().send(ask, NEVER));
    expect(error).toMatchObject({ kind, httpStatus, account: 'library', operation: 'list refunds', sent: true });
    expect(error.message).toMatch(words);
    expect(error.message).toMatch(/^library: list refunds: /);
    expect(JSON.stringify([error, error.message, error.stack, error.cause])).not.toContain(SECRET);
    expect(stub.requests).toHaveLength(1);
  });

  test('a refusal keeps the code and words of the provider, bounded and in one line', async () => {
    stub.next(json({ code: 21_001, msg: `sign\nerror ${'x'.repeat(500)}` }, 400));
    const error = await errorOf(open().send(ask, NEVER));
    expect(error).toMatchObject({ kind: 'rejected', providerCode: '21001' });
    expect(error.providerMessage).toMatch(/^sign error x+$/);
    expect(error.providerMessage).toHaveLength(200);
    expect(error.message).not.toContain('xxx');
  });

  test('a refusal may call its words message', async () => {
    stub.next(json({ code: 'E1', message: 'no' }, 422));
    expect(await errorOf(open().send(ask, NEVER))).toMatchObject({ providerCode: 'E1', providerMessage: 'no' });
  });

  test('the wing may call an answer an error', async () => {
    stub.next(json({ code: '1' }));
    const judged = new ProviderError({
      ...ask,
      kind: 'rejected',
      account: accountKey('library'),
      message: 'no',
      sent: true,
    });
    const error = await errorOf(open().send({ ...ask, checkAnswer: (body) => (body === null ? null : judged) }, NEVER));
    expect(error).toBe(judged);
  });

  describe('but for an answer that the provider gives under a status of its own', () => {
    const isAnswer: TransportRequest['isAnswer'] = (body) => JSON.stringify(body).includes('no_such_refund');
    const own = '{"code":"no_such_refund"}';

    test.each([400, 404, 409, 422])('HTTP %i stands, and is no failure of the account', async (status) => {
      stub.next(json(own, status));
      const transport = open();
      expect(await transport.send({ ...ask, isAnswer }, NEVER)).toEqual({ json: { code: 'no_such_refund' } });
      expect(transport.health()).toMatchObject({ status: 'HEALTHY', lastFailure: null });
    });

    test('what it answers can still be called an error', async () => {
      stub.next(json(own, 404));
      const judged = new ProviderError({
        ...ask,
        kind: 'rejected',
        account: accountKey('library'),
        message: 'no',
        sent: true,
      });
      expect(await errorOf(open().send({ ...ask, isAnswer, checkAnswer: () => judged }, NEVER))).toBe(judged);
    });

    test.each<[string, Step, ProviderErrorKind]>([
      ['another body', json('{"code":"nginx"}', 404), 'misconfigured'],
      ['no JSON', answer(404, {}, '<h1>no_such_refund</h1>'), 'misconfigured'],
      ['a server that gave up', json(own, 408), 'unavailable'],
      ['too many requests', json(own, 429), 'try-later'],
      ['a server that failed', json(own, 500), 'unavailable'],
      ['a redirect', json(own, 302), 'misconfigured'],
    ])('%s is none', async (_name, step, kind) => {
      stub.next(step);
      expect(await errorOf(open().send({ ...ask, isAnswer }, NEVER))).toMatchObject({ kind });
    });
  });

  test('a request that the wing can not make is never sent', async () => {
    const broken = () => {
      throw new Error('bad key');
    };
    const error = await errorOf(open().send(broken, NEVER));
    expect(error).toMatchObject({ kind: 'misconfigured', sent: false });
    expect(stub.requests).toHaveLength(0);
  });

  test('a header that can not be written is never sent', async () => {
    const error = await errorOf(open().send({ ...ask, headers: { 'x-app': 'a\nb' } }, NEVER));
    expect(error).toMatchObject({ kind: 'misconfigured', sent: false });
    expect(stub.requests).toHaveLength(0);
  });
});

describe('what certainly never left', () => {
  test('a refused connection', async () => {
    await stub.close();
    const error = await errorOf(open().send(ask, NEVER));
    expect(error).toMatchObject({ kind: 'unavailable', sent: false });
    expect(error.message).toMatch(/refused/);
  });

  test('a host without an address', async () => {
    const error = await errorOf(open('http://no-such-host.invalid').send(ask, NEVER));
    expect(error).toMatchObject({ kind: 'unavailable', sent: false });
  });

  test('TLS spoken to a server without it', async () => {
    const error = await errorOf(open(stub.url.replace('http:', 'https:')).send(ask, NEVER));
    expect(error).toMatchObject({ sent: false });
    expect(stub.requests).toHaveLength(0);
  });

  test('a connection that never stands: the deadline holds, and nothing is sent later', async () => {
    const dark = await darkPort();
    const transport = open(`https://127.0.0.1:${dark.port}`, 200);
    const started = performance.now();
    const error = await errorOf(transport.send(ask, NEVER));
    expect(error).toMatchObject({ kind: 'timed-out', sent: false });
    expect(performance.now() - started).toBeLessThan(600);
    await transport.close();
    await dark.close();
  });

  test('a call given up while it connects, not even once the connection stands', async () => {
    stub.always(json({}));
    const transport = open();
    const caller = new AbortController();
    const call = errorOf(transport.send(ask, caller.signal));
    // Far enough that the connection is asked for, and before it can stand: no event has been handled yet.
    for (let turn = 0; turn < 50; turn++) await Promise.resolve();
    caller.abort();
    expect(await call).toMatchObject({ kind: 'timed-out', sent: false });
    await transport.send({ ...ask, body: '"the second"' }, NEVER);
    expect(stub.requests.map(({ body }) => body)).toEqual(['"the second"']);
  });

  test('a call given up before it began', async () => {
    const error = await errorOf(open().send(ask, AbortSignal.abort()));
    expect(error).toMatchObject({ kind: 'timed-out', sent: false });
    expect(stub.requests).toHaveLength(0);
  });

  test('a call after the close', async () => {
    const transport = open();
    await transport.close();
    expect(await errorOf(transport.send(ask, NEVER))).toMatchObject({ kind: 'unavailable', sent: false });
  });
});

describe('deadline', () => {
  const slowHeaders: Step = (response) => {
    response.socket?.write('HTTP/1.1 200 OK\r\ncontent-');
  };
  const drip: Step = (response) => {
    response.writeHead(200).write('{');
    const timer = setInterval(() => response.write(' '), 20);
    response.once('close', () => clearInterval(timer));
  };

  test.each<[string, Step]>([
    ['no answer', hang],
    ['headers that stop', slowHeaders],
    ['a body that stops', stall],
    ['a body that drips', drip],
  ])('%s: given up on time, as sent', async (_name, step) => {
    stub.next(step);
    const started = performance.now();
    const error = await errorOf(open(stub.url, 250).send(ask, NEVER));
    const took = performance.now() - started;
    expect(error).toMatchObject({ kind: 'timed-out', sent: true });
    expect(error.message).toMatch(/250 ms/);
    expect(took).toBeGreaterThan(240);
    expect(took).toBeLessThan(500);
  });

  test('a caller that gives up is let go at once, and the connection with it', async () => {
    stub.always(hang);
    const caller = new AbortController();
    const call = errorOf(open().send(ask, caller.signal));
    await expect.poll(() => stub.open()).toBe(1);
    caller.abort();
    const error = await call;
    expect(error).toMatchObject({ kind: 'timed-out', sent: true });
    expect(error.message).toMatch(/given up/);
    await expect.poll(() => stub.open()).toBe(0);
  });
});

test('close lets what runs finish', async () => {
  let finish = () => {};
  stub.next(async (response) => {
    await new Promise<void>((go) => (finish = go));
    response.end('{"done":1}');
  });
  const transport = open();
  const call = transport.send(ask, NEVER);
  await expect.poll(() => stub.open()).toBe(1);
  const closed = transport.close();
  finish();
  expect(await call).toEqual({ json: { done: '1' } });
  await closed;
});

/** A port that takes connections and says nothing, so that TLS never stands. */
async function darkPort(): Promise<{ port: number; close: () => Promise<void> }> {
  const sockets = new Set<{ destroy: () => void }>();
  const server: Server = createServer((socket) => void sockets.add(socket.on('error', () => {})));
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    port: address.port,
    close: () =>
      new Promise((closed) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => closed());
      }),
  };
}
