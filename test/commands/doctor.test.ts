/**
 * Promise: `npm run doctor` prints one line for each thing that must be right, says what to do where it is
 * not, and changes nothing.
 */
import { execFile } from 'node:child_process';
import { createServer } from 'node:http';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openLedger, type Ledger } from '../../src/ledger/database/database.ts';
import { startSandbox, type Sandbox } from '../../src/sandbox/sandbox.ts';
import { cloneTemplate, dropDatabase, withEmptyDatabase } from '../support/database.ts';
import { until } from '../support/until.ts';

let sandbox: Sandbox;
let folder: string;

beforeAll(async () => {
  sandbox = await startSandbox();
  folder = mkdtempSync(join(tmpdir(), 'refund-graph-'));
}, 60_000);
afterAll(async () => {
  await sandbox.close();
  rmSync(folder, { recursive: true, force: true });
});

interface Examined {
  readonly code: number;
  readonly lines: readonly string[];
}

/** Runs a command of the server as its operator would. */
function run(file: string, variables: Readonly<Record<string, string>>): Promise<Examined> {
  const env = { PATH: process.env['PATH'], DATA_DIR: folder, AUTH: 'none', ...variables };
  return new Promise((resolve) => {
    execFile(process.execPath, [file], { env }, (error, stdout, stderr) => {
      const code = typeof error?.code === 'number' ? error.code : 0;
      resolve({ code, lines: `${stdout}${stderr}`.trimEnd().split('\n') });
    });
  });
}

function configured(...accounts: readonly object[]): Record<string, string> {
  const path = join(folder, 'config.json');
  writeFileSync(path, JSON.stringify({ accounts }));
  return { REFUNDS_CONFIG: path };
}

test('all is well', async () => {
  const { code, lines } = await run('src/commands/doctor.ts', configured(...sandbox.config.accounts));
  expect(code).toBe(0);
  expect(lines.every((line) => line.startsWith('ok   '))).toBe(true);
  const text = lines.join('\n');
  expect(text).toContain('configuration: library (SHOUTU), blue (BLUEPAY), chain (TIPAY)');
  for (const key of ['library', 'blue', 'chain']) {
    expect(text).toMatch(new RegExp(`ok {3}${key}: answers in \\d+ ms`));
    expect(text).toContain(`ok   ${key}: the clocks agree`);
  }
  expect(text).toContain('holds none yet; the first start makes it');
  expect(readdirSync(folder)).toEqual(['config.json']);
}, 60_000);

test('a wrong key, a provider that is not there and a clock that is off are told with what to do, and no secret', async () => {
  const [library, blue, chain] = sandbox.config.accounts;
  const early = createServer((_request, response) => {
    response
      .writeHead(200, { 'content-type': 'application/json', date: new Date(Date.now() + 600_000).toUTCString() })
      .end('{}');
  });
  await new Promise<void>((resolve) => early.listen(0, '127.0.0.1', resolve));
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it listens on a port
  const { port } = early.address() as AddressInfo;
  const { code, lines } = await run(
    'src/commands/doctor.ts',
    configured(
      { ...library, secret: 'wrong-secret-7' },
      { ...blue, baseUrl: 'http://127.0.0.1:1' },
      { ...chain, baseUrl: `http://127.0.0.1:${port}` },
    ),
  );
  early.close();
  expect(code).toBe(1);
  const wrong = lines.filter((line) => line.startsWith('FAIL '));
  expect(wrong).toEqual([
    expect.stringMatching(/^FAIL library: .*: most often a wrong id or key: check the account's/),
    expect.stringMatching(/^FAIL blue: .*: check baseUrl and whether this machine may reach it$/),
    expect.stringMatching(/^FAIL chain: .*: check that baseUrl leads to this provider/),
    expect.stringMatching(/^FAIL chain: this machine's clock is (599|600|601) s behind the provider's: set it by NTP$/),
  ]);
  expect(lines.join('\n')).not.toContain('wrong-secret-7');
}, 60_000);

test('wrong settings are lines of their own', async () => {
  const { code, lines } = await run('src/commands/doctor.ts', {
    PORT: '99999',
    DATABASE_URL: 'mysql://secret@host/db',
  });
  expect(code).toBe(1);
  expect(lines).toEqual([
    expect.stringMatching(/^FAIL configuration: PORT: /),
    expect.stringMatching(/^FAIL configuration: DATABASE_URL: /),
    expect.stringMatching(/^FAIL configuration: REFUNDS_CONFIG: not set, while DATABASE_URL is; /),
  ]);
  expect(lines.join('\n')).not.toContain('secret');
});

test('an embedded database that a server has is left alone; free, its ledger is checked', async () => {
  const ledger: Ledger = await openLedger(
    { dataDir: join(folder, 'ledger') },
    { clock: () => new Date(), newId: () => '' },
  );
  const busy = await run('src/commands/doctor.ts', {});
  await ledger.close();
  expect(busy.code).toBe(0);
  expect(busy.lines.join('\n')).toContain('a running server has');

  const free = await run('src/commands/doctor.ts', {});
  expect(free.code).toBe(0);
  expect(free.lines.join('\n')).toMatch(
    /ok {3}database: PostgreSQL [\d.]+, up to date\nok {3}ledger: every refund has its first event/,
  );
  expect(free.lines).toContain('ok   ledger: not marked as simulated or real yet; the first start does it');
}, 90_000);

test('a port that is taken, and a data folder in use, are sentences', async () => {
  const taken = createServer();
  await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it listens on a port
  const { port } = taken.address() as AddressInfo;
  const start = (variables: Readonly<Record<string, string>>) =>
    run('src/main.ts', { LOG_LEVEL: 'error', ...variables });
  const alone = { DATA_DIR: mkdtempSync(join(folder, 'data-')) };
  const { code, lines } = await start({ ...alone, PORT: String(port) });
  taken.close();
  expect(code).toBe(1);
  expect(lines).toEqual([expect.stringMatching(/^The server can't listen \(.*EADDRINUSE.*\): stop .*, or set PORT/)]);

  const holder: Ledger = await openLedger(
    { dataDir: join(alone.DATA_DIR, 'ledger') },
    { clock: () => new Date(), newId: () => '' },
  );
  expect(await start(alone)).toMatchObject({
    code: 1,
    lines: [expect.stringMatching(/is in use by another process: stop/)],
  });
  await holder.close();
}, 90_000);

test('a database that is not there is a line; without DATABASE_URL there is nothing to migrate', async () => {
  const away = { SANDBOX: 'yes', DATABASE_URL: 'postgres://nobody:hidden@127.0.0.1:1/none' };
  const { code, lines } = await run('src/commands/doctor.ts', away);
  expect(code).toBe(1);
  expect(lines.filter((line) => line.startsWith('FAIL'))).toEqual([
    'FAIL database: The ledger database does not answer: check DATABASE_URL and whether the server runs',
  ]);
  const said = [
    'The ledger database does not answer (connect ECONNREFUSED 127.0.0.1:1): see whether it runs and what DATABASE_URL says.',
  ];
  for (const file of ['src/commands/migrate.ts', 'src/main.ts']) {
    expect(await run(file, away), file).toMatchObject({ code: 1, lines: said });
  }
  expect(await run('src/commands/migrate.ts', {})).toMatchObject({ code: 1 });
}, 60_000);

const server = process.env['TEST_DATABASE_URL'];

test.skipIf(server === undefined || server === '').each([
  [1, "ok   database: its clock and this machine's agree"],
  [60, "FAIL database: its clock and this machine's are 60 s apart: set both by NTP"],
])(
  'a clock of the database that is %s s ahead is a line',
  async (seconds, line) => {
    await withEmptyDatabase(server ?? '', async (databaseUrl) => {
      const client = new pg.Client({ connectionString: databaseUrl });
      await client.connect();
      const { rows } = await client.query<{ name: string }>('select current_database() as name');
      await client.query(`create function public.clock_timestamp() returns timestamptz language sql
      return pg_catalog.clock_timestamp() + interval '${seconds} s'`);
      await client.query(`alter database "${rows[0]?.name}" set search_path = public, pg_catalog`);
      await client.end();
      const { code, lines } = await run('src/commands/doctor.ts', { SANDBOX: 'yes', DATABASE_URL: databaseUrl });
      expect(lines).toContain(line);
      expect(code).toBe(line.startsWith('ok') ? 0 : 1);
    });
  },
  60_000,
);

test.skipIf(server === undefined || server === '')(
  'a look at the ledger that takes long is not taken for clocks that are apart',
  async () => {
    const databaseUrl = await cloneTemplate(server ?? '');
    try {
      const client = new pg.Client({ connectionString: databaseUrl });
      await client.connect();
      await client.query('begin; lock table refunds in access exclusive mode');
      const examining = run('src/commands/doctor.ts', { SANDBOX: 'yes', DATABASE_URL: databaseUrl });
      await until(async () => {
        const waiting = 'select from pg_locks where not granted';
        return (await client.query(waiting)).rowCount === 1;
      });
      await client.query('select pg_sleep(4)');
      await client.query('commit');
      await client.end();
      expect((await examining).lines).toContain("ok   database: its clock and this machine's agree");
    } finally {
      await dropDatabase(databaseUrl);
    }
  },
  60_000,
);
