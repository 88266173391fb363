/**
 * Promise: the sandbox never settles real refunds because a variable was forgotten. The table in
 * docs/operations.md says what starts.
 */
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { v7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readEnvironment, type Variables } from '../../src/config/environment.ts';
import { openLedger, type Ledger, type LedgerPlace } from '../../src/ledger/database/database.ts';
import { readKind, refusalOf, type LedgerKind } from '../../src/ledger/database/kind.ts';
import { accountKey, merchantRefundId } from '../../src/refunds/ids.ts';
import { startSandbox, type Sandbox } from '../../src/sandbox/sandbox.ts';
import { observe } from '../../src/services/observation/observe.ts';
import { cloneTemplate, dropDatabase, prepareDataDir } from '../support/database.ts';
import { startInstance } from '../support/instance.ts';
import { refundUpdate } from '../support/refund-update.ts';
import { until } from '../support/until.ts';

const SECRET = 'a-secret-of-32-characters-or-more';
const LEDGERS = [null, 'simulated', 'real'] as const;

async function hasRefunds(url: string): Promise<boolean> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: '{ refunds(first: 1, read: LEDGER) { nodes { id } } }' }),
  });
  const answer: unknown = await response.json();
  return JSON.stringify(answer).includes('"id"');
}

/** What a start does, in the words of the table. */
function outcomeOf(variables: Variables, ledger: LedgerKind | null): string {
  const reading = readEnvironment(variables);
  if ('problems' in reading) return `wrong: ${reading.problems.map(({ setting }) => `\`${setting}\``).join(', ')}`;
  const kind = reading.value.configFile === null ? 'simulated' : 'real';
  if (ledger !== null && refusalOf({ kind, setting: 'DATA_DIR' }, ledger) !== null) return 'refused';
  return kind === 'real' ? 'real accounts' : 'sandbox';
}

interface Row {
  readonly cells: readonly (readonly string[])[];
  readonly outcomes: readonly string[];
}

const rows: readonly Row[] =
  readFileSync('docs/operations.md', 'utf8')
    .split('\n## Real or simulated\n')[1]
    ?.split('\n## ')[0]
    ?.split('\n')
    .filter((line) => line.startsWith('| '))
    .slice(2)
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    )
    .map((cells) => ({
      cells: cells.slice(0, 4).map((cell) => cell.replaceAll('`', '').split(', ')),
      outcomes: cells.slice(4),
    })) ?? [];

const FILES = ['not set', 'set'];
const SANDBOXES = ['not set', 'yes'];
const AUTHS = ['not set', 'none', 'jwt'];
const ADDRESSES = [
  { count: 'neither', variables: {} },
  { count: 'one', variables: { DATABASE_URL: 'postgres://db/refunds' } },
  { count: 'one', variables: { PUBLIC_URL: 'https://refunds.example' } },
  { count: 'both', variables: { DATABASE_URL: 'postgres://db/refunds', PUBLIC_URL: 'https://refunds.example' } },
];
const COMBINATIONS = FILES.flatMap((file) =>
  SANDBOXES.flatMap((sandbox) =>
    AUTHS.flatMap((auth) =>
      ADDRESSES.map(({ count, variables }) => ({
        words: [file, sandbox, auth, count],
        variables: {
          ...variables,
          ...(file === 'set' && { REFUNDS_CONFIG: '/etc/refunds.json' }),
          ...(sandbox === 'yes' && { SANDBOX: 'yes' }),
          ...(auth !== 'not set' && { AUTH: auth }),
          ...(auth === 'jwt' && { JWT_SECRET: SECRET }),
        },
      })),
    ),
  ),
);

test('the table has one row for every combination of the variables, and says what the server does', () => {
  expect(COMBINATIONS).toHaveLength(48);
  for (const { words, variables } of COMBINATIONS) {
    const fitting = rows.filter(({ cells }) => words.every((word, column) => cells[column]?.includes(word)));
    const told = fitting.map(({ outcomes }) => outcomes);
    expect(told, words.join(' | ')).toEqual([LEDGERS.map((ledger) => outcomeOf(variables, ledger))]);
  }
});

const postgres = process.env['TEST_DATABASE_URL'] ?? '';

describe.each(postgres === '' ? ['embedded'] : ['embedded', 'PostgreSQL'])('real processes, %s', (database) => {
  let sandbox: Sandbox;
  let base: string;
  let config: string;
  const databases: string[] = [];

  beforeAll(async () => {
    base = mkdtempSync(join(tmpdir(), 'refund-graph-'));
    sandbox = await startSandbox();
    config = join(base, 'refunds.json');
    writeFileSync(config, JSON.stringify({ ...sandbox.config, mirror: { enabled: false } }));
  }, 60_000);
  afterAll(async () => {
    await sandbox.close();
    for (const databaseUrl of databases) await dropDatabase(databaseUrl);
    rmSync(base, { recursive: true, force: true });
  });

  interface Fresh {
    readonly place: LedgerPlace;
    readonly variables: Readonly<Record<string, string>>;
    readonly dataDir: string;
  }

  /** A ledger that no start has marked. */
  async function fresh(): Promise<Fresh> {
    const dataDir = mkdtempSync(join(base, 'data-'));
    if (database === 'embedded') {
      await prepareDataDir(dataDir);
      return { dataDir, place: { dataDir: join(dataDir, 'ledger') }, variables: { DATA_DIR: dataDir } };
    }
    const databaseUrl = await cloneTemplate(postgres);
    databases.push(databaseUrl);
    return { dataDir, place: { databaseUrl }, variables: { DATA_DIR: dataDir, DATABASE_URL: databaseUrl } };
  }

  const ON_SANDBOX = { SANDBOX: 'yes' };
  const real = (): Record<string, string> => ({ REFUNDS_CONFIG: config });

  /** Starts and stops a server that must start. */
  async function starts(variables: Readonly<Record<string, string>>): Promise<void> {
    const instance = await startInstance(variables);
    expect(await instance.stop()).toBe(0);
  }

  /** Runs a start that must not work, or a command; its exit code and what it said. */
  function run(file: string, variables: Readonly<Record<string, string>>): Promise<{ code: number; said: string }> {
    const env = { PATH: process.env['PATH'], PORT: '0', LOG_LEVEL: 'error', AUTH: 'none', ...variables };
    return new Promise((resolve) => {
      execFile(process.execPath, [file], { env, timeout: 60_000 }, (error, stdout, stderr) => {
        resolve({ code: typeof error?.code === 'number' ? error.code : 0, said: `${stdout}${stderr}`.trimEnd() });
      });
    });
  }
  const refused = (variables: Readonly<Record<string, string>>) => run('src/main.ts', variables);

  async function withLedger<Value>({ place }: Fresh, work: (ledger: Ledger) => Promise<Value>): Promise<Value> {
    const ledger = await openLedger(place, { clock: () => new Date(), newId: () => v7() });
    try {
      return await work(ledger);
    } finally {
      await ledger.close();
    }
  }
  const kindOf = (ledger: Fresh): Promise<LedgerKind | null> => withLedger(ledger, ({ db }) => readKind(db));
  const setting = database === 'embedded' ? 'DATA_DIR' : 'DATABASE_URL';

  /**
   * A PENDING refund that no sandbox knows. A sandbox over its ledger would settle it as one that never
   * arrived.
   */
  const keepRealRefund = (ledger: Fresh): Promise<void> =>
    withLedger(ledger, async (opened) => {
      const news = refundUpdate({
        merchantRefundId: merchantRefundId('REAL1'),
        status: 'PENDING',
        providerStatus: null,
      });
      const account = { key: accountKey('chain'), provider: 'TIPAY', retryFailed: false } as const;
      await observe(opened, account, [news], { via: 'POLL', at: new Date() });
    });

  test(
    'a real ledger starts with its accounts, and is never touched by the sandbox',
    { timeout: 120_000 },
    async () => {
      const ledger = await fresh();
      await starts({ ...ledger.variables, ...real() });
      expect(await kindOf(ledger)).toBe('real');
      await keepRealRefund(ledger);
      const rowsOf = (opened: Ledger) => opened.db.selectFrom('refunds').selectAll().orderBy('id').execute();
      const before = await withLedger(ledger, rowsOf);
      expect(await refused({ ...ledger.variables, ...ON_SANDBOX })).toEqual({
        code: 1,
        said:
          `The ledger in ${setting} holds real refunds, which the sandbox must not settle: ` +
          `set REFUNDS_CONFIG to run their accounts, or give the sandbox another ${setting}.`,
      });
      if (database === 'embedded') expect(await refused(ledger.variables)).toMatchObject({ code: 1 });
      expect(await withLedger(ledger, rowsOf)).toEqual(before);
      expect((await run('src/commands/doctor.ts', { ...ledger.variables, ...real() })).said).toContain(
        'ok   ledger: its refunds are real',
      );
      expect(await run('src/commands/doctor.ts', { ...ledger.variables, ...ON_SANDBOX })).toMatchObject({
        code: 1,
        said: expect.stringContaining(`FAIL ledger: The ledger in ${setting} holds real refunds`),
      });
    },
  );

  test('a simulated ledger starts with the sandbox, and never with real accounts', { timeout: 120_000 }, async () => {
    const ledger = await fresh();
    await starts({ ...ledger.variables, ...(database === 'embedded' ? {} : ON_SANDBOX) });
    expect(await kindOf(ledger)).toBe('simulated');
    expect(await refused({ ...ledger.variables, ...real() })).toEqual({
      code: 1,
      said:
        `The ledger in ${setting} holds simulated refunds, which must not mix with those of real accounts: ` +
        `give the accounts of REFUNDS_CONFIG another ${setting}, or unset REFUNDS_CONFIG to run the sandbox.`,
    });
    await starts({
      ...ledger.variables,
      ...ON_SANDBOX,
      AUTH: 'jwt',
      JWT_SECRET: SECRET,
      PUBLIC_URL: 'http://localhost',
    });
    expect(await kindOf(ledger)).toBe('simulated');
  });

  test('a ledger from before the mark', { timeout: 180_000 }, async () => {
    const [ours, theirs] = [await fresh(), await fresh()];
    const unmark = (ledger: Fresh) =>
      withLedger(ledger, ({ db }) => db.deleteFrom('ledger_kind').executeTakeFirstOrThrow());
    for (const ledger of [ours, theirs]) {
      const instance = await startInstance({ ...ledger.variables, ...ON_SANDBOX });
      // Callbacks and the copy of the list bring the sandbox's refunds.
      await until(() => hasRefunds(instance.url));
      expect(await instance.stop()).toBe(0);
      await unmark(ledger);
    }
    // The sandbox was tried there, then the real accounts were.
    await keepRealRefund(theirs);
    if (database === 'embedded') {
      expect(await refused({ ...ours.variables, ...real() })).toMatchObject({ code: 1 });
      await starts(ours.variables);
      expect(await kindOf(ours)).toBe('simulated');
    } else {
      expect(await refused({ ...ours.variables, ...ON_SANDBOX })).toMatchObject({ code: 1 });
    }
    expect(await refused({ ...theirs.variables, ...ON_SANDBOX })).toMatchObject({ code: 1 });
    expect(await kindOf(theirs)).toBeNull();
    await starts({ ...theirs.variables, ...real() });
    expect(await kindOf(theirs)).toBe('real');
  });
});

test('a variable that means production, without a configuration, ends the start', { timeout: 60_000 }, async () => {
  const start = (variables: Readonly<Record<string, string>>): Promise<string> =>
    new Promise((resolve) => {
      const env = { PATH: process.env['PATH'], PORT: '0', DATA_DIR: join(tmpdir(), 'never-made'), ...variables };
      execFile(process.execPath, ['src/main.ts'], { env, timeout: 30_000 }, (error, stdout, stderr) => {
        resolve(`${String(error?.code)} ${stdout}${stderr}`);
      });
    });
  const forgotten: readonly (readonly [string, Readonly<Record<string, string>>])[] = [
    ['DATABASE_URL is', { DATABASE_URL: 'postgres://127.0.0.1:1/none' }],
    ['AUTH=jwt is', { AUTH: 'jwt', JWT_SECRET: SECRET }],
    ['PUBLIC_URL is', { PUBLIC_URL: 'https://refunds.example' }],
    ['DATABASE_URL, PUBLIC_URL are', { DATABASE_URL: 'postgres://127.0.0.1:1/none', PUBLIC_URL: 'https://x.example' }],
  ];
  for (const [which, variables] of forgotten) {
    expect(await start(variables)).toBe(
      `1 refund-graph can't start: 1 wrong setting(s)\n  REFUNDS_CONFIG: not set, while ${which}; set it to the path of ` +
        'the configuration file, or set SANDBOX=yes to run the sandbox with simulated refunds\n',
    );
  }
  expect(await start({ SANDBOX: 'true', PORT: 'x', DATABASE_URL: 'postgres://127.0.0.1:1/none' })).toBe(
    `1 refund-graph can't start: 2 wrong setting(s)\n  PORT: expected a port number from 0 to 65535, got "x"\n` +
      '  SANDBOX: expected yes, or that it is not set, got "true"\n',
  );
});
