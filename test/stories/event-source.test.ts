/**
 * Promise: a browser's EventSource, which knows nothing of cursors, hears every event once though the server
 * is killed.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { EventSource, MessageEvent } from 'undici';
import { startSandbox } from '../../src/sandbox/sandbox.ts';
import { prepareDataDir } from '../support/database.ts';
import { startInstance, type Instance } from '../support/instance.ts';
import { until } from '../support/until.ts';

const FOLLOW = 'subscription { refundEvents { id } }';
const READ = '{ refundEvents(first: 100) { nodes { id status } } }';
const UNFINISHED = `{ refunds(first: 100, read: LEDGER, filter: { accounts: ["blue"], statuses: [PENDING, PROCESSING] }) {
  nodes { id }
} }`;
const CREATE = 'mutation ($input: CreateRefundInput!) { createRefund(input: $input) { kind: __typename } }';
const KILLS = 3;
const PER_LIFE = 3;

async function freePort(): Promise<string> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return String(address.port);
}

test('over kills of the server: nothing missed, nothing twice', { timeout: 180_000 }, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'refund-graph-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const sandbox = await startSandbox({ life: { processingAfterMs: 20, doneAfterMs: 100 } });
  onTestFinished(() => sandbox.close());
  await prepareDataDir(folder);
  const reconciliation = { pausesSeconds: [0.2, 0.4, 0.8, 1, 1, 1, 2], lateArrivalSeconds: 0.3, sweepSeconds: 1 };
  const config = join(folder, 'config.json');
  writeFileSync(config, JSON.stringify({ ...sandbox.config, reconciliation, mirror: { enabled: false } }));
  const PORT = await freePort();
  const start = (): Promise<Instance> => startInstance({ REFUNDS_CONFIG: config, DATA_DIR: folder, PORT });
  let instance = await start();
  onTestFinished(async () => void (await instance.stop()));

  const ask = async (query: string, variables: object = {}) => {
    const headers = { 'content-type': 'application/json' };
    const body = JSON.stringify({ query, variables });
    const response = await fetch(`${instance.url}/graphql`, { method: 'POST', headers, body });
    return (await response.json()).data;
  };
  const statuses = async (): Promise<readonly { readonly id: string; readonly status: string }[]> =>
    (await ask(READ)).refundEvents.nodes;

  const heard: string[] = [];
  const source = new EventSource(`${instance.url}/graphql?query=${encodeURIComponent(FOLLOW)}`);
  onTestFinished(() => source.close());
  const opened = new Promise((resolve) => source.addEventListener('open', resolve, { once: true }));
  source.addEventListener('next', (event) => {
    if (event instanceof MessageEvent) heard.push(JSON.parse(event.data).data.refundEvents.id);
  });
  await opened;

  const providerPaymentId = sandbox.examples.BLUEPAY.payments[0]?.providerPaymentId;
  for (let life = 0; life <= KILLS; life += 1) {
    for (let refund = 0; refund < PER_LIFE; refund += 1) {
      const amount = { amount: '1.00', currency: 'THB' };
      await ask(CREATE, { input: { idempotencyKey: `${life}-${refund}`, account: 'blue', providerPaymentId, amount } });
    }
    if (life === KILLS) break;
    await instance.kill();
    instance = await start();
  }
  await until(async () => (await ask(UNFINISHED)).refunds.nodes.length === 0, 60_000);
  const succeeded = (await statuses()).filter(({ status }) => status === 'SUCCEEDED');
  expect(succeeded.length).toBeGreaterThan(KILLS);
  const all = (await statuses()).map(({ id }) => id);
  await until(() => heard.length >= all.length, 20_000);
  expect(heard).toEqual(all);
});
