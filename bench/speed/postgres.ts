/** Databases of the bench on a PostgreSQL of this machine, and the processor time of their backends. */
import pg from 'pg';
import { cpuOf } from './processes.ts';

const SERVER = process.env['POSTGRES_URL'] ?? 'postgres://postgres@127.0.0.1:5432/postgres';

export interface Database {
  readonly url: string;
  /** Processor time of its backends since the database was made, in microseconds. */
  readonly cpu: () => Promise<number>;
  readonly query: (text: string, values?: readonly unknown[]) => Promise<readonly unknown[]>;
  readonly drop: () => Promise<void>;
}

export interface Postgres {
  readonly version: string;
  readonly database: (name: string) => Promise<Database>;
  readonly close: () => Promise<void>;
}

/** Connects to POSTGRES_URL, by default the local server. */
export async function openPostgres(): Promise<Postgres> {
  const admin = new pg.Client({ connectionString: SERVER });
  await admin.connect();
  const { rows } = await admin.query<{ version: string }>("select current_setting('server_version') as version");
  let count = 0;

  async function database(word: string): Promise<Database> {
    count += 1;
    const name = `refund_speed_${word}_${process.pid}_${count}`;
    await admin.query(`create database "${name}"`);
    const url = new URL(SERVER);
    url.pathname = `/${name}`;
    const own = new pg.Client({ connectionString: url.href, application_name: 'bench' });
    await own.connect();
    own.on('error', () => undefined);
    /** What each backend had used when it was last seen; one that has gone keeps it. */
    const used = new Map<number, number>();
    return {
      url: url.href,
      cpu: async () => {
        const backends = await admin.query<{ pid: number }>(
          `select pid from pg_stat_activity where datname = $1 and application_name <> 'bench'`,
          [name],
        );
        for (const { pid } of backends.rows) used.set(pid, Math.max(used.get(pid) ?? 0, cpuOf(pid)));
        return [...used.values()].reduce((sum, one) => sum + one, 0);
      },
      query: async (text, values = []) => (await own.query<Record<string, unknown>>(text, [...values])).rows,
      drop: async () => {
        await own.end();
        await admin.query(`drop database if exists "${name}" with (force)`);
      },
    };
  }

  return { version: rows[0]?.version ?? '', database, close: () => admin.end() };
}
