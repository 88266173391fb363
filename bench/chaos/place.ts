/** A database of the run's own, with the environment that leads a server to it. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import type { LedgerPlace } from '../../src/ledger/database/database.ts';

export const DATABASES = ['embedded', 'postgres'] as const;
export type DatabaseKind = (typeof DATABASES)[number];

export interface Place {
  readonly kind: DatabaseKind;
  readonly ledger: Extract<LedgerPlace, { databaseUrl: string } | { dataDir: string }>;
  readonly variables: Readonly<Record<string, string>>;
  /** For the servers' configuration and logs. */
  readonly folder: string;
  /** Breaks about half of the servers' connections; null where there are none. */
  readonly cut: (() => Promise<void>) | null;
  /** Drops the database; the folder too unless it is still wanted. */
  readonly clear: (keepFolder: boolean) => Promise<void>;
}

const DEFAULT_SERVER = 'postgres://postgres@127.0.0.1:5432/postgres';

/**
 * Makes an empty database. PostgreSQL is the server of TEST_DATABASE_URL or POSTGRES_URL, by default the
 * local one.
 */
export async function makePlace(kind: DatabaseKind, name: string): Promise<Place> {
  const folder = mkdtempSync(join(tmpdir(), 'refund-chaos-'));
  const clearFolder = (keep: boolean): void => {
    if (!keep) rmSync(folder, { recursive: true, force: true });
  };
  switch (kind) {
    case 'embedded':
      return {
        kind,
        folder,
        ledger: { dataDir: join(folder, 'data', 'ledger') },
        variables: { DATA_DIR: join(folder, 'data') },
        cut: null,
        clear: async (keep) => clearFolder(keep),
      };
    case 'postgres': {
      const test = process.env['TEST_DATABASE_URL'];
      const server = test ?? process.env['POSTGRES_URL'] ?? DEFAULT_SERVER;
      // What begins with the name of the tests' database is dropped with it, should we not come to it.
      const prefix = test === undefined ? 'refund' : new URL(test).pathname.slice(1);
      const database = `${prefix}_chaos_${name}_${process.pid}`.toLowerCase();
      await administer(server, `create database "${database}"`);
      const url = new URL(server);
      url.pathname = `/${database}`;
      return {
        kind,
        folder,
        ledger: { databaseUrl: url.href },
        variables: { DATABASE_URL: url.href },
        cut: () =>
          administer(
            server,
            `select pg_terminate_backend(pid) from pg_stat_activity where datname = '${database}' and random() < 0.5`,
          ),
        clear: async (keep) => {
          await administer(server, `drop database if exists "${database}" with (force)`);
          clearFolder(keep);
        },
      };
    }
  }
}

async function administer(server: string, statement: string): Promise<void> {
  const url = new URL(server);
  url.pathname = '/postgres';
  const client = new pg.Client({ connectionString: url.href });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
