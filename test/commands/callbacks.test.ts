/** `npm run callbacks` as a process, beside the database that a server has written. */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { v7 } from 'uuid';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openLedger, type Ledger, type LedgerPlace } from '../../src/ledger/database/database.ts';
import { findRefunds } from '../../src/ledger/refund/refunds.ts';
import { accountKey, merchantRefundId } from '../../src/refunds/ids.ts';
import { createReceiver } from '../../src/services/inbox/receive.ts';
import { cloneTemplate, dropDatabase, prepareDataDir } from '../support/database.ts';
import { createNotifier, forged, type Notice, type Notifier } from '../support/notices.ts';

const server = process.env['TEST_DATABASE_URL'] ?? '';
const clock = () => new Date();
let folder: string;
let databaseUrl: string | null = null;
let place: LedgerPlace;
let notifier: Notifier;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'refund-graph-'));
  if (server === '') await prepareDataDir(folder);
  notifier = await createNotifier();
  writeFileSync(join(folder, 'refunds.json'), JSON.stringify(notifier.config()));
  if (server !== '') databaseUrl = await cloneTemplate(server);
  place = databaseUrl === null ? { dataDir: join(folder, 'ledger') } : { databaseUrl };
  const ledger = await open();
  const success = notifier.write('chain', { refund: 'R1', status: 'SUCCEEDED' });
  const failure = notifier.write('blue', { refund: 'R2', status: 'FAILED' });
  if (success === null || failure === null) throw new Error('no notices');
  await take(ledger, failure);
  await take(ledger, forged(success));
  // The right one was rejected too: by a server with the wrong key.
  const ours = notifier;
  notifier = await createNotifier();
  await take(ledger, success);
  notifier = ours;
  await ledger.close();
}, 120_000);
afterAll(async () => {
  if (databaseUrl !== null) await dropDatabase(databaseUrl);
  rmSync(folder, { recursive: true, force: true });
});

const open = (): Promise<Ledger> => openLedger(place, { clock, newId: () => v7() });

async function take(ledger: Ledger, { account: name, contentType, body }: Notice): Promise<void> {
  const account = notifier.accounts().get(name);
  if (account?.callbacks === undefined) throw new Error('no account');
  const receive = createReceiver({
    ledger,
    queue: { expedite: () => Promise.resolve() },
    bucket: { take: () => true },
  });
  const arrival = {
    contentType,
    body: Buffer.from(body),
    headers: {},
    remoteAddress: '192.0.2.7',
    receivedAt: clock(),
  };
  await receive(account, account.callbacks, arrival);
}

interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

function run(...words: string[]): Promise<Ran> {
  const env = {
    PATH: process.env['PATH'],
    DATA_DIR: folder,
    AUTH: 'none',
    REFUNDS_CONFIG: join(folder, 'refunds.json'),
    ...(databaseUrl === null ? {} : { DATABASE_URL: databaseUrl }),
  };
  return new Promise((resolve) => {
    const child = execFile(process.execPath, ['src/commands/callbacks.ts', ...words], { env }, (_, out, err) =>
      resolve({ code: child.exitCode ?? -1, out, err }),
    );
  });
}

const idsOf = ({ out }: Ran): readonly string[] =>
  out
    .split('\n')
    .slice(1)
    .flatMap((line) => line.split(' ')[0] || []);

it('lists, shows and applies again', async () => {
  const all = await run('list');
  expect(all).toMatchObject({ code: 0, err: '' });
  expect(all.out.split('\n').map((line) => line.split(/ {2,}/).slice(2, 5).join(' '))).toEqual([
    'ACCOUNT STATE REFUND',
    'chain REJECTED -',
    'chain REJECTED -',
    'blue FLAGGED R2',
    '',
  ]);
  const [right = '', wrong = ''] = idsOf(all);

  const shown = await run('show', right);
  expect(shown.code).toBe(0);
  expect(shown.out).toContain('192.0.2.7');
  expect(shown.out).toContain('response=%7B');

  expect(await run('replay', wrong)).toMatchObject({ code: 1, out: expect.stringContaining('still not believed') });
  expect(await run('replay', right)).toMatchObject({ code: 0, out: 'chain R1 is now SUCCEEDED (DISCOVERED).\n' });
  expect(await run('replay', right)).toMatchObject({ code: 0, out: 'chain R1 is SUCCEEDED: nothing new.\n' });
  const ledger = await open();
  const ref = { account: accountKey('chain'), merchantRefundId: merchantRefundId('R1') };
  expect(await findRefunds(ledger.db, [ref])).toMatchObject([{ status: 'SUCCEEDED' }]);
  // What the callback alone does not decide will be asked.
  const jobs = await ledger.pool.query(`select data from pgboss.job where name = 'settle.chain'`);
  expect(jobs.rows).toMatchObject([{ data: { merchantRefundId: 'R1', evenIfFinished: true } }]);
  await ledger.close();
}, 120_000);

it('says what is wrong with the words, and how to say it', async () => {
  const { code, err } = await run('list', '--state', 'odd');
  expect(code).toBe(2);
  expect(err).toMatch(/^--state: expected applied, flagged or rejected, got odd\n/);
  expect(err).toContain('npm run callbacks -- replay ID');
}, 60_000);

it.skipIf(server !== '')(
  'says that the server must be stopped, where it holds the embedded database',
  async () => {
    const ledger = await open();
    const { code, err } = await run('list');
    await ledger.close();
    expect(code).toBe(1);
    expect(err).toContain('is in use by another process: stop that one');
    expect(err).not.toMatch(/^\s+at /m);
  },
  60_000,
);
