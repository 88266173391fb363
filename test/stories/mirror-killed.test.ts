/**
 * Promise: a server killed in the middle of its first copy goes on where it was, while the list grows. In the
 * end nothing is missing.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startSandbox, type Sandbox } from '../../src/sandbox/sandbox.ts';
import { cloneTemplate, dropDatabase, prepareDataDir } from '../support/database.ts';
import { startInstance, type Instance } from '../support/instance.ts';
import { brokenInvariants, type GraphqlAnswer } from '../support/server.ts';
import { until } from '../support/until.ts';

const postgres = process.env['TEST_DATABASE_URL'];
const REFUNDS = 200;
const KILLS = 2;

describe.each(['embedded', ...(postgres === undefined || postgres === '' ? [] : ['PostgreSQL'])])('%s', (database) => {
  let sandbox: Sandbox;
  let folder: string;
  let databaseUrl: string | null = null;
  let instance: Instance;

  beforeEach(async () => {
    const life = { processingAfterMs: Infinity, doneAfterMs: Infinity };
    sandbox = await startSandbox({ refundsPerProvider: REFUNDS, life });
    folder = mkdtempSync(join(tmpdir(), 'refund-graph-'));
    if (database === 'embedded') await prepareDataDir(folder);
    databaseUrl = database === 'PostgreSQL' ? await cloneTemplate(postgres ?? '') : null;
    const accounts = sandbox.config.accounts.map((account) =>
      account.provider === 'SHOUTU' ? { ...account, maxPageSize: 20 } : account,
    );
    const mirror = { pagesPerSecond: 10, pauseSeconds: 1 };
    writeFileSync(join(folder, 'config.json'), JSON.stringify({ accounts, mirror }));
  }, 120_000);
  afterEach(async () => {
    await instance.kill();
    await sandbox.close();
    if (databaseUrl !== null) await dropDatabase(databaseUrl);
    rmSync(folder, { recursive: true, force: true });
  });

  const start = async (): Promise<void> => {
    instance = await startInstance({
      DATA_DIR: folder,
      REFUNDS_CONFIG: join(folder, 'config.json'),
      ...(databaseUrl !== null && { DATABASE_URL: databaseUrl }),
    });
  };
  const ask = async (query: string): Promise<GraphqlAnswer> => {
    const headers = { 'content-type': 'application/json' };
    const body = JSON.stringify({ query });
    const response = await fetch(`${instance.url}/graphql`, { method: 'POST', headers, body });
    return response.json();
  };
  const progress = async () => {
    const { data } = await ask('{ accounts { key health { mirror { state copied total } } } }');
    return data.accounts.find(({ key }: { key: string }) => key === 'library').health.mirror;
  };
  const add = (nth: number) =>
    fetch(`${sandbox.urls.control}/refunds/add`, {
      method: 'POST',
      body: JSON.stringify({ provider: 'SHOUTU', merchantRefundId: `LATE${nth}`, amount: '100' }),
    });

  test('a copy that is killed again and again comes to its end', { timeout: 180_000 }, async () => {
    let copied = 0;
    for (let nth = 0; nth < KILLS; nth++) {
      await start();
      await until(async () => (await progress()).copied > copied, 30_000);
      copied = (await progress()).copied;
      await instance.kill();
      await add(nth);
    }
    expect(copied).toBeLessThan(REFUNDS);
    await start();
    // It goes on where it was.
    expect((await progress()).copied).toBeGreaterThanOrEqual(copied);
    const summary = '{ refundSummary(filter: { accounts: ["library"] }) { count } }';
    await until(async () => {
      const [row] = (await ask(summary)).data.refundSummary;
      return (await progress()).state === 'COMPLETE' && row.count === REFUNDS + KILLS;
    }, 60_000);
    expect((await progress()).copied).toBeLessThanOrEqual(REFUNDS + KILLS);
    await instance.stop();
    expect(await brokenInvariants(databaseUrl, folder)).toEqual([]);
  });
});
