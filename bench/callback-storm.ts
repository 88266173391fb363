/**
 * The storm of callbacks: 20,000 different ones, each three times, in any order, to two servers over one
 * PostgreSQL. One server is killed half-way, and the database is restarted once. Then the ledger is compared
 * with the expected state. Before that, without kills, it measures the rate of two servers, beside two bare
 * handlers that only insert the body into the same database.
 *
 * Run: npx node bench/callback-storm.ts [callbacks, 20000] [at once, 64]. Starts its own PostgreSQL with
 * initdb and pg_ctl from the PATH.
 */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createServer as createSocketServer } from 'node:net';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import pg from 'pg';
import { v7 } from 'uuid';
import { openLedger, type Ledger } from '../src/ledger/database/database.ts';
import { startInstance, type Instance } from '../test/support/instance.ts';
import { createNotifier } from '../test/support/notices.ts';
import { compare, makeStorm, recordOurs, sendAll, type Sent, type Storm } from '../test/support/storm.ts';

const [WORD = '20000', SECOND = '64'] = process.argv.slice(2);
/** Callbacks under way at once; all of a batch share one transaction. */
const AT_ONCE = Number(SECOND);

/** Nobody answers queries here, so none are sent but those that a callback causes. */
const QUIET = {
  reconciliation: { pausesSeconds: [3_600], sweepSeconds: 3_600 },
  mirror: { enabled: false },
};

/** A PostgreSQL of our own, as it is after initdb. */
async function startCluster(folder: string) {
  const port = await freePort();
  const data = join(folder, 'postgres');
  const run = (program: string, ...words: string[]): Promise<unknown> =>
    promisify(execFile)(...asPostgres(program, words), { cwd: '/' });
  if (process.getuid?.() === 0) await promisify(execFile)('chown', ['postgres', folder]);
  await run('initdb', '-D', data, '-U', 'postgres', '-A', 'trust', '--no-sync');
  const options = `-p ${port} -c listen_addresses=127.0.0.1 -c unix_socket_directories=${data} -c max_connections=100`;
  const start = () => run('pg_ctl', '-D', data, '-w', '-l', join(data, 'log'), '-o', options, 'start');
  const stop = () => run('pg_ctl', '-D', data, '-w', '-m', 'fast', 'stop');
  await start();
  return {
    stop,
    restart: async () => {
      await stop();
      await start();
    },
    newDatabase: async (name: string): Promise<string> => {
      const client = new pg.Client({ connectionString: `postgres://postgres@127.0.0.1:${port}/postgres` });
      await client.connect();
      await client.query(`create database ${name}`);
      await client.end();
      return `postgres://postgres@127.0.0.1:${port}/${name}`;
    },
  };
}

/** PostgreSQL refuses to run as root. */
const asPostgres = (program: string, words: readonly string[]): [string, string[]] =>
  process.getuid?.() === 0 ? ['runuser', ['-u', 'postgres', '--', program, ...words]] : [program, [...words]];

async function freePort(): Promise<number> {
  const server = createSocketServer();
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const address = server.address();
  server.close();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

/** The handler to compare with: inserts the body and acknowledges. */
async function serveBare(databaseUrl: string): Promise<void> {
  const pool = new pg.Pool({ connectionString: databaseUrl, max: 10 });
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      pool.query('insert into bare (body) values ($1)', [Buffer.concat(chunks)]).then(
        () => response.end(request.url === '/notify/blue' ? '{"code":10000,"message":"Success"}' : 'SUCCESS'),
        () => response.writeHead(503).end(),
      );
    });
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  process.stdout.write(`http://127.0.0.1:${address.port}\n`);
}

async function startBare(databaseUrl: string): Promise<Instance> {
  const child = spawn(process.execPath, [import.meta.filename, '--bare', databaseUrl], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  const url = await new Promise<string>((resolve) =>
    child.stdout.once('data', (line: Buffer) => resolve(line.toString().trim())),
  );
  const end = async (): Promise<void> => {
    child.kill('SIGKILL');
    await ended;
  };
  return {
    url,
    said: () => '',
    kill: end,
    stop: () => end().then(() => null),
    signal: (signal) => void child.kill(signal),
  };
}

const open = (databaseUrl: string): Promise<Ledger> =>
  openLedger({ databaseUrl }, { clock: () => new Date(), newId: () => v7() });

/** Gives every refund of ours its job, as a create does. This is preparation, and not part of the storm. */
async function untilSwept({ pool }: Ledger): Promise<void> {
  const left = `select from refunds where not exists (
    select from pgboss.job where name = 'settle.' || account_key and singleton_key = merchant_refund_id)`;
  while ((await pool.query(left)).rowCount !== 0) await pause(500);
}

const rate = ({ acknowledged, seconds }: Sent): string => `${(acknowledged / seconds).toFixed(0)} acknowledged/s`;
const say = (text: string): void => console.log(text);

async function measure(callbacks: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'callback-storm-'));
  const cluster = await startCluster(folder);
  const running: Instance[] = [];
  const start = async (starting: Promise<Instance>): Promise<Instance> => {
    const instance = await starting;
    running.push(instance);
    return instance;
  };
  try {
    const notifier = await createNotifier();
    const config = join(folder, 'refunds.json');
    writeFileSync(config, JSON.stringify({ ...notifier.config(), ...QUIET }));
    const server = (databaseUrl: string): Promise<Instance> =>
      start(startInstance({ REFUNDS_CONFIG: config, DATA_DIR: folder, DATABASE_URL: databaseUrl }));

    say(
      `${availableParallelism()} processors, shared by database, servers and sender; ${AT_ONCE} callbacks under way at once`,
    );
    const calm = makeStorm(notifier, { callbacks, times: 1, seed: 1 });
    const honest = calm.deliveries.filter(({ isForged }) => !isForged);
    await calmly(cluster, calm, honest, { server, bare: (url) => start(startBare(url)) });
    await stormily(cluster, makeStorm(notifier, { callbacks, times: 3, seed: 2 }), server);
  } finally {
    await Promise.all(running.map((instance) => instance.kill().catch(() => undefined)));
    await cluster.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

type Cluster = Awaited<ReturnType<typeof startCluster>>;
type Start = (databaseUrl: string) => Promise<Instance>;

/** Each callback once, without kills: the rate beside the bare handlers. */
async function calmly(
  cluster: Cluster,
  calm: Storm,
  deliveries: Storm['deliveries'],
  { server, bare }: { readonly server: Start; readonly bare: Start },
): Promise<void> {
  const databaseUrl = await cluster.newDatabase('calm');
  const ledger = await open(databaseUrl);
  await recordOurs(ledger, calm);
  await ledger.pool.query(
    'create table bare (id bigint generated always as identity primary key, body bytea not null)',
  );
  // The bare handlers run twice. On a shared machine the two rates show how far the comparison can be
  // trusted.
  for (const [name, starting] of [
    ['bare handlers', bare],
    ['servers', server],
    ['bare handlers', bare],
  ] as const) {
    const two = await Promise.all([starting(databaseUrl), starting(databaseUrl)]);
    if (starting === server) await untilSwept(ledger);
    const urls = two.map(({ url }) => url);
    const sent = await sendAll(deliveries, () => urls, { atOnce: AT_ONCE });
    say(`calm, two ${name}: ${sent.acknowledged} in ${sent.seconds.toFixed(1)} s, ${rate(sent)}`);
    await Promise.all(two.map((one) => one.stop()));
  }
  const { wrong } = await compare(ledger, { ...calm, deliveries });
  say(wrong.length === 0 ? 'calm: the ledger is right' : `calm: WRONG ${wrong.slice(0, 10).join('; ')}`);
  if (wrong.length > 0) process.exitCode = 1;
  await ledger.close();
}

/** Each three times, with deaths. */
async function stormily(cluster: Cluster, storm: Storm, server: Start): Promise<void> {
  const databaseUrl = await cluster.newDatabase('storm');
  const recording = await open(databaseUrl);
  await recordOurs(recording, storm);
  const [first, second] = await Promise.all([server(databaseUrl), server(databaseUrl)]);
  await untilSwept(recording);
  await recording.close();
  let up = [first.url, second.url];
  const all = storm.deliveries.length;
  const troubles: Promise<void>[] = [];
  const startedAt = performance.now();
  const at = (): string => `${((performance.now() - startedAt) / 1_000).toFixed(1)} s`;
  const kill = async (): Promise<void> => {
    await second.kill();
    say(`storm, ${at()}: one server killed`);
    // Its sender finds out by itself.
    await pause(1_000);
    up = [first.url];
    const third = await server(databaseUrl);
    up = [first.url, third.url];
    say(`storm, ${at()}: another started`);
  };
  const restart = async (): Promise<void> => {
    await cluster.restart();
    say(`storm, ${at()}: the database was restarted`);
  };
  const sent = await sendAll(storm.deliveries, () => up, {
    atOnce: AT_ONCE,
    progress: (done) => {
      if (done === Math.floor(all / 2)) troubles.push(kill());
      if (done === Math.floor((3 * all) / 4)) troubles.push(restart());
    },
  });
  await Promise.all(troubles);
  say(
    `storm: ${storm.letters.length} callbacks of ${storm.lives.length} refunds, ${sent.acknowledged} deliveries acknowledged, ` +
      `${sent.refused} forged ones refused, ${sent.again} tries in vain, ${sent.seconds.toFixed(1)} s, ${rate(sent)}`,
  );
  const ledger = await open(databaseUrl);
  const { wrong, events, states } = await compare(ledger, storm);
  await ledger.close();
  say(`storm: ${events} events; kept callbacks: ${JSON.stringify(states)}`);
  say(wrong.length === 0 ? 'storm: states and events are right' : `storm: WRONG ${wrong.slice(0, 10).join('; ')}`);
  if (wrong.length > 0) process.exitCode = 1;
}

if (WORD === '--bare') await serveBare(SECOND);
else await measure(Number(WORD));
