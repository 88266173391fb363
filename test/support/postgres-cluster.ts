/**
 * PostgreSQL servers of one test: with settings that a shared server can't have, standbys, and kills. The
 * user `postgres` runs them when root runs the tests, because PostgreSQL refuses to run as root.
 */
import { execFile, execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { freePorts } from '../../bench/chaos/servers.ts';
import { until } from './until.ts';

const INSTALLED = '/usr/lib/postgresql';

/** The folder with the newest server's programs; null where none is installed. */
export const POSTGRES_PROGRAMS: string | null = newest();

/** Why tests are skipped. */
export const WITHOUT_PROGRAMS = POSTGRES_PROGRAMS === null ? ` (skipped: no ${INSTALLED}/*/bin/initdb)` : '';

function newest(): string | null {
  if (!existsSync(INSTALLED)) return null;
  const versions = readdirSync(INSTALLED).toSorted((one, other) => Number(other) - Number(one));
  const folders = versions.map((version) => join(INSTALLED, version, 'bin'));
  return folders.find((folder) => existsSync(join(folder, 'initdb'))) ?? null;
}

export interface Cluster {
  /** Leads to a database of it, as its superuser or as another role. */
  readonly url: (database: string, role?: string) => string;
  /** Runs one statement in a database. */
  readonly query: (statement: string, database?: string) => Promise<readonly Readonly<Record<string, unknown>>[]>;
  /** An asynchronous standby that has all that was committed until now, and follows. */
  readonly standby: () => Promise<Cluster>;
  /** Of a standby: hears nothing more of its primary. Resolves when that is so. */
  readonly cutOff: () => Promise<void>;
  /** From now on only a commit itself writes to the disk: the background writers are stopped. */
  readonly stopWriters: () => Promise<void>;
  /** SIGKILL for every process of it in one moment: what was in its memory alone is lost. */
  readonly crash: () => Promise<void>;
  /** Starts it again after a crash. */
  readonly start: () => Promise<void>;
  /** Ends it and removes its files. */
  readonly remove: () => Promise<void>;
}

type Settings = Readonly<Record<string, string>>;

/** Starts one with settings of `postgresql.conf`. */
export async function startCluster(settings: Settings = {}): Promise<Cluster> {
  const folder = newFolder();
  await program('initdb', [
    '-D',
    join(folder, 'data'),
    '-U',
    'postgres',
    '-A',
    'trust',
    '-E',
    'UTF8',
    '--locale=C',
    '-N',
  ]);
  return started(folder, settings);
}

async function started(folder: string, settings: Settings): Promise<Cluster> {
  const [port = 0] = await freePorts(1);
  let server: ChildProcess | null = null;

  const url: Cluster['url'] = (database, role = 'postgres') => `postgres://${role}@127.0.0.1:${port}/${database}`;

  const query: Cluster['query'] = async (statement, database = 'postgres') => {
    const client = new pg.Client({ connectionString: url(database) });
    await client.connect();
    try {
      const { rows } = await client.query<Record<string, unknown>>(statement);
      return rows;
    } finally {
      await client.end();
    }
  };

  async function start(): Promise<void> {
    const all = { listen_addresses: '127.0.0.1', unix_socket_directories: folder, port: String(port), ...settings };
    const options = Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
    server = spawn(pathOf('postgres'), ['-D', join(folder, 'data'), ...options], { ...asOwner(), stdio: 'ignore' });
    await until(
      () =>
        query('select 1').then(
          () => true,
          () => false,
        ),
      60_000,
    );
  }

  async function end(how: (pid: number) => void): Promise<void> {
    if (server?.pid === undefined || server.exitCode !== null || server.signalCode !== null) return;
    const exited = once(server, 'exit');
    how(server.pid);
    await exited;
  }

  await start();
  return {
    url,
    query,
    start,
    standby: async () => {
      const own = newFolder();
      const from = ['-h', '127.0.0.1', '-p', String(port), '-U', 'postgres'];
      await program('pg_basebackup', [
        ...from,
        '-D',
        join(own, 'data'),
        '-R',
        '-X',
        'stream',
        '-c',
        'fast',
        '--no-sync',
      ]);
      return started(own, settings);
    },
    cutOff: async () => {
      await query(`alter system set primary_conninfo = ''`);
      await query('select pg_reload_conf()');
      await until(async () => (await query('select from pg_stat_wal_receiver')).length === 0);
    },
    stopWriters: async () => {
      const writers = await query(`select pid from pg_stat_activity where backend_type like '%writer'`);
      for (const { pid } of writers) process.kill(Number(pid), 'SIGSTOP');
    },
    crash: () => end(killAll),
    remove: async () => {
      await end(killAll);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** First the one is stopped that would notice the others' end, and write what it can. */
function killAll(pid: number): void {
  process.kill(pid, 'SIGSTOP');
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number);
  for (const one of [...children, pid]) process.kill(one, 'SIGKILL');
}

const pathOf = (name: string): string => join(POSTGRES_PROGRAMS ?? '', name);

const run = promisify(execFile);

async function program(name: string, options: readonly string[]): Promise<void> {
  await run(pathOf(name), options, asOwner());
}

/** Whoever may run a server: the present user, unless that is root. */
function asOwner(): { readonly uid?: number; readonly gid?: number } {
  if (process.getuid?.() !== 0) return {};
  const [uid = 0, gid = 0] = ['-u', '-g'].map((which) => Number(execFileSync('id', [which, 'postgres'])));
  return { uid, gid };
}

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'refund-graph-postgres-'));
  const { uid, gid } = asOwner();
  if (uid !== undefined && gid !== undefined) chownSync(folder, uid, gid);
  return folder;
}
