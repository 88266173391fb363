import { createServer, type Server } from 'node:http';
import { connect } from 'node:net';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { MAX_BODY_BYTES } from '../../src/callbacks/body.ts';
import { createCallbackRoute } from '../../src/callbacks/route.ts';
import { addressesIn } from '../../src/callbacks/sender.ts';
import { openLedger, type Ledger } from '../../src/ledger/database/database.ts';
import { listCallbacks } from '../../src/ledger/callback-search.ts';
import type { OperatorEvent } from '../../src/operator/event.ts';
import { createTokenBucket } from '../../src/flow/token-bucket.ts';
import type { ProviderCallbacks } from '../../src/providers/provider.ts';
import { createReceiver } from '../../src/services/inbox/receive.ts';
import { replay } from '../../src/services/inbox/replay.ts';
import { preparedEmbedded } from '../support/database.ts';
import { makeKnown } from '../support/make-known.ts';
import { createNotifier, forged, type Notice, type Notifier } from '../support/notices.ts';

const EVERYTHING = { state: null, account: null, refund: null, since: null, limit: 100 };
const clock = () => new Date();
let nextId = 0;
const newId = () => `00000000-0000-7000-8000-${String((nextId += 1)).padStart(12, '0')}`;

let notifier: Notifier;
let lite: Awaited<ReturnType<typeof preparedEmbedded>>;
let ledger: Ledger;
beforeAll(async () => {
  notifier = await createNotifier();
  lite = await preparedEmbedded();
  ledger = await openLedger({ lite }, { clock, newId });
}, 120_000);
beforeEach(async () => {
  await ledger.pool.query('truncate callbacks, refunds cascade');
});
afterAll(async () => {
  await ledger.close();
  await lite.close();
});

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.close();
    server.closeAllConnections();
  }
});

interface Extra {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

interface Door {
  readonly port: number;
  readonly told: readonly OperatorEvent[];
  readonly send: (notice: Pick<Notice, 'contentType' | 'body'>, path?: string, more?: Extra) => Promise<Response>;
}

/** The side door on a port, with what its log would say. */
async function open(
  over: {
    allowed?: readonly string[];
    expedite?: () => Promise<void>;
    ledger?: Ledger;
    callbacks?: ProviderCallbacks;
  } = {},
): Promise<Door> {
  const told: OperatorEvent[] = [];
  const route = createCallbackRoute({
    accounts: [...notifier.accounts().values()].map((account) => ({
      ...account,
      ...(over.callbacks !== undefined && { callbacks: over.callbacks }),
      callbackAllowedIps: account.key === 'blue' ? (over.allowed ?? null) : null,
    })),
    isTrustedProxy: addressesIn(['127.0.0.1']),
    receive: createReceiver({
      ledger: over.ledger ?? ledger,
      queue: { expedite: over.expedite ?? (() => Promise.resolve()) },
      bucket: createTokenBucket(clock, { burst: 100, perSecond: 0 }),
    }),
    clock,
    tell: (event) => void told.push(event),
  });
  const server = createServer((request, response) => {
    route(request, response).catch(() => response.destroy());
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const { port } = address;
  return {
    port,
    told,
    send: ({ contentType, body }, path = '/notify/blue', more = {}) =>
      fetch(`http://127.0.0.1:${port}${path}`, {
        method: more.method ?? 'POST',
        body,
        headers: { 'content-type': contentType, ...more.headers },
      }),
  };
}

function write(refund: string, account: 'library' | 'blue' | 'chain' = 'blue'): Notice {
  const notice = notifier.write(account, { refund, status: 'SUCCEEDED' });
  if (notice === null) throw new Error('no notice');
  return notice;
}

describe('a callback is acknowledged in the words of its provider', () => {
  it.each([
    ['library', 'text/plain', 'SUCCESS'],
    ['blue', 'application/json', '{"code":10000,"message":"Success"}'],
    ['chain', 'text/plain', 'SUCCESS'],
  ] as const)('%s', async (account, type, words) => {
    const door = await open();
    await makeKnown(ledger, notifier.accounts().get(account), write('R1', account));
    for (const kind of ['applied', 'repeated']) {
      const answer = await door.send(write('R1', account), `/notify/${account}?from=them`);
      expect([answer.status, answer.headers.get('content-type'), await answer.text()]).toEqual([200, type, words]);
      expect(door.told.at(-1)).toMatchObject({
        kind: kind === 'applied' ? 'callback-applied' : 'callback-taken',
        account,
        answer: 'acknowledged',
        outcome: kind,
      });
    }
    expect(await listCallbacks(ledger.db, EVERYTHING)).toHaveLength(1);
  });

  it('even if it contradicts what is known: it must not come for ever', async () => {
    const door = await open();
    await makeKnown(ledger, notifier.accounts().get('blue'), write('R1'));
    await door.send(write('R1'));
    const against = notifier.write('blue', { refund: 'R1', status: 'SUCCEEDED', amount: 1n });
    expect((await door.send(against ?? write('R1'))).status).toBe(200);
    expect(door.told.at(-1)).toMatchObject({ kind: 'callback-flagged', answer: 'acknowledged', outcome: 'flagged' });
  });
});

it('a signature in a header is read, and kept for a replay; no other header is', async () => {
  const [account] = [...notifier.accounts().values()].filter(({ key }) => key === 'chain');
  const plain = account?.callbacks?.read({
    contentType: write('R1', 'chain').contentType,
    body: Buffer.from(write('R1', 'chain').body),
    headers: {},
  });
  if (account === undefined || plain?.kind !== 'observation') throw new Error('no notice that can be read');
  const seen: unknown[] = [];
  const callbacks: ProviderCallbacks = {
    headers: ['x-signature', 'x-time'],
    read: ({ headers }) => {
      seen.push(headers);
      return headers['x-signature'] === 'right' ? plain : { kind: 'rejected', reason: 'the signature does not match' };
    },
    shown: () => null,
    acknowledgement: { contentType: 'text/plain', body: 'OK' },
  };
  const door = await open({ callbacks });
  const send = (signature: string) =>
    door.send(write('R1', 'chain'), '/notify/chain', { headers: { 'X-Signature': signature, cookie: 'secret=1' } });
  expect((await send('wrong')).status).toBe(401);
  expect((await send('right')).status).toBe(200);
  expect(seen).toEqual([{ 'x-signature': 'wrong' }, { 'x-signature': 'right' }]);
  const [kept] = await listCallbacks(ledger.db, { ...EVERYTHING, state: 'APPLIED' });
  expect(kept?.headers).toEqual({ 'x-signature': 'right' });
  const accounts = new Map([[account.key, { ...account, callbacks }]]);
  const queue = { expedite: () => Promise.resolve() };
  expect(await replay({ ledger, queue, accounts }, kept?.id ?? '')).toMatchObject({ kind: 'applied' });
});

describe('what is refused says no more than its status', () => {
  const told = async (answer: Response) => [answer.status, await answer.json()];
  const NOT_HERE = [404, { error: 'there is nothing at this path' }];

  it('401 for a wrong signature, which is kept', async () => {
    const door = await open();
    expect(await told(await door.send(forged(write('R1'))))).toEqual([401, { error: 'this callback is not accepted' }]);
    expect(await listCallbacks(ledger.db, EVERYTHING)).toMatchObject([{ state: 'REJECTED' }]);
  });

  it.each([
    '/notify/nobody',
    '/notify/',
    '/notify',
    '/notify/blue/more',
    '/notify/BLUE',
    '/notify/__proto__',
    '/notify/bl%75e',
  ])('404 for %s, whatever is sent there', async (path) => {
    const door = await open();
    expect(await told(await door.send(write('R1'), path))).toEqual(NOT_HERE);
    expect(await told(await door.send(write('R1'), path, { method: 'PUT' }))).toEqual(NOT_HERE);
    const large = { contentType: 'text/html', body: 'x'.repeat(100_000) };
    expect(await told(await door.send(large, path))).toEqual(NOT_HERE);
    expect(await listCallbacks(ledger.db, EVERYTHING)).toEqual([]);
  });

  it.each(['GET', 'PUT', 'DELETE', 'OPTIONS'])('405 for %s', async (method) => {
    const door = await open();
    const answer = await fetch(`http://127.0.0.1:${door.port}/notify/blue`, { method });
    expect(answer.headers.get('allow')).toBe('POST');
    expect(answer.status).toBe(405);
  });

  it.each([
    ['text', { 'content-type': 'text/plain' }],
    ['multipart', { 'content-type': 'multipart/form-data; boundary=x' }],
    ['nothing', { 'content-type': '' }],
    ['something like JSON', { 'content-type': 'application/jsonp' }],
    ['an endless name', { 'content-type': `application/json; ${'x'.repeat(300)}` }],
    ['compressed JSON', { 'content-type': 'application/json', 'content-encoding': 'gzip' }],
  ])('415 for %s', async (_, headers) => {
    const door = await open();
    const { body } = write('R1');
    const bytes = 'content-encoding' in headers ? gzipSync(body) : Buffer.from(body);
    if ('content-encoding' in headers) expect(gunzipSync(bytes).toString()).toBe(body);
    const answer = await fetch(`http://127.0.0.1:${door.port}/notify/blue`, { method: 'POST', body: bytes, headers });
    expect(answer.status).toBe(415);
    expect(await listCallbacks(ledger.db, EVERYTHING)).toEqual([]);
  });

  it('403 for an address that is not on the list, by whichever way it came', async () => {
    const door = await open({ allowed: ['198.51.100.0/24', '2001:db8::/32'] });
    const from = async (address: string | null) =>
      (
        await door.send(write('R1'), '/notify/blue', {
          headers: address === null ? {} : { 'x-forwarded-for': address },
        })
      ).status;
    expect(await from(null)).toBe(403);
    expect(await from('203.0.113.1')).toBe(403);
    expect(await from('198.51.100.1, 203.0.113.1')).toBe(403);
    expect(await from('nonsense')).toBe(403);
    expect(await listCallbacks(ledger.db, EVERYTHING)).toEqual([]);
    expect(await from('203.0.113.1, 198.51.100.1')).toBe(200);
    expect(await from('2001:db8::7')).toBe(200);
    expect(await listCallbacks(ledger.db, EVERYTHING)).toMatchObject([
      { remoteAddress: '198.51.100.1', timesReceived: 2 },
    ]);
    // Another account has no list.
    expect((await door.send(write('R1', 'chain'), '/notify/chain')).status).toBe(200);
  });
});

describe('a large body', () => {
  it('of 64 KiB is read, one byte more is not', async () => {
    const door = await open();
    const exactly = { contentType: 'application/json', body: 'x'.repeat(MAX_BODY_BYTES) };
    expect((await door.send(exactly)).status).toBe(401);
    expect((await door.send({ ...exactly, body: `${exactly.body}x` })).status).toBe(413);
    expect(await listCallbacks(ledger.db, EVERYTHING)).toMatchObject([{ bodySize: MAX_BODY_BYTES }]);
  });

  /** Speaks HTTP by hand; resolves with all that was answered when the server has closed the connection. */
  const speak = (port: number, say: (write: (text: string) => void) => void): Promise<string> =>
    new Promise((resolve, reject) => {
      let answer = '';
      const socket = connect(port, '127.0.0.1', () => say((text) => socket.write(text)));
      socket.on('data', (chunk: Buffer) => (answer += chunk.toString()));
      socket.on('error', reject).on('close', () => resolve(answer));
    });
  const HEAD = 'POST /notify/blue HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n';

  it('is answered before it has come, when it says so itself; and the connection ends', async () => {
    const door = await open();
    const answer = await speak(door.port, (write) => write(`${HEAD}content-length: 100000000\r\n\r\n{`));
    expect(answer).toMatch(/^HTTP\/1\.1 413 /);
    expect(answer).toMatch(/connection: close/i);
    expect(answer).toMatch(/\{"error":"callbacks have at most 64 KiB"\}$/);
  });

  it('is answered to a sender that first sends all of it', async () => {
    const door = await open();
    const chunk = 'x'.repeat(50_000);
    const answer = await speak(door.port, (write) => {
      write(`${HEAD}transfer-encoding: chunked\r\n\r\n`);
      for (let sent = 0; sent < 10; sent += 1) write(`${chunk.length.toString(16)}\r\n${chunk}\r\n`);
      write('0\r\n\r\n');
    });
    expect(answer).toMatch(/^HTTP\/1\.1 413 /);
    expect(door.told).toMatchObject([{ kind: 'callback-refused', answer: 'too-large' }]);
  });

  it('that never ends is cut off', async () => {
    const door = await open();
    const socket = connect(door.port, '127.0.0.1');
    const chunk = 'x'.repeat(60_000);
    let sent = 0;
    let answer = '';
    const closed = new Promise<void>((resolve) => {
      socket.on('data', (data: Buffer) => (answer += data.toString()));
      socket.on('error', () => undefined).on('close', () => resolve());
    });
    socket.write(`${HEAD}transfer-encoding: chunked\r\n\r\n`);
    const more = (): void => {
      if (socket.destroyed) return;
      sent += chunk.length;
      socket.write(`${chunk.length.toString(16)}\r\n${chunk}\r\n`, () => setImmediate(more));
    };
    more();
    await closed;
    expect(answer).toMatch(/^HTTP\/1\.1 413 /);
    expect(sent).toBeLessThan(20_000_000);
  });

  it('that breaks off leaves nothing behind, and the door open', async () => {
    const door = await open();
    await new Promise<void>((resolve) => {
      const socket = connect(door.port, '127.0.0.1', () => {
        socket.write(`${HEAD}content-length: 1000\r\n\r\n{"param":`, () => socket.resetAndDestroy());
      });
      socket.on('close', () => resolve());
    });
    expect((await door.send(write('R1'))).status).toBe(200);
    expect(await listCallbacks(ledger.db, EVERYTHING)).toHaveLength(1);
  });
});

describe('nothing is acknowledged that is not kept', () => {
  it('503 when the database is away', async () => {
    const gone = await openLedger({ lite }, { clock, newId });
    await gone.close();
    const door = await open({ ledger: gone });
    const answer = await door.send(write('R1'));
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '5']);
    expect(await answer.json()).toEqual({ error: 'send this callback again later' });
    expect(door.told).toMatchObject([{ kind: 'callback-not-kept', answer: 'unavailable', error: expect.any(Error) }]);
  });

  it('500 for a mistake of ours, without a word about it', async () => {
    const door = await open({ expedite: () => Promise.reject(new Error('secret thing at line 7')) });
    const answer = await door.send(write('R1'));
    expect([answer.status, await answer.text()]).toEqual([500, '{"error":"send this callback again later"}']);
    expect(door.told).toMatchObject([{ kind: 'callback-failed', answer: 'failed' }]);
    expect(await listCallbacks(ledger.db, EVERYTHING)).toMatchObject([{ state: 'REJECTED' }]);
  });
});
