/**
 * Promise: one refund can be followed. The id of a request is in its answer, its log lines, its calls to the
 * provider and its events. The log says who did what, and who read what may name a person.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Agent, request as send } from 'undici';
import { SignJWT } from 'jose';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { startSandbox, type Sandbox } from '../../src/sandbox/sandbox.ts';
import { prepareDataDir } from '../support/database.ts';
import { startInstance, type Instance } from '../support/instance.ts';
import { subscribe } from '../support/live-clients.ts';
import { until } from '../support/until.ts';

const SECRET = 'a secret of more than 32 characters';
const TRACE = '0af7651916cd43dd8448eb211c80319c';

let folder: string;
let sandbox: Sandbox;
let server: Instance;
let token: string;
/** Headers of the calls that reached the provider of `chain`. */
const calls: IncomingHttpHeaders[] = [];
const between = createServer((request, response) => {
  calls.push(request.headers);
  const { host: _host, connection: _connection, ...headers } = request.headers;
  const target = new URL(request.url ?? '/', sandbox.config.accounts.find(({ key }) => key === 'chain')?.baseUrl);
  const body = request.method === 'POST' ? request : null;
  void send(target, {
    method: request.method === 'POST' ? 'POST' : 'GET',
    headers,
    body,
    dispatcher: new Agent(),
  }).then(
    async (answer) => {
      response.writeHead(answer.statusCode, { 'content-type': 'application/json' }).end(await answer.body.text());
    },
    () => response.destroy(),
  );
});

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'refund-graph-'));
  await prepareDataDir(folder);
  sandbox = await startSandbox({ life: { processingAfterMs: 50, doneAfterMs: 300 } });
  await new Promise<void>((resolve) => void between.listen(0, '127.0.0.1', resolve));
  const address = between.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const accounts = sandbox.config.accounts.map((account) =>
    account.key === 'chain' ? { ...account, baseUrl: `http://127.0.0.1:${port}` } : account,
  );
  const file = join(folder, 'refunds.json');
  writeFileSync(file, JSON.stringify({ accounts, mirror: { enabled: false } }));
  server = await startInstance({
    DATA_DIR: join(folder),
    REFUNDS_CONFIG: file,
    LOG_LEVEL: 'info',
    AUTH: 'jwt',
    JWT_SECRET: SECRET,
  });
  token = await new SignJWT({
    scope: 'refunds:read refunds:write refunds:raw',
    accounts: '*',
    sub: 'anna',
    azp: 'desk',
  })
    .setProtectedHeader({ alg: 'HS256' })
    .setExpirationTime('10m')
    .sign(Buffer.from(SECRET));
}, 120_000);
afterAll(async () => {
  await server.kill();
  await sandbox.close();
  between.close();
  rmSync(folder, { recursive: true, force: true });
}, 30_000);

const line = z.looseObject({ msg: z.string() });
const lines = (msg: string) =>
  server
    .said()
    .split('\n')
    .filter((text) => text.startsWith('{'))
    .map((text) => line.parse(JSON.parse(text)))
    .filter((one) => one.msg === msg);

async function ask(query: string, headers: Record<string, string> = {}) {
  const response = await fetch(`${server.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}`, ...headers },
    body: JSON.stringify({ query }),
  });
  const answer = z.object({ data: z.record(z.string(), z.json()) }).parse(await response.json());
  return { id: response.headers.get('x-request-id'), text: JSON.stringify(answer), answer };
}

const CREATE = `mutation { createRefund(input: { idempotencyKey: "one", account: "chain", merchantPaymentId: "ORDERDEMO1",
  merchantRefundId: "FOLLOWME", amount: { amount: "1", currency: "CNY" } }) { kind: __typename } }`;
const EVENTS = `{ refundEvents(first: 20, filter: { merchantRefundId: "FOLLOWME" }) { nodes { via type requestId } } }`;

test('one refund is followed from the request to its end', { timeout: 60_000 }, async () => {
  const headers = { 'x-request-id': 'ticket:4711', traceparent: `00-${TRACE}-b7ad6b7169203331-01` };
  const { id, text } = await ask(CREATE, headers);
  expect([id, text]).toEqual(['ticket:4711', expect.stringContaining('CreateRefundSuccess')]);
  const [call] = calls.filter((sent) => sent['x-request-id'] === 'ticket:4711');
  expect(call?.['traceparent']).toMatch(new RegExp(`^00-${TRACE}-(?!b7ad6b7169203331)[0-9a-f]{16}-01$`));
  // The line may be read after the answer.
  await until(() => lines('answered a mutation').length > 0);
  expect(lines('answered a mutation')).toEqual([
    expect.objectContaining({
      level: 30,
      requestId: 'ticket:4711',
      mutation: 'createRefund',
      subject: 'anna',
      client: 'desk',
      account: 'chain',
      merchantRefundId: 'FOLLOWME',
      outcome: 'CreateRefundSuccess',
    }),
  ]);
  await until(async () => (await ask(EVENTS)).text.includes('CALLBACK'));
  const events = z
    .object({ refundEvents: z.object({ nodes: z.array(z.object({ via: z.string(), requestId: z.string() })) }) })
    .parse((await ask(EVENTS)).answer.data).refundEvents.nodes;
  expect(events[0]?.requestId).toBe('ticket:4711');
  const callback = events.find(({ via }) => via === 'CALLBACK');
  expect(lines('applied a callback')).toContainEqual(
    expect.objectContaining({ requestId: callback?.requestId, account: 'chain', merchantRefundId: 'FOLLOWME' }),
  );
});

test(
  'an operation of a WebSocket is followed like a request, and has an id of its own',
  { timeout: 60_000 },
  async () => {
    const create = (key: string) => {
      const query = CREATE.replace('"one"', `"${key}"`).replace('FOLLOWME', `SOCKET${key}`);
      return `mutation { ${query.slice(query.indexOf('{') + 1)}`;
    };
    const url = `${server.url}/graphql`;
    const over = ['1', '2'].map((key) => subscribe({ transport: 'WebSocket', url, query: create(key), token }));
    await until(() => over.every(({ ended }) => ended() === 'completed'));
    const told = () =>
      lines('answered a mutation').filter(({ merchantRefundId }) => String(merchantRefundId).startsWith('SOCKET'));
    await until(() => told().length === 2);
    const ids = told().map(({ requestId }) => requestId);
    expect(new Set(ids).size).toBe(2);
    for (const { requestId, merchantRefundId } of told()) {
      expect(requestId).toMatch(/^[0-9a-f-]{36}$/);
      expect(calls.map((sent) => sent['x-request-id'])).toContain(requestId);
      const events = await ask(EVENTS.replace('FOLLOWME', String(merchantRefundId)));
      expect(events.text).toContain(`"requestId":"${String(requestId)}"`);
    }
  },
);

test('an id that could spoil the log is not taken, and one is made', async () => {
  for (const sent of ['a b', 'x'.repeat(129), '"}', 'ä']) {
    const { id } = await ask('{ accounts { key } }', { 'x-request-id': encodeURI(sent) });
    expect(id).not.toContain('%');
    expect(id).toMatch(/^[0-9a-f-]{36}$/);
  }
});

test('a mutation that fails, or is refused, has its line, too', async () => {
  await ask('mutation { refreshRefund(id: "nothing") { kind: __typename } }', { 'x-request-id': 'wrong-1' });
  await until(() => lines('answered a mutation').at(-1)?.['requestId'] === 'wrong-1');
  expect(lines('answered a mutation').at(-1)).toMatchObject({
    requestId: 'wrong-1',
    mutation: 'refreshRefund',
    outcome: 'BAD_USER_INPUT',
    merchantRefundId: null,
  });
});

test(
  'who read what may name a person is written down: one line for what a request reads',
  { timeout: 60_000 },
  async () => {
    const query = `{ refund(by: { key: { account: "chain", merchantRefundId: "FOLLOWME", merchantPaymentId: "ORDERDEMO1" } }) {
    providerRecord { raw } details { ... on TiPayRefundDetails { channelReceiverInfo } } } }`;
    await ask(query, { 'x-request-id': 'reader-1' });
    await until(() => lines('a caller read data that may name a person').length >= 2);
    const told = lines('a caller read data that may name a person');
    for (const what of ['providerRecord', 'channelReceiverInfo']) {
      const read = {
        requestId: 'reader-1',
        subject: 'anna',
        account: 'chain',
        merchantRefundIds: ['FOLLOWME'],
        refunds: 1,
      };
      expect(told).toContainEqual(expect.objectContaining({ ...read, what }));
    }
    expect(server.said()).not.toContain('uniqueRefundNo":');
  },
);
