/**
 * Promise: a database that loses acknowledged commits makes no refund twice. Either a lagging standby is
 * promoted, and the same keys come again; or the database server is killed while `synchronous_commit` is off.
 */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { PROVIDERS } from '../../src/sandbox/model.ts';
import { SIMULATED } from '../../src/sandbox/providers.ts';
import { startSandbox, type Sandbox } from '../../src/sandbox/sandbox.ts';
import { startInstance, type Instance } from '../support/instance.ts';
import { POSTGRES_PROGRAMS, startCluster, WITHOUT_PROGRAMS, type Cluster } from '../support/postgres-cluster.ts';
import { brokenInvariants, type GraphqlAnswer } from '../support/server.ts';
import { until } from '../support/until.ts';

const CREATE = `mutation ($input: CreateRefundInput!) {
  createRefund(input: $input) { kind: __typename ... on CreateRefundSuccess { refund { merchantRefundId status } } }
}`;
const LEDGER = `query ($account: ID!, $id: String!) {
  refund(by: { key: { account: $account, merchantRefundId: $id } }, read: LEDGER) { status }
}`;

const ACCOUNTS = PROVIDERS.map((name) => SIMULATED[name].accountKey);

const DATABASE = 'refunds';

describe.skipIf(POSTGRES_PROGRAMS === null)(`a database that forgets${WITHOUT_PROGRAMS}`, { timeout: 240_000 }, () => {
  let sandbox: Sandbox;
  let folder: string;
  let instance: Instance | null;
  let clusters: Cluster[];

  beforeEach(async () => {
    sandbox = await startSandbox({ refundsPerProvider: 0, life: { processingAfterMs: 20, doneAfterMs: 100 } });
    folder = mkdtempSync(join(tmpdir(), 'refund-graph-'));
    const reconciliation = { pausesSeconds: [0.3, 0.7, 1, 1, 2], sweepSeconds: 2 };
    // Only what is asked for by the test makes refunds known.
    const mirror = { enabled: false };
    writeFileSync(join(folder, 'config.json'), JSON.stringify({ ...sandbox.config, reconciliation, mirror }));
    instance = null;
    clusters = [];
  }, 60_000);
  afterEach(async () => {
    await instance?.kill();
    await sandbox.close();
    await Promise.all(clusters.map((cluster) => cluster.remove()));
    rmSync(folder, { recursive: true, force: true });
  }, 60_000);

  const variablesOf = (cluster: Cluster) => ({
    REFUNDS_CONFIG: join(folder, 'config.json'),
    DATA_DIR: folder,
    DATABASE_URL: cluster.url(DATABASE),
  });
  const openCluster = async (settings: Readonly<Record<string, string>> = {}): Promise<Cluster> => {
    const cluster = await startCluster(settings);
    clusters.push(cluster);
    await cluster.query(`create database ${DATABASE}`);
    return cluster;
  };
  const ask = async (query: string, variables: object): Promise<GraphqlAnswer> => {
    const response = await fetch(`${instance?.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query, variables }),
    });
    return response.json();
  };
  /** A refund of 1.00 of the sandbox's first payment to try refunds on. */
  const paymentAt = (account: string) => {
    const name = PROVIDERS.find((one) => SIMULATED[one].accountKey === account) ?? expect.unreachable();
    const { createNames, seed } = SIMULATED[name];
    const [demo = expect.unreachable()] = seed.demoPayments;
    const { currency } = sandbox.config.accounts.find(({ key }) => key === account) ?? expect.unreachable();
    return { [createNames]: demo[createNames], amount: { amount: '1', currency } };
  };
  /** Makes a refund at an account; its id there. */
  const create = async (account: string, idempotencyKey: string, merchantRefundId?: string): Promise<string> => {
    const input = { account, idempotencyKey, merchantRefundId, ...paymentAt(account) };
    const answer = await ask(CREATE, { input });
    const { kind, refund } = answer.data.createRefund;
    expect(kind).toBe('CreateRefundSuccess');
    return refund.merchantRefundId;
  };
  /** How often each provider was made to execute something. */
  const executions = async (): Promise<readonly number[]> => {
    const response = await fetch(`${sandbox.urls.control}/executed`);
    const books: Record<string, Record<string, { accepted: number }>> = await response.json();
    const sum = (name: string) => Object.values(books[name] ?? {}).reduce((total, { accepted }) => total + accepted, 0);
    return PROVIDERS.map(sum);
  };
  const settled = (account: string, id: string) =>
    until(async () => {
      const { data } = await ask(LEDGER, { account, id });
      return data?.refund?.status === 'SUCCEEDED';
    }, 30_000);

  /** A primary with a standby that has heard of a first refund at each provider, and not of what comes. */
  async function withLaggingStandby(): Promise<{ readonly primary: Cluster; readonly standby: Cluster }> {
    const primary = await openCluster();
    instance = await startInstance(variablesOf(primary));
    for (const account of ACCOUNTS) await settled(account, await create(account, `first ${account}`));
    const standby = await primary.standby();
    clusters.push(standby);
    await standby.cutOff();
    return { primary, standby };
  }

  test.each([
    ['the caller names the refund', (account: string) => `LAG${account.toUpperCase()}`],
    ['the caller gives a key alone', () => undefined],
  ])('a standby that lags by a create at each provider is promoted: %s', async (_, idOf) => {
    const { primary, standby } = await withLaggingStandby();
    const before = await Promise.all(ACCOUNTS.map((account) => create(account, `lost ${account}`, idOf(account))));
    expect(await executions()).toEqual(ACCOUNTS.map(() => 2));

    await primary.crash();
    await instance?.kill();
    await standby.query('select pg_promote()');
    expect(await standby.query('select from refunds', DATABASE)).toHaveLength(ACCOUNTS.length);
    instance = await startInstance(variablesOf(standby));

    const after = await Promise.all(ACCOUNTS.map((account) => create(account, `lost ${account}`, idOf(account))));
    expect(after).toEqual(before);
    for (const [nth, account] of ACCOUNTS.entries()) await settled(account, after[nth] ?? '');
    expect(await executions()).toEqual(ACCOUNTS.map(() => 2));
    await instance.stop();
    expect(await brokenInvariants(standby.url(DATABASE), folder)).toEqual([]);
  });

  test('before the door is opened, npm run compare makes known what can be', async () => {
    const { primary, standby } = await withLaggingStandby();
    const lost = await Promise.all(ACCOUNTS.map((account) => create(account, `lost ${account}`)));
    for (const [nth, account] of ACCOUNTS.entries()) await settled(account, lost[nth] ?? '');
    await primary.crash();
    await instance?.kill();
    await standby.query('select pg_promote()');

    const env = { PATH: process.env['PATH'], AUTH: 'none', ...variablesOf(standby) };
    const { stdout } = await promisify(execFile)(process.execPath, ['src/commands/compare.ts'], { env });
    const lines = stdout.split('\n');
    expect(lines).toContainEqual(
      expect.stringMatching(/^library: \d+ compared, 1 unknown here \(now recorded\), .* 0 could not be/),
    );
    // By the payment, which the ledger knows by its first refund.
    expect(lines).toContainEqual(
      expect.stringMatching(/^blue: 2 compared, 1 unknown here \(now recorded\), .* 0 could not be/),
    );
    // This provider has no list and is queried by our id. A lost refund is known again when its key or a
    // callback comes.
    expect(lines).toContainEqual(
      expect.stringMatching(/^chain: 1 compared, 0 unknown here \(now recorded\), .* 0 could not be/),
    );
    const known = await standby.query(`select merchant_refund_id from refunds`, DATABASE);
    expect(known.map((row) => row['merchant_refund_id'])).toEqual(expect.arrayContaining(lost.slice(0, 2)));
    expect(await executions()).toEqual(ACCOUNTS.map(() => 2));
    expect(await brokenInvariants(standby.url(DATABASE), folder)).toEqual([]);
  });

  test('synchronous_commit is off for the database, and all its processes die at once: nothing is lost', async () => {
    const cluster = await openCluster();
    await cluster.query(`alter database ${DATABASE} set synchronous_commit = off`);
    instance = await startInstance(variablesOf(cluster));
    // Without our own setting no commit would reach the disk.
    await cluster.stopWriters();
    const made: (readonly [string, string])[] = [];
    for (const account of ACCOUNTS) made.push([account, await create(account, `key ${account}`)]);
    await cluster.crash();
    await instance.kill();

    await cluster.start();
    const rows = await cluster.query('select account_key, merchant_refund_id from refunds', DATABASE);
    const kept = rows.map((row) => [row['account_key'], row['merchant_refund_id']].join(' '));
    expect(kept.toSorted()).toEqual(made.map((one) => one.join(' ')).toSorted());
    instance = await startInstance(variablesOf(cluster));
    for (const [account, id] of made) await settled(account, id);
    expect(await executions()).toEqual(ACCOUNTS.map(() => 1));
    await instance.stop();
    expect(await brokenInvariants(cluster.url(DATABASE), folder)).toEqual([]);
  });
});
