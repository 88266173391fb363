/**
 * One test body on both databases. Embedded: one instance per file, unpacked from a prepared image, and
 * emptied for every ledger that is opened. PostgreSQL, when TEST_DATABASE_URL is set: a database per file,
 * cloned from a template, and emptied likewise. With TEST_EMBEDDED=no the embedded half is left out: CI has
 * run it just before.
 */
import { createHash, randomUUID } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import pg from 'pg';
import { v7 } from 'uuid';
import { afterAll, beforeAll, describe } from 'vitest';
import { openBoss } from '../../src/ledger/queue/boss.ts';
import { openLedger, type Ledger } from '../../src/ledger/database/database.ts';

export interface TestDatabase {
  readonly kind: Ledger['kind'];
  /** A ledger with empty tables. What was opened before in this file sees them empty too. */
  readonly open: (deps?: Partial<typeof DEPS>) => Promise<Ledger>;
  /**
   * The ledger of a second server over the same tables. On the embedded database, which has one process, it
   * is the same one.
   */
  readonly another: () => Promise<Ledger>;
}

/** Preparing an image takes seconds, and on a busy machine many. */
const PREPARATION_MS = 120_000;

const DEPS: Pick<Ledger, 'clock' | 'newId'> = { clock: () => new Date(), newId: () => v7() };

/** What is opened for a test is closed after its file. */
const STAYS_OPEN = (): Promise<void> => Promise.resolve();

/** Registers the same tests for every database at hand. */
export function describeOnEachDatabase(name: string, tests: (database: TestDatabase) => void): void {
  describe.skipIf(process.env['TEST_EMBEDDED'] === 'no')(`${name}, embedded`, () => {
    let ledger: Ledger;
    let lite: PGlite;
    beforeAll(async () => {
      lite = await preparedEmbedded();
      ledger = await openLedger({ lite }, DEPS);
    }, PREPARATION_MS);
    afterAll(async () => {
      await ledger.close();
      await lite.close();
    });
    tests({
      kind: 'embedded',
      open: async (deps) => {
        await empty(ledger);
        return { ...ledger, ...deps, close: STAYS_OPEN };
      },
      another: () => Promise.resolve({ ...ledger, close: STAYS_OPEN }),
    });
  });

  const server = process.env['TEST_DATABASE_URL'];
  describe.skipIf(server === undefined || server === '')(`${name}, PostgreSQL`, () => {
    const opened: Ledger[] = [];
    let databaseUrl = '';
    let first: Ledger;
    const open = async (): Promise<Ledger> => {
      const ledger = await openLedger({ databaseUrl, maxConnections: 12 }, DEPS);
      opened.push(ledger);
      return ledger;
    };
    beforeAll(async () => {
      databaseUrl = await cloneTemplate(server ?? '');
      first = await open();
    }, PREPARATION_MS);
    afterAll(async () => {
      await Promise.all(opened.map((ledger) => ledger.close()));
      if (databaseUrl !== '') await dropDatabase(databaseUrl);
    });
    tests({
      kind: 'postgres',
      open: async (deps) => {
        await empty(first);
        return { ...first, ...deps, close: STAYS_OPEN };
      },
      another: open,
    });
  });
}

/**
 * Deletes rows. For a few rows this is faster than `truncate`, which creates every table's files again.
 * Without triggers, in any order.
 */
const EMPTY = `do $$
  declare name text;
  begin
    perform set_config('session_replication_role', 'replica', true);
    for name in select tablename from pg_tables where schemaname = 'public' and tablename not like 'kysely%'
      and tablename <> 'cursor_key' loop
      execute format('delete from %I', name);
    end loop;
  end
$$`;

async function empty(ledger: Ledger): Promise<void> {
  await ledger.pool.query(EMPTY);
}

/**
 * Changes with everything that shapes the tables, so that an image or template of another shape is not used.
 */
function shape(): string {
  const hash = createHash('sha256');
  hash.update(PGlite.defaultStartParams.join(' '));
  const files = readdirSync('src/ledger/database/migrations').toSorted();
  for (const file of [
    ...files.map((name) => `src/ledger/database/migrations/${name}`),
    'node_modules/@electric-sql/pglite/package.json',
  ]) {
    hash.update(readFileSync(file));
  }
  return hash.digest('hex').slice(0, 16);
}

/**
 * An embedded database in memory with all tables. The first run stores an image: initdb takes seconds,
 * unpacking 0.3 s.
 */
export async function preparedEmbedded(): Promise<PGlite> {
  const folder = join('node_modules', '.cache', 'refund-graph');
  const image = join(folder, `ledger-${shape()}.tar`);
  if (!existsSync(image)) {
    mkdirSync(folder, { recursive: true });
    const lite = await PGlite.create();
    const ledger = await openLedger({ lite }, DEPS);
    await ledger.close();
    const dump = await lite.dumpDataDir('none');
    await lite.close();
    const written = `${image}.${randomUUID()}`;
    writeFileSync(written, Buffer.from(await dump.arrayBuffer()));
    renameSync(written, image);
  }
  return PGlite.create({ loadDataDir: new Blob([readFileSync(image)]) });
}

/**
 * Puts an embedded database with all tables into a server's `DATA_DIR`. The first run makes one on disk, as a
 * start would. Making one takes seconds, copying it a moment.
 */
export async function prepareDataDir(dataDir: string): Promise<void> {
  const cache = join('node_modules', '.cache', 'refund-graph');
  const prepared = join(cache, `data-dir-${shape()}`);
  if (!existsSync(prepared)) {
    const making = `${prepared}.${randomUUID()}`;
    const ledger = await openLedger({ dataDir: join(making, 'ledger') }, DEPS);
    const boss = await openBoss(ledger, (error) => {
      throw error;
    });
    await boss.stop({ close: false, graceful: false });
    await ledger.close();
    // Whoever comes second has made the same.
    if (existsSync(prepared)) rmSync(making, { recursive: true });
    else renameSync(making, prepared);
  }
  cpSync(prepared, dataDir, { recursive: true });
}

/** How many of a PostgreSQL database's connections wait for a lock that another holds. */
export async function waitingForLocks({ pool }: Ledger): Promise<number> {
  const { rowCount } = await pool.query(
    `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
  );
  return rowCount ?? 0;
}

/** Runs statements on the server's maintenance database, one at a time over all test files that do so. */
async function administer(server: string, statements: (client: pg.Client) => Promise<void>): Promise<void> {
  const url = new URL(server);
  url.pathname = '/postgres';
  const client = new pg.Client({ connectionString: url.href });
  await client.connect();
  try {
    await client.query(`select pg_advisory_lock(hashtextextended('refund-graph tests', 0))`);
    await statements(client);
  } finally {
    await client.end();
  }
}

const nameOf = (databaseUrl: string): string => new URL(databaseUrl).pathname.slice(1);

function urlOf(server: string, name: string): string {
  const url = new URL(server);
  url.pathname = `/${name}`;
  return url.href;
}

/** Runs a test on a PostgreSQL database of its own that has no tables yet. */
export async function withEmptyDatabase(server: string, test: (databaseUrl: string) => Promise<void>): Promise<void> {
  const name = `${nameOf(server)}_${randomUUID().slice(0, 8)}`;
  await administer(server, async (client) => {
    await client.query(`create database "${name}"`);
  });
  try {
    await test(urlOf(server, name));
  } finally {
    await dropDatabase(urlOf(server, name));
  }
}

/** A database of the test's own with all tables, cloned from a template that the first run makes. */
export async function cloneTemplate(server: string): Promise<string> {
  const base = nameOf(server);
  const template = `${base}_template_${shape()}`;
  const clone = `${base}_${randomUUID().slice(0, 8)}`;
  await administer(server, async (client) => {
    const { rowCount } = await client.query('select from pg_database where datname = $1', [template]);
    if (rowCount === 0) {
      const { rows } = await client.query<{ datname: string }>(
        `select datname from pg_database where starts_with(datname, $1)`,
        [`${base}_template_`],
      );
      for (const { datname } of rows) await client.query(`drop database "${datname}"`);
      const making = `${base}_making`;
      await client.query(`create database "${making}"`);
      const ledger = await openLedger({ databaseUrl: urlOf(server, making) }, DEPS);
      await ledger.close();
      await client.query(`alter database "${making}" rename to "${template}"`);
    }
    await client.query(`create database "${clone}" template "${template}"`);
  });
  return urlOf(server, clone);
}

/** Drops it, and closes its connections. */
export async function dropDatabase(databaseUrl: string): Promise<void> {
  await administer(databaseUrl, async (client) => {
    await client.query(`drop database if exists "${nameOf(databaseUrl)}" with (force)`);
  });
}

/** A copy of a database that has no connections. */
export async function copyDatabase(databaseUrl: string): Promise<string> {
  const copy = `${nameOf(databaseUrl)}_copy`;
  await administer(databaseUrl, async (client) => {
    await client.query(`create database "${copy}" template "${nameOf(databaseUrl)}"`);
  });
  return urlOf(databaseUrl, copy);
}

/**
 * Puts a database in another one's place, as a failover does. All connections to that one are closed, and its
 * name leads to this one. Returns the name that the replaced one has now.
 */
export async function takeOver(databaseUrl: string, by: string): Promise<string> {
  const [name, gone] = [nameOf(databaseUrl), `${nameOf(databaseUrl)}_gone`];
  await administer(databaseUrl, async (client) => {
    await client.query(`alter database "${name}" with allow_connections false`);
    await client.query('select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = $1', [name]);
    await client.query(`alter database "${name}" rename to "${gone}"`);
    await client.query(`alter database "${nameOf(by)}" rename to "${name}"`);
  });
  return urlOf(databaseUrl, gone);
}
