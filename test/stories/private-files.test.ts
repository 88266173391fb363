/**
 * Promise: only its owner can read what is in DATA_DIR, new or left by an older version, whatever the umask.
 */
import { chmodSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, expect, test } from 'vitest';
import { openLedger } from '../../src/ledger/database/database.ts';
import { ownDataDir } from '../../src/ledger/database/private-folder.ts';
import { startInstance } from '../support/instance.ts';

const base = mkdtempSync(join(tmpdir(), 'refund-graph-'));
const umask = process.umask();
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(base, 'data-'));
});
afterEach(() => process.umask(umask));
afterAll(() => rmSync(base, { recursive: true, force: true }));

/** Every folder and file below a path, with it, as `MODE KIND`. A file may go away meanwhile. */
function modesIn(path: string): readonly string[] {
  const status = lstatSync(path, { throwIfNoEntry: false });
  if (status === undefined) return [];
  const mode = (status.mode & 0o777).toString(8);
  if (!status.isDirectory()) return [`${mode} file`];
  return [`${mode} folder`, ...readdirSync(path).flatMap((name) => modesIn(join(path, name)))];
}

const kindsOfModes = (path: string): ReadonlySet<string> => new Set(modesIn(path));
const PRIVATE = new Set(['700 folder', '600 file']);

/** As an older version left it, with every mode open. */
function open(path: string): void {
  const isFolder = lstatSync(path).isDirectory();
  chmodSync(path, isFolder ? 0o777 : 0o666);
  if (isFolder) for (const name of readdirSync(path)) open(join(path, name));
}

test.each([0o000, 0o022, 0o077])(
  'a server with umask %o, after its start, after writes, and after a restart over files that are open to all',
  async (mask) => {
    process.umask(mask);
    const dataDir = join(folder, '.data');
    const first = await startInstance({ DATA_DIR: dataDir });
    expect(kindsOfModes(dataDir)).toEqual(PRIVATE);
    const created = await fetch(`${first.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        query: `mutation { createRefund(input: { idempotencyKey: "1", account: "chain", merchantPaymentId: "ORDERDEMO1",
          amount: { amount: "1", currency: "CNY" } }) { __typename } }`,
      }),
    });
    expect(await created.json()).toMatchObject({ data: { createRefund: { __typename: 'CreateRefundSuccess' } } });
    expect(kindsOfModes(dataDir)).toEqual(PRIVATE);
    expect(await first.stop()).toBe(0);
    expect(kindsOfModes(dataDir)).toEqual(PRIVATE);

    open(dataDir);
    const second = await startInstance({ DATA_DIR: dataDir });
    expect(kindsOfModes(dataDir)).toEqual(PRIVATE);
    await second.kill();
    expect(kindsOfModes(dataDir)).toEqual(PRIVATE);
  },
  120_000,
);

test('files that the embedded database makes while it runs', { timeout: 60_000 }, async () => {
  process.umask(0);
  const dataDir = join(folder, 'ledger');
  const ledger = await openLedger({ dataDir }, { clock: () => new Date(), newId: () => '' });
  const before = modesIn(dataDir).length;
  await ledger.pool.query(
    `create table many as select i, repeat('x', 100) as text from generate_series(1, 100000) as i`,
  );
  await ledger.pool.query('create index on many (i)');
  await ledger.pool.query('checkpoint');
  await ledger.pool.query('truncate many');
  expect(modesIn(dataDir).length).toBeGreaterThan(before);
  expect(kindsOfModes(dataDir)).toEqual(PRIVATE);
  await ledger.close();
  expect(kindsOfModes(dataDir)).toEqual(PRIVATE);
});

test("somebody's own folder keeps its mode, and one with nothing but ours in it is closed", () => {
  const modeOf = (path: string): number => lstatSync(path).mode & 0o777;
  mkdirSync(join(folder, 'ledger'));
  mkdirSync(join(folder, 'sandbox'));
  chmodSync(folder, 0o755);
  ownDataDir(folder);
  expect(modeOf(folder)).toBe(0o700);
  writeFileSync(join(folder, 'refunds.json'), '{}');
  chmodSync(folder, 0o755);
  ownDataDir(folder);
  expect(modeOf(folder)).toBe(0o755);
});
