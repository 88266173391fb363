/** A look at the ledger that changes nothing: for the doctor. */
import { existsSync } from 'node:fs';
import { Kysely } from 'kysely';
import type pg from 'pg';
import type { Clock } from '../flow/clock.ts';
import type { LedgerPlace } from './database/database.ts';
import { DurableDialect, findWeaknesses, type Weakness } from './database/statements/durability.ts';
import { openEmbedded } from './database/embedded.ts';
import { DataDirInUseError, unlessGone } from './database/errors.ts';
import { checkInvariants } from './invariants.ts';
import { readKind, type LedgerKind } from './database/kind.ts';
import { countUnreadable } from './mirror.ts';
import { pendingMigrations } from './database/migrations.ts';
import { AT_ONCE } from './database/lanes.ts';
import { embeddedPool, postgresPool, withTypedErrors } from './database/pool.ts';
import { countNeedingAttention } from './queue/unfinished.ts';
import type { Tables } from './tables.ts';

/**
 * Opens, looks and closes. `absent`: the data folder holds no database yet; the first start makes it.
 * `in-use`: a running server has the embedded database. Throws LedgerUnavailableError, and whatever the
 * database says about a wrong name or password.
 */
export async function inspectLedger(
  place: Extract<LedgerPlace, { databaseUrl: string } | { dataDir: string }>,
  clock: Clock,
): Promise<{ readonly kind: 'absent' | 'in-use' } | Awaited<ReturnType<typeof look>>> {
  if ('databaseUrl' in place) {
    const pool = postgresPool(place.databaseUrl, { max: 1, isPatient: true });
    try {
      const seen = await look(pool, clock);
      return { ...seen, weaknesses: await findWeaknesses(pool) };
    } finally {
      await pool.end();
    }
  }
  if (!existsSync(place.dataDir)) return { kind: 'absent' };
  try {
    const { lite, close } = await openEmbedded(place.dataDir);
    const pool = embeddedPool(lite);
    try {
      return await look(pool, clock);
    } finally {
      await pool.end();
      await close();
    }
  } catch (error) {
    if (error instanceof DataDirInUseError) return { kind: 'in-use' };
    throw error;
  }
}

async function look(pool: pg.Pool, clock: Clock) {
  const asked = `select current_setting('server_version') as version, clock_timestamp() as now,
    pg_is_in_recovery() as "isStandby"`;
  const { rows } = await unlessGone(pool.query<{ version: string; now: Date; isStandby: boolean }>(asked));
  const ours = clock();
  const [told] = rows;
  if (told === undefined) throw new Error('the database told nothing of itself');
  const server = `PostgreSQL ${told.version.split(' ')[0] ?? ''}`;
  const db = new Kysely<Tables>({ dialect: new DurableDialect(withTypedErrors(pool, AT_ONCE)) });
  const pending = await pendingMigrations(db);
  const weaknesses: readonly Weakness[] = [];
  return {
    kind: 'opened',
    /** As the server names itself, e.g. `PostgreSQL 15.20`. */
    server,
    /**
     * Milliseconds by which its clock is ahead of ours. Servers over one ledger must agree about the time.
     */
    aheadMs: told.now.getTime() - ours.getTime(),
    /** It is a standby: nothing can be written. */
    isStandby: told.isStandby,
    /** What may make it forget an acknowledged commit; none of the embedded database. */
    weaknesses,
    /** Steps that the next start takes; as long as there are some, no invariant is checked. */
    pending,
    invariants: pending.length > 0 ? [] : await checkInvariants(db),
    /** Refunds at which a person must look, by account and reason. */
    needingAttention: pending.length > 0 ? [] : await countNeedingAttention(db),
    /** Rows of copied lists that can't be read, by account and member. */
    unreadable: pending.length > 0 ? [] : await countUnreadable(db),
    /** Null: no start has marked it, or its tables are older than the mark. */
    ledgerKind: await kindIn(pool, db),
  } as const;
}

async function kindIn(pool: pg.Pool, db: Kysely<Tables>): Promise<LedgerKind | null> {
  const { rows } = await pool.query<{ found: boolean }>(`select to_regclass('ledger_kind') is not null as found`);
  return rows[0]?.found === true ? readKind(db) : null;
}
