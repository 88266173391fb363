import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import fs, { mkdtempSync, rmSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { Kysely, PostgresDialect, sql } from 'kysely';
import { Migrator } from 'kysely/migration';
import pg from 'pg';
import { v7 } from 'uuid';
import { afterAll, describe, expect, it } from 'vitest';
import { findKeyUse } from '../../../src/ledger/idempotency.ts';
import { inTransaction, openLedger, type Ledger } from '../../../src/ledger/database/database.ts';
import { DataDirInUseError, LedgerUnavailableError } from '../../../src/ledger/database/errors.ts';
import * as firstMigration from '../../../src/ledger/database/migrations/0001-ledger.ts';
import { findRefunds } from '../../../src/ledger/refund/refunds.ts';
import { accountKey, merchantRefundId } from '../../../src/refunds/ids.ts';
import { observe } from '../../../src/services/observation/observe.ts';
import { describeOnEachDatabase, withEmptyDatabase } from '../../support/database.ts';
import { refundUpdate } from '../../support/refund-update.ts';

const DEPS = { clock: () => new Date('2024-07-31T08:26:46Z'), newId: () => v7() };
const ACCOUNT = { key: accountKey('chain'), provider: 'TIPAY', retryFailed: true } as const;
const REF = { account: ACCOUNT.key, merchantRefundId: merchantRefundId('R1') };

describeOnEachDatabase('the ledger database', (database) => {
  it('reads int8 as bigint on its own pool, and leaves the driver as it is for others', async () => {
    const { pool } = await database.open();
    const text = `select 9007199254740993::int8 as large`;
    expect((await pool.query(text)).rows).toEqual([{ large: 9007199254740993n }]);
    expect((await pool.query({ text, types: pg.types })).rows).toEqual([{ large: '9007199254740993' }]);
  });

  it('keeps all of a transaction or nothing', async () => {
    const ledger = await database.open();
    const given = inTransaction(ledger, async (tx) => {
      await sql`insert into payments (id, account_key, merchant_payment_id) values (${v7()}, 'a', 'P')`.execute(tx);
      throw new Error('changed my mind');
    });
    await expect(given).rejects.toThrow('changed my mind');
    expect(await ledger.db.selectFrom('payments').selectAll().execute()).toEqual([]);
  });

  it('keeps nothing of a transaction that is rolled back on a value, and gives the value', async () => {
    const ledger = await database.open();
    const given = await inTransaction<string>(ledger, async (tx, rollBack) => {
      await sql`insert into payments (id, account_key, merchant_payment_id) values (${v7()}, 'a', 'P')`.execute(tx);
      return rollBack('changed my mind');
    });
    expect(given).toBe('changed my mind');
    expect(await ledger.db.selectFrom('payments').selectAll().execute()).toEqual([]);
  });

  it('runs a transaction again that the database undid because of another, and no other', async () => {
    const ledger = await database.open();
    const failing = async (state: string, times: number): Promise<number> => {
      let runs = 0;
      await inTransaction(ledger, async (tx) => {
        runs += 1;
        const raise = sql.raw(`do $$ begin raise exception 'no' using errcode = '${state}'; end $$`);
        if (runs <= times) await raise.execute(tx);
      }).catch(() => undefined);
      return runs;
    };
    expect(await failing('40P01', 2)).toBe(3);
    expect(await failing('40001', 2)).toBe(3);
    expect(await failing('40001', 99)).toBe(5);
    expect(await failing('23505', 1)).toBe(1);
  });

  it('answers a ping', async () => {
    const ledger = await database.open();
    await expect(ledger.ping()).resolves.toBeUndefined();
  });
});

describe('the embedded ledger in a data folder', { timeout: 120_000 }, () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'refund-graph-'));
  afterAll(() => rmSync(dataDir, { recursive: true }));

  it('is there again after a restart, held by one at a time, and on the disk before a commit is acknowledged', async () => {
    const first = await openLedger({ dataDir }, DEPS);
    expect(first.kind).toBe('embedded');
    await expect(openLedger({ dataDir }, DEPS)).rejects.toThrow(DataDirInUseError);
    await expect(openLedger({ dataDir }, DEPS)).rejects.toThrow(`The data folder ${dataDir} is in use`);

    const { fdatasyncSync } = fs;
    let synced = 0;
    fs.fdatasyncSync = (fd) => {
      synced += 1;
      fdatasyncSync(fd);
    };
    syncBuiltinESMExports();
    try {
      for (const commit of [1, 2, 3]) {
        await observe(first, ACCOUNT, [refundUpdate({ merchantRefundId: merchantRefundId(`R${commit}`) })], {
          via: 'POLL',
          at: DEPS.clock(),
        });
        expect(synced).toBeGreaterThanOrEqual(commit);
      }
      expect(synced).toBeLessThan(10);
    } finally {
      fs.fdatasyncSync = fdatasyncSync;
      syncBuiltinESMExports();
    }
    await first.close();
    await expect(first.ping()).rejects.toThrow(LedgerUnavailableError);
    await expect(findRefunds(first.db, [REF])).rejects.toThrow(LedgerUnavailableError);

    const second = await openLedger({ dataDir }, DEPS);
    expect(await findRefunds(second.db, [REF])).toHaveLength(1);
    await second.close();
  });

  it('refuses a second process with a sentence, is free when the first is killed, and has lost nothing', async () => {
    const first = hold(dataDir);
    await once(first.stdout, 'data');
    const second = hold(dataDir);
    const [said] = await once(second.stderr, 'data');
    expect(String(said)).toContain(`DataDirInUseError: The data folder ${dataDir} is in use by another process`);

    let acknowledged = '';
    first.stdout.on('data', (chunk) => (acknowledged += String(chunk)));
    while (acknowledged.length < 200) await once(first.stdout, 'data');
    first.kill('SIGKILL');
    await once(first, 'exit');

    const ledger = await openLedger({ dataDir }, DEPS);
    const last = Number(acknowledged.trim().split('\n').at(-1));
    const { rows } = await ledger.pool.query<{ count: bigint }>('select count(*) from committed');
    expect(Number(rows[0]?.count)).toBeGreaterThanOrEqual(last);
    await ledger.close();
  });
});

type Held = ChildProcessByStdio<null, Readable, Readable>;
const hold = (dataDir: string): Held =>
  spawn(process.execPath, [join(import.meta.dirname, 'hold-data-dir.ts'), dataDir], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });

it('says that the database is not there, instead of the system error', async () => {
  const nowhere = openLedger({ databaseUrl: 'postgres://127.0.0.1:1/none' }, DEPS);
  await expect(nowhere).rejects.toThrow(LedgerUnavailableError);
});

const SERVER = process.env['TEST_DATABASE_URL'] ?? '';
describe.skipIf(SERVER === '')('the ledger on PostgreSQL', { timeout: 60_000 }, () => {
  const openTen = (databaseUrl: string): Promise<readonly Ledger[]> =>
    Promise.all(Array.from({ length: 10 }, () => openLedger({ databaseUrl, maxConnections: 2 }, DEPS)));

  it('is installed by ten instances that start at once', async () => {
    await withEmptyDatabase(SERVER, async (databaseUrl) => {
      const ledgers = await openTen(databaseUrl);
      const [first, ...others] = ledgers;
      if (first === undefined) throw new Error('nothing opened');
      await observe(first, ACCOUNT, [refundUpdate()], { via: 'POLL', at: DEPS.clock() });
      for (const ledger of others) expect(await findRefunds(ledger.db, [REF])).toHaveLength(1);
      await Promise.all(ledgers.map((ledger) => ledger.close()));
    });
  });

  it('is brought up from the first version, with its data, by ten instances that start at once', async () => {
    await withEmptyDatabase(SERVER, async (databaseUrl) => {
      const pool = new pg.Pool({ connectionString: databaseUrl, max: 1 });
      const old = new Migrator({
        db: new Kysely<unknown>({ dialect: new PostgresDialect({ pool }) }),
        provider: { getMigrations: () => Promise.resolve({ '0001-ledger': firstMigration }) },
      });
      expect((await old.migrateToLatest()).error).toBeUndefined();
      await pool.query(`insert into refunds (id, account_key, provider, merchant_refund_id, amount_minor, currency,
        status, created_at, created_at_is_ours, attempts, has_left_failed, revision)
        values ('${v7()}', 'chain', 'TIPAY', 'R1', 1292, 'CNY', 'PENDING', now(), true, 1, false, 1)`);
      await pool.query(`insert into idempotency_keys (key, input_hash, refund_id, created_at)
        select 'K', 'hash', id, now() from refunds`);
      await pool.end();
      const ledgers = await openTen(databaseUrl);
      for (const ledger of ledgers) {
        expect(await findRefunds(ledger.db, [REF])).toMatchObject([{ status: 'PENDING' }]);
        // A key that was used before there were accounts of keys is its refund's account's.
        expect(await findKeyUse(ledger.db, { account: ACCOUNT.key, idempotencyKey: 'K' })).toMatchObject({
          inputHash: 'hash',
          stored: { refund: REF },
        });
        expect(await findKeyUse(ledger.db, { account: accountKey('blue'), idempotencyKey: 'K' })).toBeNull();
        await ledger.close();
      }
    });
  });

  it('tells a connection that was cut from everything else, and goes on with another', async () => {
    await withEmptyDatabase(SERVER, async (databaseUrl) => {
      const ledger = await openLedger({ databaseUrl }, DEPS);
      const cut = inTransaction(ledger, async (tx) => {
        await sql`select pg_terminate_backend(pg_backend_pid())`.execute(tx);
      });
      await expect(cut).rejects.toThrow(LedgerUnavailableError);
      await expect(sql`select * from nowhere`.execute(ledger.db)).rejects.toThrow('relation "nowhere" does not exist');
      await ledger.ping();
      await ledger.close();
    });
  });

  it('says once that listening was lost', async () => {
    await withEmptyDatabase(SERVER, async (databaseUrl) => {
      const ledger = await openLedger({ databaseUrl }, DEPS);
      let losses = 0;
      const lost = new Promise<void>((resolve) => {
        void ledger.listen(
          'refund_events',
          () => undefined,
          () => {
            losses += 1;
            resolve();
          },
        );
      });
      await expect
        .poll(async () => {
          const cut = await ledger.pool.query(
            `select pg_terminate_backend(pid) from pg_stat_activity
             where datname = current_database() and query like 'listen %'`,
          );
          return cut.rowCount;
        })
        .toBe(1);
      await lost;
      await ledger.close();
      expect(losses).toBe(1);
    });
  });
});
