/**
 * Promise: our connections and transactions make a commit durable, whatever the database, the role or the
 * connection string says, and they weaken nothing. If the server may lose commits all the same, the start and
 * the doctor say so.
 */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { inTransaction, openLedger, type Ledger } from '../../../src/ledger/database/database.ts';
import { POSTGRES_PROGRAMS, startCluster, WITHOUT_PROGRAMS, type Cluster } from '../../support/postgres-cluster.ts';

const DEPS = { clock: () => new Date(), newId: () => '' };
const DATABASE = 'refunds';

/** Runs a command of the server; its exit code and its lines. */
function run(file: string, databaseUrl: string): Promise<{ readonly code: number; readonly lines: readonly string[] }> {
  const folder = mkdtempSync(join(tmpdir(), 'refund-graph-'));
  const env = { PATH: process.env['PATH'], DATA_DIR: folder, SANDBOX: 'yes', DATABASE_URL: databaseUrl };
  return new Promise((resolve) => {
    execFile(process.execPath, [file], { env }, (error, stdout, stderr) => {
      rmSync(folder, { recursive: true, force: true });
      const code = typeof error?.code === 'number' ? error.code : 0;
      resolve({ code, lines: `${stdout}${stderr}`.trimEnd().split('\n') });
    });
  });
}

describe.skipIf(POSTGRES_PROGRAMS === null)(`a sound server${WITHOUT_PROGRAMS}`, { timeout: 120_000 }, () => {
  let cluster: Cluster;
  let ledger: Ledger | null = null;
  beforeAll(async () => {
    cluster = await startCluster();
    await cluster.query(`create database ${DATABASE}`);
    await cluster.query('create role owner login superuser');
  }, 120_000);
  afterEach(() => ledger?.close());
  afterAll(() => cluster.remove());

  const shown = async (): Promise<unknown> => {
    const { rows } = await (ledger?.pool.query('show synchronous_commit') ?? { rows: [] });
    return rows[0]?.synchronous_commit;
  };
  const shownInTransaction = async (opened: Ledger): Promise<unknown> =>
    inTransaction(opened, async (tx) => {
      const { rows } = await sql<{ synchronous_commit: string }>`show synchronous_commit`.execute(tx);
      return rows[0]?.synchronous_commit;
    });

  test.each([
    ['off', 'on'],
    ['local', 'on'],
    ['remote_write', 'on'],
    ['on', 'on'],
    ['remote_apply', 'remote_apply'],
  ])('%s of the database is %s for us, in every session and every transaction', async (set, expected) => {
    await cluster.query(`alter database ${DATABASE} set synchronous_commit = ${set}`);
    ledger = await openLedger({ databaseUrl: cluster.url(DATABASE), maxConnections: 1 }, DEPS);
    expect(await shown()).toBe(expected);
    expect(await shownInTransaction(ledger)).toBe(expected);
    expect(await ledger.weaknesses()).toEqual([]);
    // As behind PgBouncer in transaction mode: the session is not the one that we have set.
    await ledger.pool.query(`set synchronous_commit = ${set}`);
    expect(await shownInTransaction(ledger)).toBe(expected);
    expect(await shown()).toBe(set);
  });

  test('off of the role, and off in DATABASE_URL itself, are on for us', async () => {
    await cluster.query(`alter database ${DATABASE} reset synchronous_commit`);
    await cluster.query('alter role owner set synchronous_commit = off');
    const databaseUrl = `${cluster.url(DATABASE, 'owner')}?options=-c%20synchronous_commit%3Doff`;
    ledger = await openLedger({ databaseUrl, maxConnections: 1 }, DEPS);
    expect(await shown()).toBe('on');
    expect(await shownInTransaction(ledger)).toBe('on');
    const { lines } = await run('src/commands/doctor.ts', databaseUrl);
    expect(lines).toContain('ok   database: what it has acknowledged outlives a crash');
  });

  test('a setting that is lost on the way is a weakness', async () => {
    ledger = await openLedger({ databaseUrl: cluster.url(DATABASE), maxConnections: 1 }, DEPS);
    await ledger.pool.query('set synchronous_commit = off');
    expect(await ledger.weaknesses()).toEqual([
      { kind: 'forgets', text: expect.stringMatching(/^synchronous_commit is off, and our connections can't set it/) },
    ]);
  });
});

test.skipIf(POSTGRES_PROGRAMS === null)(
  `fsync off, a standby that is asynchronous, and a start on a standby are told${WITHOUT_PROGRAMS}`,
  async () => {
    const clusters: Cluster[] = [];
    try {
      const primary = await startCluster({ fsync: 'off', full_page_writes: 'off' });
      clusters.push(primary);
      await primary.query(`create database ${DATABASE}`);
      const ledger = await openLedger({ databaseUrl: primary.url(DATABASE), maxConnections: 1 }, DEPS);
      const standby = await primary.standby();
      clusters.push(standby);
      const texts = (await ledger.weaknesses()).map(({ kind, text }) => `${kind}: ${text}`);
      expect(texts).toEqual([
        expect.stringMatching(/^forgets: fsync is off: .*; set fsync = on$/),
        expect.stringMatching(/^forgets: full_page_writes is off: .*; set full_page_writes = on, unless/),
        expect.stringMatching(
          /^lags: its standbys are asynchronous \(1\): .* run npm run compare after each failover$/,
        ),
      ]);
      await ledger.close();

      const doctor = await run('src/commands/doctor.ts', primary.url(DATABASE));
      expect(doctor.code).toBe(1);
      const said = doctor.lines.filter((line) => /^(FAIL|info)/.test(line));
      expect(said.map((line) => line.slice(0, 40))).toEqual([
        'FAIL database: fsync is off: a crash of ',
        'FAIL database: full_page_writes is off: ',
        'info database: its standbys are asynchro',
      ]);
      // A role without special rights is told as much.
      await primary.query('create role plain login', DATABASE);
      const url = primary.url(DATABASE, 'plain');
      await primary.query('grant select on all tables in schema public to plain', DATABASE);
      expect((await run('src/commands/doctor.ts', url)).lines).toContainEqual(
        expect.stringMatching(/^info database: its standbys are asynchronous \(1\)/),
      );

      const onStandby = {
        code: 1,
        lines: [expect.stringMatching(/^The database server is a standby \(in recovery\) .*: name the primary in/)],
      };
      expect(await run('src/main.ts', standby.url(DATABASE))).toMatchObject(onStandby);
      const examined = await run('src/commands/doctor.ts', standby.url(DATABASE));
      expect(examined.code).toBe(1);
      expect(examined.lines).toContain(
        'FAIL database: it is a standby and can only be read: name the primary in DATABASE_URL',
      );

      await primary.query(`alter system set synchronous_standby_names = 'another'`);
      await primary.query('select pg_reload_conf()');
      const after = await run('src/commands/doctor.ts', primary.url(DATABASE));
      expect(after.lines).toContainEqual(expect.stringMatching(/^info database: 1 of its standbys asynchronous: /));
    } finally {
      await Promise.all(clusters.map((cluster) => cluster.remove()));
    }
  },
  240_000,
);
