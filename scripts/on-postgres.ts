/**
 * Runs a command with TEST_DATABASE_URL set to an empty PostgreSQL database: `node scripts/on-postgres.ts
 * vitest run`. Afterwards it drops the database, and every other one whose name starts with its name (the
 * tests' clones). The server is POSTGRES_URL, by default the local one with user postgres and no password.
 */
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';

const server = new URL(process.env['POSTGRES_URL'] ?? 'postgres://postgres@127.0.0.1:5432/postgres');
const name = `refund_graph_test_${Date.now()}_${process.pid}`;
/** A server that has just been started refuses connections for a while. */
const PATIENCE_MS = 30_000;

async function connect(): Promise<pg.Client> {
  for (const started = performance.now(); ; await pause(500)) {
    const client = new pg.Client({ connectionString: server.href, connectionTimeoutMillis: 5_000 });
    try {
      await client.connect();
      return client;
    } catch (problem) {
      if (performance.now() - started > PATIENCE_MS)
        throw new Error(`PostgreSQL at ${server.host} can't be used`, { cause: problem });
    }
  }
}

/** Runs the command to its end, whatever signals come meanwhile: the database has to be dropped after it. */
function run([command = '', ...options]: readonly string[], url: string): Promise<number> {
  const child = spawn(command, options, { stdio: 'inherit', env: { ...process.env, TEST_DATABASE_URL: url } });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill(signal));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve(code ?? 128 + constants.signals[signal ?? 'SIGKILL']));
  });
}

const client = await connect();
try {
  await client.query(`CREATE DATABASE ${name}`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  process.exitCode = await run(process.argv.slice(2), url.href);
} finally {
  const { rows } = await client.query<{ datname: string }>(
    'SELECT datname FROM pg_database WHERE starts_with(datname, $1)',
    [name],
  );
  for (const { datname } of rows) await client.query(`DROP DATABASE IF EXISTS "${datname}" WITH (FORCE)`);
  await client.end();
}
