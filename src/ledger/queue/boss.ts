/**
 * pg-boss over the ledger's own pool. Its tables stand beside ours, so that a job and a row are written in
 * one transaction.
 */
import { CompiledQuery, sql, type RawBuilder } from 'kysely';
import { PgBoss, type Db as BossDb } from 'pg-boss';
import type { Ledger, Tx } from '../database/database.ts';
import { LedgerUnavailableError, unlessGone } from '../database/errors.ts';

/**
 * How often jobs of dead processes are looked for, in seconds. The embedded database has a single process, so
 * it has none to look for while it runs.
 */
const SUPERVISE_SECONDS = { postgres: 10, embedded: 60 } as const;

/**
 * Starts pg-boss, and installs its tables where they are missing. Any number of processes may do so at once:
 * an advisory lock lets one work. The caller stops it (`close: false`) before the ledger is closed. `failed`
 * is called with errors of its own loops, `recovered` when the database answers it again.
 */
export async function openBoss(
  ledger: Ledger,
  failed: (error: Error) => void,
  recovered: () => void = () => undefined,
): Promise<PgBoss> {
  let isAway = false;
  const executeSql = async (text: string, values?: unknown[]) => {
    try {
      const answer = await unlessGone(execute(ledger, text, values));
      if (isAway) recovered();
      isAway = false;
      return answer;
    } catch (error) {
      isAway ||= error instanceof LedgerUnavailableError;
      throw error;
    }
  };
  const boss = new PgBoss({
    db: { executeSql },
    backend: ledger.kind === 'embedded' ? 'pglite' : 'postgres',
    schedule: false,
    registerInstance: false,
    reindex: ledger.kind === 'postgres',
    superviseIntervalSeconds: SUPERVISE_SECONDS[ledger.kind],
    monitorIntervalSeconds: SUPERVISE_SECONDS[ledger.kind],
  });
  boss.on('error', failed);
  await boss.start();
  if (ledger.kind === 'embedded') await freeOrphans(ledger);
  else void lookNow(boss, failed);
  return boss;
}

/**
 * pg-boss itself looks for the jobs of dead processes only some time after its start. Servers that die
 * sooner, one after the other, would leave such jobs for ever. A stop of pg-boss waits for this.
 */
async function lookNow(boss: PgBoss, failed: (error: Error) => void): Promise<void> {
  try {
    await boss.supervise();
  } catch (error) {
    failed(error instanceof Error ? error : new Error(String(error)));
  }
}

/** pg-boss inside a transaction of the ledger: what it sends is kept with it, or not at all. */
export const bossIn = (tx: Tx): { readonly db: BossDb } => ({
  db: {
    executeSql: async (text, values = []) => {
      const { rows } = await tx.executeQuery<JobRow>(CompiledQuery.raw(text, [...values]));
      return { rows: rows.map(withNumbers) };
    },
  },
});

/** A database for one call of pg-boss that runs nothing: what it was to run is had as a statement. */
export function statementOfBoss(): { readonly db: BossDb; readonly statement: () => RawBuilder<unknown> } {
  const asked: RawBuilder<unknown>[] = [];
  return {
    db: {
      executeSql: (text, values = []) => {
        asked.push(withParameters(text, values));
        // It looks whether one row was written.
        return Promise.resolve({ rows: [{ id: null }] });
      },
    },
    statement: () => {
      const [only, ...others] = asked;
      if (only === undefined || others.length > 0) throw new Error(`pg-boss asked for ${asked.length} statements`);
      return only;
    },
  };
}

/** A text with `$1`, `$2` … and their values. */
const withParameters = (text: string, values: readonly unknown[]): RawBuilder<unknown> =>
  sql.join(
    text
      .split(/(\$\d+)/)
      .map((part) => (/^\$\d+$/.test(part) ? sql`${values[Number(part.slice(1)) - 1]}` : sql.raw(part))),
    sql``,
  );

type JobRow = Readonly<Record<string, unknown>>;

async function execute({ pool }: Ledger, text: string, values?: unknown[]): Promise<{ rows: JobRow[] }> {
  const client = await pool.connect();
  try {
    // Without values the text may hold several statements, and the driver then gives one result for each.
    const answer: unknown = await (values === undefined || values.length === 0
      ? client.query<JobRow>(text)
      : client.query<JobRow>(text, values));
    client.release();
    const results = Array.isArray(answer) ? answer : [answer];
    return { rows: results.flatMap(rowsOf) };
  } catch (error) {
    // pg-boss's scripts begin transactions. On the embedded database an abandoned one would be everybody's.
    await client.query('rollback').catch(() => undefined);
    client.release(true);
    throw error;
  }
}

const rowsOf = (result: unknown): JobRow[] => {
  const rows: unknown = typeof result === 'object' && result !== null && 'rows' in result ? result.rows : [];
  return Array.isArray(rows) ? rows.filter(isRow).map(withNumbers) : [];
};

const isRow = (value: unknown): value is JobRow => typeof value === 'object' && value !== null;

/** The pool reads int8 as bigint; pg-boss counts in numbers. */
const withNumbers = (row: JobRow): JobRow =>
  Object.fromEntries(
    Object.entries(row).map(([name, value]) => [name, typeof value === 'bigint' ? Number(value) : value]),
  );

/**
 * The embedded database has a single process, so an active job at its start was left by one that died. It
 * waits again, unless the same job waits already.
 */
async function freeOrphans({ pool }: Ledger): Promise<void> {
  await pool.query(`
    update pgboss.job as orphan set state = 'created', started_on = null
    where state = 'active' and not exists (
      select from pgboss.job as waiting
      where waiting.name = orphan.name and waiting.state = 'created'
        and waiting.singleton_key is not distinct from orphan.singleton_key
    )`);
  await pool.query(`delete from pgboss.job where state = 'active'`);
}
