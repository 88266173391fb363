/**
 * Promise: of two accounts over one tenant each has its own refunds; what can't be told apart, can't be read,
 * needs a person or has left the configuration is said by the start and by the doctor.
 */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, expect, test } from 'vitest';
import { cloneTemplate, dropDatabase, prepareDataDir } from '../support/database.ts';
import { startInstance, type Instance } from '../support/instance.ts';
import { brokenInvariants, type GraphqlAnswer } from '../support/server.ts';
import { startShoutuStub, wireRow, type ShoutuStub } from '../support/shoutu-stub.ts';
import { reset } from '../support/stub-server.ts';
import { until } from '../support/until.ts';

const SLOW = { timeout: 120_000 };
const postgres = process.env['TEST_DATABASE_URL'] ?? '';

const gateway: ShoutuStub = await startShoutuStub();
let folder: string;
let databaseUrl: string | null = null;
let instance: Instance | null = null;

afterAll(() => gateway.close());
beforeEach(async () => {
  gateway.rows = [];
  folder = mkdtempSync(join(tmpdir(), 'refund-graph-'));
  if (postgres === '') await prepareDataDir(folder);
  else databaseUrl = await cloneTemplate(postgres);
}, 60_000);
afterEach(async () => {
  await stop();
  const broken = await brokenInvariants(databaseUrl, folder);
  if (databaseUrl !== null) await dropDatabase(databaseUrl);
  rmSync(folder, { recursive: true, force: true });
  if (broken.length > 0) throw new Error(broken.join('\n'));
});

const account = (key: string, appId: string, more: object = {}) => ({
  key,
  provider: 'SHOUTU',
  displayName: key,
  baseUrl: gateway.url,
  secret: 'a-secret',
  appId,
  tenantId: 'T1',
  currency: 'CNY',
  timeZone: 'Asia/Shanghai',
  ...more,
});

/** The variables of a server, or a command, with these accounts. */
function configured(accounts: readonly object[]): Readonly<Record<string, string>> {
  const path = join(folder, 'config.json');
  const reconciliation = { pausesSeconds: [0.2], giveUpAfterSeconds: 600, sweepSeconds: 1 };
  writeFileSync(path, JSON.stringify({ accounts, reconciliation, mirror: { pauseSeconds: 1, pagesPerSecond: 100 } }));
  return { DATA_DIR: folder, REFUNDS_CONFIG: path, ...(databaseUrl !== null && { DATABASE_URL: databaseUrl }) };
}
async function start(...accounts: readonly object[]): Promise<Instance> {
  await stop();
  instance = await startInstance({ ...configured(accounts), LOG_LEVEL: 'warn' });
  return instance;
}
async function stop(): Promise<void> {
  await instance?.stop();
  instance = null;
}
function doctor(...accounts: readonly object[]): Promise<string> {
  const env = { PATH: process.env['PATH'], AUTH: 'none', ...configured(accounts) };
  return new Promise((resolve) => {
    execFile(process.execPath, ['src/commands/doctor.ts'], { env }, (_error, stdout, stderr) =>
      resolve(stdout + stderr),
    );
  });
}
async function ask(query: string, variables: object = {}): Promise<GraphqlAnswer['data']> {
  const headers = { 'content-type': 'application/json' };
  const body = JSON.stringify({ query, variables });
  const response = await fetch(`${instance?.url}/graphql`, { method: 'POST', headers, body });
  const { data, errors }: GraphqlAnswer = await response.json();
  expect(errors).toBeUndefined();
  return data;
}

const ALL = `{
  refunds(first: 50) { totalCount nodes { merchantRefundId account { key } } }
  refundSummary(groupBy: [ACCOUNT]) { account { key } count }
  accounts { key health { mirror { state copied unreadable total } } } }`;
const isWhole = async (): Promise<boolean> => {
  const { accounts } = await ask(ALL);
  return accounts.every((one: GraphqlAnswer['data']) => one.health.mirror.state === 'COMPLETE');
};

const CREATE = `mutation ($input: CreateRefundInput!) { createRefund(input: $input) {
  kind: __typename ... on CreateRefundSuccess { refund { id } } } }`;
const CLOSE = `mutation ($id: ID!) { closeRefund(id: $id, outcome: FAILED, note: "the account has gone") {
  kind: __typename
  ... on CloseRefundSuccess { refund { status failure { code } account { key displayName } payment { refundedAmount { amount } } } } } }`;

test(
  'a row is of the account whose application it names; what is not plain is said; a refund of an account that left is closed',
  SLOW,
  async () => {
    gateway.rows = Array.from({ length: 9 }, (_, nth) =>
      wireRow(nth, {
        appId: nth % 3 === 0 ? 'BET' : 'ALEPH',
        ...(nth === 1 && { refundState: '4' }),
        ...(nth === 2 && { refundAmount: 'ten' }),
      }),
    );
    gateway.create = reset;
    const desk = account('desk', 'ALEPH', { paths: { query: '/gateway-starter/1' } });
    const apart = await start(desk, account('branch', 'BET'));
    await until(isWhole);
    const { refunds, refundSummary } = await ask(ALL);
    const owners = refunds.nodes.map((one: GraphqlAnswer['data']) => one.account.key);
    // The third can't be read.
    expect(owners.join(' ')).toBe('branch desk branch desk desk branch desk desk');
    const counts = refundSummary.map((row: GraphqlAnswer['data']) => `${row.account.key} ${row.count}`);
    expect(counts.toSorted()).toEqual(['branch 3', 'desk 5']);
    expect(apart.said()).not.toContain('share one list');

    const amount = { amount: '1.00', currency: 'CNY' };
    const input = { idempotencyKey: 'K', account: 'branch', providerPaymentId: 'P1', amount };
    const { createRefund } = await ask(CREATE, { input });
    expect(createRefund.kind).toBe('CreateRefundSuccess');

    const both = [desk, account('twin', 'ALEPH')];
    const together = await start(...both);
    await until(() => together.said().includes('share one list'));
    const line = together
      .said()
      .split('\n')
      .find((one) => one.includes('share one list'));
    expect(JSON.parse(line ?? '')).toMatchObject({ account: 'desk', other: 'twin' });
    const { closeRefund } = await ask(CLOSE, { id: createRefund.refund.id });
    expect(closeRefund).toEqual({
      kind: 'CloseRefundSuccess',
      refund: {
        status: 'FAILED',
        failure: { code: 'CLOSED_BY_OPERATOR' },
        account: { key: 'branch', displayName: 'branch' },
        payment: { refundedAmount: { amount: '0.00' } },
      },
    });

    await stop();
    const told = await doctor(...both);
    expect(told).toContain('info configuration: desk and twin share one list');
    expect(told).toContain('info ledger: desk: 1 refund(s) with attention UNDECIDED');
    expect(told).toContain("info ledger: desk: 1 row(s) of its list can't be read, the first of it being refundAmount");
    expect(told).toContain(
      'info desk: paths.query is of the OpenAPI route, whose headers (lk-sign) headerSignature sets',
    );
  },
);
