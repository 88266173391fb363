/**
 * Promise: `refundUpdated` sends a refund's state at once, whether it was made or found, and after a restart,
 * too.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { startSandbox, type Sandbox } from '../../src/sandbox/sandbox.ts';
import { cloneTemplate, dropDatabase, prepareDataDir } from '../support/database.ts';
import { startInstance, type Instance } from '../support/instance.ts';
import { subscribe, TRANSPORTS, type Transport } from '../support/live-clients.ts';
import type { GraphqlAnswer } from '../support/server.ts';
import { until } from '../support/until.ts';

const CREATE = `mutation ($input: CreateRefundInput!) {
  createRefund(input: $input) { kind: __typename ... on CreateRefundSuccess { refund { id } } }
}`;
const EVENT = 'cursor type status snapshot { version status } refund { id }';
const UPDATES = `subscription ($id: ID!, $after: EventCursor) { refundUpdated(id: $id, after: $after) { ${EVENT} } }`;
const HISTORY = `query ($id: ID!) { node(id: $id) { ... on Refund { events(last: 100) { nodes { ${EVENT} } } } } }`;
const LIST = `{ refunds(first: 20, filter: { accounts: ["library"] }) { nodes { id } } }`;

const PAYMENTS = {
  chain: { merchantPaymentId: 'ORDERDEMO1', amount: { amount: '1', currency: 'CNY' } },
  blue: { providerPaymentId: 'CUDEMO1', amount: { amount: '1', currency: 'THB' } },
  library: { providerPaymentId: 'PAY-DEMO-1', amount: { amount: '1', currency: 'CNY' } },
} as const;
const ACCOUNTS = ['chain', 'blue', 'library'] as const;

const postgres = process.env['TEST_DATABASE_URL'];

describe.each(['embedded', ...(postgres === undefined || postgres === '' ? [] : ['PostgreSQL'])])('%s', (database) => {
  let sandbox: Sandbox;
  let folder: string;
  let databaseUrl: string | null = null;
  let instance: Instance;

  const start = async (): Promise<void> => {
    const variables = { REFUNDS_CONFIG: join(folder, 'config.json'), DATA_DIR: folder };
    instance = await startInstance({ ...variables, ...(databaseUrl === null ? {} : { DATABASE_URL: databaseUrl }) });
  };
  beforeEach(async () => {
    sandbox = await startSandbox({ life: { processingAfterMs: 300, doneAfterMs: 900 } });
    folder = mkdtempSync(join(tmpdir(), 'refund-graph-'));
    if (database === 'embedded') await prepareDataDir(folder);
    databaseUrl = database === 'PostgreSQL' ? await cloneTemplate(postgres ?? '') : null;
    const reconciliation = { pausesSeconds: [0.3, 0.6, 1, 1, 1, 2], lateArrivalSeconds: 0.3, sweepSeconds: 1 };
    const configuration = { ...sandbox.config, reconciliation, mirror: { enabled: false } };
    writeFileSync(join(folder, 'config.json'), JSON.stringify(configuration));
    await start();
  }, 120_000);
  afterEach(async () => {
    await instance.stop();
    await sandbox.close();
    if (databaseUrl !== null) await dropDatabase(databaseUrl);
    rmSync(folder, { recursive: true, force: true });
  }, 60_000);

  const ask = async (query: string, variables: object = {}): Promise<GraphqlAnswer> => {
    const response = await fetch(`${instance.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query, variables }),
    });
    return response.json();
  };
  const follow = (transport: Transport, id: string) => {
    const subscribed = subscribe({ transport, url: `${instance.url}/graphql`, query: UPDATES, variables: { id } });
    onTestFinished(() => subscribed.leave());
    return subscribed;
  };
  const history = async (id: string): Promise<readonly { cursor: string; status: string }[]> =>
    (await ask(HISTORY, { id })).data.node.events.nodes;
  async function create(account: (typeof ACCOUNTS)[number]): Promise<string> {
    const input = { idempotencyKey: crypto.randomUUID(), account, ...PAYMENTS[account] };
    const { data } = await ask(CREATE, { input });
    expect(data.createRefund.kind).toBe('CreateRefundSuccess');
    return data.createRefund.refund.id;
  }

  /** Both transports are told the last event that is written already, first, and then all that follow. */
  async function tellsFromLatest(id: string, isDone: (status: string | undefined) => boolean): Promise<string> {
    const before = await history(id);
    const both = TRANSPORTS.map((transport) => follow(transport, id));
    await until(() => both.every(({ results }) => isDone(results.at(-1)?.data?.refundUpdated.status)), 30_000);
    const after = await history(id);
    for (const { results, ended, leave } of both) {
      const told = results.map(({ data }) => data?.refundUpdated);
      expect(told).toEqual(after.slice(-told.length));
      // The first is the latest of that moment: the last of `before`, or one that was written since.
      expect(after.length - told.length).toBeGreaterThanOrEqual(before.length - 1);
      expect(ended()).toBeNull();
      leave();
    }
    return after.at(-1)?.status ?? 'there is no event';
  }

  test('of a refund made the moment before, at each provider, and once more after a restart', async () => {
    const ids: string[] = [];
    for (const account of ACCOUNTS) {
      const id = await create(account);
      ids.push(id);
      await tellsFromLatest(id, (status) => status === 'SUCCEEDED');
    }
    await instance.stop();
    await start();
    const told = await Promise.all(ids.map((id) => tellsFromLatest(id, (status) => status === 'SUCCEEDED')));
    expect(told).toEqual(['SUCCEEDED', 'SUCCEEDED', 'SUCCEEDED']);
  }, 120_000);

  test('of every refund of a page that was found by a list, wherever its event stands in the transaction', async () => {
    const found: readonly { readonly id: string }[] = (await ask(LIST)).data.refunds.nodes;
    expect(found.length).toBeGreaterThan(5);
    for (const { id } of found) await tellsFromLatest(id, (status) => status !== undefined);
  }, 120_000);
});
