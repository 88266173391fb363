/**
 * Promise: `npm run compare` asks each provider for what the ledger may have missed, records it, and counts
 * it. It sends nothing that could move money, and ends with 0 only if everything could be compared.
 */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startSandbox, type Sandbox } from '../../src/sandbox/sandbox.ts';
import { prepareDataDir } from '../support/database.ts';
import { startInstance } from '../support/instance.ts';
import { brokenInvariants } from '../support/server.ts';

const NEVER = 86_400_000;
const SEEDED = 30;

let sandbox: Sandbox;
let folder: string;

beforeAll(async () => {
  sandbox = await startSandbox({ refundsPerProvider: SEEDED, life: { processingAfterMs: NEVER, doneAfterMs: NEVER } });
  folder = mkdtempSync(join(tmpdir(), 'refund-graph-'));
  await prepareDataDir(folder);
}, 120_000);
afterAll(async () => {
  await sandbox.close();
  rmSync(folder, { recursive: true, force: true });
});

/** The environment of a server that asks by itself only after an hour. */
function configured(library: object = {}): Record<string, string> {
  const path = join(folder, 'config.json');
  const accounts = sandbox.config.accounts.map((account) =>
    account.key === 'library' ? { ...account, ...library } : account,
  );
  const reconciliation = { pausesSeconds: [3600] };
  const mirror = { enabled: false, pagesPerSecond: 100 };
  writeFileSync(path, JSON.stringify({ accounts, reconciliation, mirror }));
  return { REFUNDS_CONFIG: path, DATA_DIR: folder };
}

function compare(variables: Readonly<Record<string, string>>, ...words: readonly string[]) {
  const env = { PATH: process.env['PATH'], AUTH: 'none', ...variables };
  return new Promise<{ readonly code: number; readonly lines: readonly string[] }>((resolve) => {
    execFile(process.execPath, ['src/commands/compare.ts', ...words], { env }, (error, stdout, stderr) => {
      const code = typeof error?.code === 'number' ? error.code : 0;
      resolve({ code, lines: `${stdout}${stderr}`.trimEnd().split('\n') });
    });
  });
}

async function control(path: string, body?: object): Promise<unknown> {
  const post = { method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json' } };
  const response = await fetch(`${sandbox.urls.control}${path}`, body === undefined ? {} : post);
  if (!response.ok) throw new Error(`${path}: ${await response.text()}`);
  return response.json();
}

/**
 * The figures of an account's line: compared, unknown, changed, contradict, not known there, could not be
 * compared.
 */
const numbersOf = (lines: readonly string[], account: string): readonly number[] =>
  (lines.find((line) => line.startsWith(`${account}: `))?.match(/\d+/g) ?? []).map(Number);

test('what the ledger missed is recorded and counted, once; no create is sent', async () => {
  const variables = configured();
  const instance = await startInstance(variables);
  const inputs = [
    { account: 'library', providerPaymentId: 'PAY-DEMO-1', merchantRefundId: 'CMPLIBRARY', currency: 'CNY' },
    { account: 'blue', providerPaymentId: 'CUDEMO1', merchantRefundId: 'CMPBLUE', currency: 'THB' },
    { account: 'chain', merchantPaymentId: 'ORDERDEMO1', merchantRefundId: 'CMPCHAIN', currency: 'CNY' },
    { account: 'chain', merchantPaymentId: 'ORDERDEMO2', merchantRefundId: 'CMPGONE', currency: 'CNY' },
  ];
  for (const { currency, ...input } of inputs) {
    const response = await fetch(`${instance.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        query: 'mutation ($input: CreateRefundInput!) { createRefund(input: $input) { __typename } }',
        variables: { input: { ...input, idempotencyKey: input.merchantRefundId, amount: { amount: '1', currency } } },
      }),
    });
    expect(await response.json()).toEqual({ data: { createRefund: { __typename: 'CreateRefundSuccess' } } });
  }
  await instance.stop();

  // What happens unseen: they end, one vanishes, and two are made that the ledger has forgotten.
  for (const [provider, refundId] of [
    ['SHOUTU', 'CMPLIBRARY'],
    ['BLUEPAY', 'CMPBLUE'],
    ['TIPAY', 'CMPCHAIN'],
  ]) {
    await control('/refunds/move', { provider, refundId, status: 'SUCCEEDED' });
  }
  await control('/refunds/remove', { provider: 'TIPAY', refundId: 'CMPGONE' });
  const amount = '100';
  await control('/refunds/add', { provider: 'SHOUTU', merchantRefundId: 'FORGOTTENLIB', amount });
  await control('/refunds/add', {
    provider: 'BLUEPAY',
    merchantRefundId: 'FORGOTTENBLUE',
    providerPaymentId: 'CUDEMO1',
    amount,
  });
  await control('/calls/reset', {});

  const first = await compare(variables, '--since', '2020-01-01');
  expect(first.code, first.lines.join('\n')).toBe(0);
  expect(numbersOf(first.lines, 'library')).toEqual([SEEDED + 2, SEEDED + 1, 1, 0, 0, 0]);
  expect(numbersOf(first.lines, 'blue')).toEqual([2, 1, 1, 0, 0, 0]);
  expect(numbersOf(first.lines, 'chain')).toEqual([1, 0, 1, 0, 1, 0]);

  const again = await compare(variables, '--since', '2020-01-01');
  expect(again.code).toBe(0);
  expect(numbersOf(again.lines, 'library')).toEqual([SEEDED + 2, 0, 0, 0, 0, 0]);
  expect(numbersOf(again.lines, 'blue')).toEqual([2, 0, 0, 0, 0, 0]);
  expect(numbersOf(again.lines, 'chain')).toEqual([1, 0, 0, 0, 1, 0]);

  // From a day before the last event on, when nothing else is said: the older rows of the list are not read.
  const usual = await compare(variables);
  expect(Date.now() - Date.parse(usual.lines[0]?.split(' ').at(-1) ?? '')).toBeGreaterThan(86_400_000 - 1);
  expect(numbersOf(usual.lines, 'chain')).toEqual([1, 0, 0, 0, 1, 0]);

  expect(JSON.stringify(await control('/calls'))).not.toMatch(/"create":[1-9]/);
  expect(await brokenInvariants(null, folder)).toEqual([]);
}, 120_000);

test('a provider that can not be reached is told with the reason, the others are compared, and the command ends with 1', async () => {
  const { code, lines } = await compare(configured({ baseUrl: 'http://127.0.0.1:1' }), '--since', '2020-01-01');
  expect(code).toBe(1);
  const [compared = -1, , , , , failed = 0] = numbersOf(lines, 'library');
  expect(compared).toBe(0);
  expect(failed).toBeGreaterThan(SEEDED);
  const at = lines.findIndex((line) => line.startsWith('library: '));
  expect(lines[at + 1]).toMatch(/^ {2}library: /);
  expect(numbersOf(lines, 'blue')).toEqual([2, 0, 0, 0, 0, 0]);
}, 120_000);

test('a wrong option, and nobody to compare with, are sentences', async () => {
  const variables = configured();
  const wrong = await compare(variables, '--since', 'yesterday');
  expect(wrong.code).toBe(2);
  expect(wrong.lines[0]).toBe('--since: expected 30m, 2h, 3d or a date, got yesterday');
  expect((await compare(variables, '--payments-since', 'x')).lines[0]).toMatch(/^--payments-since: expected /);
  expect((await compare(variables, '--until', '1h')).code).toBe(2);
  const nobody = await compare({ DATA_DIR: folder });
  expect(nobody.code).toBe(1);
  expect(nobody.lines.join('\n')).toContain('REFUNDS_CONFIG: not set: there is nobody to compare with');
}, 60_000);
