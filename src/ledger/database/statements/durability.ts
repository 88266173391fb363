/**
 * A commit that is acknowledged stays. `synchronous_commit` decides it. A database, a role or DATABASE_URL
 * may have turned it off, and a crash then forgets refunds that a provider has executed. So our connections
 * and our transactions set it themselves.
 */
import {
  CompiledQuery,
  PostgresDialect,
  PostgresDriver,
  type DatabaseConnection,
  type Driver,
  type PostgresPool,
} from 'kysely';
import type pg from 'pg';
import { unlessGone } from '../errors.ts';

/** `on`, unless the setting asks for more: `remote_apply` waits until a standby also shows the commit. */
const durable = (scope: 'session' | 'transaction'): string =>
  `select set_config('synchronous_commit', 'on', ${scope === 'transaction'})
   where current_setting('synchronous_commit') not in ('on', 'remote_apply')`;

/** For a new connection: what is written outside a transaction of ours (pg-boss, LISTEN) has it, too. */
export const DURABLE_SESSION = durable('session');

/**
 * A transaction of ours begins with it, in one message with its first statement where that has no parameters
 * (`pool.ts`). Behind PgBouncer in transaction mode a session's
 * setting may be that of another server connection. A transaction's own setting holds everywhere.
 */
export const BEGIN = `begin; ${durable('transaction')}`;

class DurableDriver extends PostgresDriver {
  override async beginTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw(BEGIN));
  }
}

/**
 * Kysely over a pool, with transactions that set `synchronous_commit` for themselves. They have the server's
 * isolation level.
 */
export class DurableDialect extends PostgresDialect {
  readonly #pool: PostgresPool;

  constructor(pool: PostgresPool) {
    super({ pool });
    this.#pool = pool;
  }

  override createDriver(): Driver {
    return new DurableDriver({ pool: this.#pool });
  }
}

/**
 * What an operator should know of the server. forgets: an acknowledged commit may be lost in a crash,
 * whatever we set. lags: it may be lost by a failover. The text says what to do.
 */
export interface Weakness {
  readonly kind: 'forgets' | 'lags';
  readonly text: string;
}

/**
 * A copy that is being made by pg_basebackup is no standby. Only members of pg_monitor see the state of
 * others' connections.
 */
const ASKED = `
  select current_setting('fsync') as fsync,
    current_setting('full_page_writes') as full_page_writes,
    current_setting('synchronous_commit') as synchronous_commit,
    current_setting('synchronous_standby_names') as synchronous_standby_names,
    (select count(*)::int from pg_stat_replication where state is distinct from 'backup') as standbys,
    (select count(*)::int from pg_stat_replication where sync_state = 'async' and state <> 'backup') as asynchronous`;

/** Asks the server, over a connection that has set what it can. Throws LedgerUnavailableError. */
export async function findWeaknesses(pool: pg.Pool): Promise<readonly Weakness[]> {
  const { rows } = await unlessGone(pool.query<Parameters<typeof weaknessesOf>[0]>(ASKED));
  return rows.flatMap(weaknessesOf);
}

function weaknessesOf(told: {
  readonly fsync: string;
  readonly full_page_writes: string;
  readonly synchronous_commit: string;
  readonly synchronous_standby_names: string;
  readonly standbys: number;
  /** Of those standbys whose state our role may see. */
  readonly asynchronous: number;
}): readonly Weakness[] {
  const forgets = (text: string): Weakness => ({ kind: 'forgets', text });
  const lags = (text: string): Weakness => ({ kind: 'lags', text });
  const { synchronous_commit: commit, synchronous_standby_names: names, standbys, asynchronous } = told;
  const weaknesses: Weakness[] = [];
  if (told.fsync === 'off') {
    weaknesses.push(forgets('fsync is off: a crash of the machine loses refunds and destroys tables; set fsync = on'));
  }
  if (told.full_page_writes === 'off') {
    const remedy = 'set full_page_writes = on, unless the file system never writes half a page';
    weaknesses.push(forgets(`full_page_writes is off: a crash of the machine may destroy tables; ${remedy}`));
  }
  if (commit !== 'on' && commit !== 'remote_apply') {
    const words = `synchronous_commit is ${commit}, and our connections can't set it to on`;
    weaknesses.push(forgets(`${words}: a crash forgets refunds; set it for the database`));
  }
  if (standbys > 0 && names === '') {
    const remedy = 'set synchronous_standby_names, or run npm run compare after each failover';
    weaknesses.push(
      lags(`its standbys are asynchronous (${standbys}): a promoted one may have forgotten refunds; ${remedy}`),
    );
  } else if (asynchronous > 0) {
    const remedy = 'promote a synchronous one, or run npm run compare after the failover';
    weaknesses.push(
      lags(`${asynchronous} of its standbys asynchronous: a promoted one may have forgotten refunds; ${remedy}`),
    );
  }
  return weaknesses;
}
