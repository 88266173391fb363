/**
 * Promise: a server that is killed in the middle of a send loses no refund and makes none twice. The next one
 * settles what it left.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openLedger } from '../../src/ledger/database/database.ts';
import { startSandbox, type Sandbox } from '../../src/sandbox/sandbox.ts';
import { cloneTemplate, dropDatabase, prepareDataDir } from '../support/database.ts';
import { startInstance, type Instance } from '../support/instance.ts';
import { brokenInvariants, type GraphqlAnswer } from '../support/server.ts';
import { until } from '../support/until.ts';

const CREATE = `mutation ($input: CreateRefundInput!) {
  createRefund(input: $input) { kind: __typename ... on CreateRefundSuccess { replayed refund { id status } } }
}`;
const INPUTS = [
  {
    idempotencyKey: 'chain',
    account: 'chain',
    merchantPaymentId: 'ORDERDEMO1',
    merchantRefundId: 'CRASHCHAIN',
    amount: { amount: '1', currency: 'CNY' },
  },
  {
    idempotencyKey: 'blue',
    account: 'blue',
    providerPaymentId: 'CUDEMO1',
    merchantRefundId: 'CRASHBLUE',
    amount: { amount: '1', currency: 'THB' },
  },
  {
    idempotencyKey: 'library',
    account: 'library',
    providerPaymentId: 'PAY-DEMO-1',
    merchantRefundId: 'CRASHLIB',
    amount: { amount: '1', currency: 'CNY' },
  },
] as const;

const postgres = process.env['TEST_DATABASE_URL'];

describe.each(['embedded', ...(postgres === undefined || postgres === '' ? [] : ['PostgreSQL'])])('%s', (database) => {
  let sandbox: Sandbox;
  let folder: string;
  let databaseUrl: string | null = null;
  let instance: Instance;

  beforeEach(async () => {
    sandbox = await startSandbox({ life: { processingAfterMs: 20, doneAfterMs: 100 } });
    folder = mkdtempSync(join(tmpdir(), 'refund-graph-'));
    if (database === 'embedded') await prepareDataDir(folder);
    databaseUrl = database === 'PostgreSQL' ? await cloneTemplate(postgres ?? '') : null;
    const accounts = sandbox.config.accounts.map((account) => ({ ...account, timeoutMs: 4000 }));
    const reconciliation = {
      pausesSeconds: [0.3, 0.7, 1, 1, 1, 1, 2],
      lateArrivalSeconds: 0.3,
      giveUpAfterSeconds: 25,
      sweepSeconds: 2,
    };
    writeFileSync(join(folder, 'config.json'), JSON.stringify({ accounts, reconciliation }));
  }, 120_000);
  afterEach(async () => {
    await instance.stop();
    await sandbox.close();
    const broken = await brokenInvariants(databaseUrl, folder);
    if (databaseUrl !== null) await dropDatabase(databaseUrl);
    rmSync(folder, { recursive: true, force: true });
    if (broken.length > 0) throw new Error(broken.join('\n'));
  }, 60_000);

  const start = async () => {
    instance = await startInstance({
      REFUNDS_CONFIG: join(folder, 'config.json'),
      DATA_DIR: folder,
      ...(databaseUrl === null ? {} : { DATABASE_URL: databaseUrl }),
    });
  };
  const ask = async (query: string, variables: object, signal?: AbortSignal): Promise<GraphqlAnswer> => {
    const response = await fetch(`${instance.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query, variables }),
      ...(signal === undefined ? {} : { signal }),
    });
    return response.json();
  };
  // oxlint-disable-next-line typescript/no-explicit-any -- a test looks into answers of any shape
  const control = async (path: string, body?: object): Promise<any> => {
    const response = await fetch(
      `${sandbox.urls.control}${path}`,
      body === undefined
        ? {}
        : { method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json' } },
    );
    return response.json();
  };

  test('killed while three providers have the send in hand', async () => {
    await start();
    // TiPay never hears of it, BluePay executes it and is about to answer, Shoutu executes it and hangs up.
    await control('/behave', { provider: 'TIPAY', operations: ['create'], times: 1, hang: true });
    await control('/behave', { provider: 'BLUEPAY', operations: ['create'], times: 1, answerDelayMs: 8000 });
    await control('/behave', { provider: 'SHOUTU', operations: ['create'], times: 1, hang: true, execute: true });
    await control('/behave', { provider: 'TIPAY', operations: ['query'], hang: true });
    const calls = INPUTS.map((input) => ask(CREATE, { input }).catch(() => 'lost'));
    await until(async () => {
      const { BLUEPAY, SHOUTU } = await control('/executed');
      const { providers } = await control('/calls');
      return BLUEPAY['CRASHBLUE'] !== undefined && SHOUTU['CRASHLIB'] !== undefined && providers.TIPAY.create === 1;
    });
    await instance.kill();
    const lost = await Promise.all(calls);
    expect(lost).toContain('lost');

    await control('/behave/reset', {});
    await start();
    const again = await Promise.all(INPUTS.map(async (input) => (await ask(CREATE, { input })).data.createRefund));
    expect(again).toMatchObject(INPUTS.map(() => ({ kind: 'CreateRefundSuccess', replayed: true })));
    const ids: string[] = again.map(({ refund }) => refund.id);
    const query = 'query ($ids: [ID!]!) { nodes(ids: $ids) { ... on Refund { status } } }';
    await until(async () => {
      const { data } = await ask(query, { ids });
      return data.nodes.every(({ status }: { status: string }) => status === 'SUCCEEDED');
    }, 60_000);
    const executed = await control('/executed');
    const once = { accepted: 1, moved: 1 };
    expect([executed.TIPAY.CRASHCHAIN, executed.BLUEPAY.CRASHBLUE, executed.SHOUTU.CRASHLIB]).toEqual([
      once,
      once,
      once,
    ]);
  }, 150_000);

  test('told to stop while it sends, it takes the answer in first, whether the client waits or has gone', async () => {
    await start();
    await control('/behave', { provider: 'TIPAY', operations: ['create'], times: 1, answerDelayMs: 1500 });
    await control('/behave', { provider: 'BLUEPAY', operations: ['create'], times: 1, answerDelayMs: 1500 });
    const [waiting, gone] = INPUTS;
    const hangUp = new AbortController();
    const left = ask(CREATE, { input: gone }, hangUp.signal).catch(() => 'left');
    const answer = ask(CREATE, { input: waiting });
    await until(async () => {
      const { BLUEPAY, TIPAY } = await control('/executed');
      return BLUEPAY['CRASHBLUE'] !== undefined && TIPAY['CRASHCHAIN'] !== undefined;
    });
    hangUp.abort();
    expect(await left).toBe('left');
    const startedAt = performance.now();
    await instance.stop();
    expect(performance.now() - startedAt).toBeLessThan(9_500);
    expect(await answer).toMatchObject({ data: { createRefund: { kind: 'CreateRefundSuccess', replayed: false } } });

    // Both sends are in the ledger with their outcome: no query is needed.
    const place = databaseUrl === null ? { dataDir: join(folder, 'ledger') } : { databaseUrl };
    const ledger = await openLedger(place, { clock: () => new Date(), newId: () => '' });
    const sends = await ledger.db.selectFrom('refund_submissions').select(['attempt', 'outcome']).execute();
    await ledger.close();
    expect(sends).toEqual([
      { attempt: 1, outcome: 'accepted' },
      { attempt: 1, outcome: 'accepted' },
    ]);
  }, 120_000);
});
