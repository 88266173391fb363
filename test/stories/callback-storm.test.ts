/**
 * Promise: 300 callbacks, each three times, in any order, while servers die and the database closes all
 * connections: each is acknowledged in the end, and the ledger is exactly right.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openLedger, type LedgerPlace } from '../../src/ledger/database/database.ts';
import { v7 } from 'uuid';
import { cloneTemplate, dropDatabase, prepareDataDir } from '../support/database.ts';
import { startInstance, type Instance } from '../support/instance.ts';
import { createNotifier, type Notifier } from '../support/notices.ts';
import { compare, makeStorm, recordOurs, sendAll } from '../support/storm.ts';

const TOOLS = { clock: () => new Date(), newId: () => v7() };
/** Nobody answers queries here, so none are sent but those that a callback causes. */
const QUIET = {
  reconciliation: { pausesSeconds: [3_600], sweepSeconds: 3_600 },
  mirror: { enabled: false },
};
const SIZE = { callbacks: 300, times: 3 };

let folder: string;
let notifier: Notifier;
let config: string;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'refund-graph-'));
  await prepareDataDir(folder);
  notifier = await createNotifier();
  config = join(folder, 'refunds.json');
  writeFileSync(config, JSON.stringify({ ...notifier.config(), ...QUIET }));
});
const running: Instance[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((instance) => instance.kill()));
  rmSync(folder, { recursive: true, force: true });
});

async function start(variables: Readonly<Record<string, string>>): Promise<Instance> {
  const instance = await startInstance({ REFUNDS_CONFIG: config, DATA_DIR: folder, ...variables });
  running.push(instance);
  return instance;
}

async function withLedger<Value>(
  place: LedgerPlace,
  work: (ledger: Awaited<ReturnType<typeof openLedger>>) => Promise<Value>,
) {
  const ledger = await openLedger(place, TOOLS);
  try {
    return await work(ledger);
  } finally {
    await ledger.close();
  }
}

it('at one server over the embedded database, killed half-way and started again', async () => {
  const storm = makeStorm(notifier, { ...SIZE, seed: 1 });
  const place = { dataDir: join(folder, 'ledger') };
  await withLedger(place, (ledger) => recordOurs(ledger, storm));

  let instance: Instance | null = await start({});
  const restarts: Promise<void>[] = [];
  const restart = async (): Promise<void> => {
    const dying = instance;
    instance = null;
    await dying?.kill();
    instance = await start({});
  };
  const half = Math.floor(storm.deliveries.length / 2);
  const sent = await sendAll(storm.deliveries, () => (instance === null ? [] : [instance.url]), {
    atOnce: 20,
    progress: (done) => {
      if (done === half) restarts.push(restart());
    },
  });
  await Promise.all(restarts);
  expect(restarts).toHaveLength(1);
  expect(sent.again).toBeGreaterThan(0);
  expect(sent.acknowledged + sent.refused).toBe(storm.deliveries.length);
  await instance.stop();
  const { wrong, states } = await withLedger(place, (ledger) => compare(ledger, storm));
  expect(wrong).toEqual([]);
  expect(states).toMatchObject({ 'FLAGGED with a reason': 2, 'REJECTED with a reason': 2 });
}, 300_000);

const server = process.env['TEST_DATABASE_URL'] ?? '';

it.skipIf(server === '')(
  'at two servers over one PostgreSQL, one killed, and all connections cut once',
  async () => {
    const storm = makeStorm(notifier, { ...SIZE, seed: 2 });
    const databaseUrl = await cloneTemplate(server);
    try {
      await withLedger({ databaseUrl }, async (ledger) => {
        await recordOurs(ledger, storm);
        const [first, second] = await Promise.all([
          start({ DATABASE_URL: databaseUrl }),
          start({ DATABASE_URL: databaseUrl }),
        ]);
        let up = [first.url, second.url];
        const troubles: Promise<unknown>[] = [];
        const kill = async (): Promise<void> => {
          // The sender does not know yet.
          await second.kill();
          up = [first.url];
          const third = await start({ DATABASE_URL: databaseUrl });
          up = [first.url, third.url];
        };
        const cut = (): Promise<unknown> =>
          ledger.pool.query(`select pg_terminate_backend(pid) from pg_stat_activity
          where datname = current_database() and pid <> pg_backend_pid()`);
        const all = storm.deliveries.length;
        const sent = await sendAll(storm.deliveries, () => up, {
          atOnce: 20,
          progress: (done) => {
            if (done === Math.floor(all / 3)) troubles.push(kill());
            if (done === Math.floor((2 * all) / 3)) troubles.push(cut());
          },
        });
        await Promise.all(troubles);
        expect(troubles).toHaveLength(2);
        expect(sent.again).toBeGreaterThan(0);
        expect(sent.acknowledged + sent.refused).toBe(all);
        expect((await compare(ledger, storm)).wrong).toEqual([]);
      });
    } finally {
      await Promise.all(running.splice(0).map((instance) => instance.kill()));
      await dropDatabase(databaseUrl);
    }
  },
  120_000,
);
