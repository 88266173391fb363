/**
 * Promise: a database that falls silent counts as gone: no call and no stop waits long for it, and its return
 * is noticed.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { cloneTemplate, dropDatabase } from '../support/database.ts';
import { startInstance, type Instance } from '../support/instance.ts';
import type { GraphqlAnswer } from '../support/server.ts';
import { openSilentProxy, type SilentProxy } from '../support/silent-proxy.ts';
import { until } from '../support/until.ts';

const SERVER = process.env['TEST_DATABASE_URL'] ?? '';
const LEDGER = '{ refunds(first: 1, read: LEDGER) { nodes { id } } }';
const CREATE = `mutation { createRefund(input: { idempotencyKey: "silence", account: "chain", merchantPaymentId: "ORDERDEMO1",
  amount: { amount: "1", currency: "CNY" } }) { kind: __typename } }`;
/** A first silence is noticed within about 10 s, and a connection is given up after 10 s more. */
const PATIENCE_MS = 25_000;

describe.skipIf(SERVER === '')('a silent database', () => {
  let databaseUrl = '';
  let proxy: SilentProxy;
  let instance: Instance;
  let folder = '';

  const start = async (): Promise<void> => {
    databaseUrl = await cloneTemplate(SERVER);
    proxy = await openSilentProxy(databaseUrl);
    folder = mkdtempSync(join(tmpdir(), 'refund-graph-'));
    instance = await startInstance({
      SANDBOX: 'yes',
      DATABASE_URL: proxy.databaseUrl,
      DATA_DIR: folder,
      LOG_LEVEL: 'silent',
    });
  };
  const end = async (): Promise<void> => {
    await proxy.close();
    await dropDatabase(databaseUrl);
    rmSync(folder, { recursive: true, force: true });
  };
  async function ask(query: string): Promise<GraphqlAnswer> {
    const response = await fetch(`${instance.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query }),
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    return response.json();
  }

  test('is an error within seconds for whoever asks, and for callbacks; when it speaks again all goes on', async () => {
    await start();
    proxy.beSilent(true);
    const notice = fetch(`${instance.url}/notify/chain`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{}',
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    const [read, created, noticed] = await Promise.all([ask(LEDGER), ask(CREATE), notice]);
    expect([read.errors, created.errors]).toEqual([expect.anything(), expect.anything()]);
    expect(noticed.ok).toBe(false);
    expect((await fetch(`${instance.url}/health/ready`)).status).toBe(503);

    proxy.beSilent(false);
    await until(async () => (await ask(LEDGER)).errors === undefined, 30_000);
    expect((await ask(CREATE)).data.createRefund.kind).toBe('CreateRefundSuccess');
    expect(await instance.stop()).toBe(0);
    await end();
  }, 120_000);

  test('does not hold up a stop', async () => {
    await start();
    proxy.beSilent(true);
    const asking = Promise.allSettled([ask(LEDGER), ask(CREATE)]);
    expect(await instance.stop()).toBe(0);
    await asking;
    await end();
  }, 60_000);
});
