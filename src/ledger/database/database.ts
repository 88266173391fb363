/**
 * The ledger's database: opened, brought up to date, closed. One pool for everything that this process does
 * with it.
 */
import { randomBytes } from 'node:crypto';
import type { PGlite } from '@electric-sql/pglite';
import { Kysely, type Transaction } from 'kysely';
import type pg from 'pg';
import { untilAborted } from '../../flow/abort.ts';
import type { Clock, NewId } from '../../flow/clock.ts';
import { DurableDialect, findWeaknesses, type Weakness } from './statements/durability.ts';
import { openEmbedded } from './embedded.ts';
import { isCollision, LedgerUnavailableError, LedgerUnusableError, unlessGone } from './errors.ts';
import { AT_ONCE, createConnectionLanes, type LedgerLane } from './lanes.ts';
import { embeddedListen, postgresListen } from './listen.ts';
import { migrate } from './migrations.ts';
import { adoptMovedEvents } from './moved.ts';
import { embeddedPool, postgresPool, withTypedErrors } from './pool.ts';
import { createStatementNames, type Preparing } from './statements/prepared.ts';
import { cutWhenSilent } from './silence.ts';
import { createSockets } from './sockets.ts';
import { readOnlyReason, watchWrites } from './writable.ts';
import type { Tables } from '../tables.ts';

/**
 * PostgreSQL 14 or newer, the embedded database in a folder, or one that the caller opened and closes (in
 * memory, for tests).
 */
export type LedgerPlace =
  | {
      readonly databaseUrl: string;
      /** Default 10; at least 4. */
      readonly maxConnections?: number;
      /** Default auto. */
      readonly preparing?: Preparing;
    }
  | { readonly dataDir: string }
  | { readonly lite: PGlite };

/** What reads and writes the ledger: the pool's connections, or one transaction. */
export type Db = Kysely<Tables>;
export type Tx = Transaction<Tables>;

export type Ledger = Awaited<ReturnType<typeof openLedger>>;

const OLDEST_SERVER = 140_000;
/** The embedded database has a single connection, and its lanes share it. */
const CONNECTIONS = { postgres: 10, embedded: 3 } as const;
/** Calls of each lane that wait for a connection. */
const WAITING = 200;
const PING_MS = 3_000;

/**
 * Opens the ledger and brings its tables up to date. Throws DataDirInUseError, LedgerUnavailableError and
 * LedgerUnusableError.
 */
export async function openLedger(
  place: LedgerPlace,
  {
    clock,
    newId,
    waiting = WAITING,
  }: {
    readonly clock: Clock;
    readonly newId: NewId;
    /** Most calls of each lane that wait for a connection; the others fail at once. Default 200. */
    readonly waiting?: number;
  },
) {
  const { kind, pool, names, listen, end, giveUp } = await openPlace(place);
  const writes = watchWrites(clock);
  const connections = 'databaseUrl' in place ? (place.maxConnections ?? CONNECTIONS.postgres) : CONNECTIONS.embedded;
  const enter = createConnectionLanes(connections, waiting);
  const dbIn = (lane: LedgerLane) => kyselyOver(pool, { enter: () => enter(lane), failed: writes.failed, names });
  const lanes = { refunds: dbIn('refunds'), callbacks: dbIn('callbacks'), jobs: dbIn('jobs'), reads: dbIn('reads') };
  let closing: Promise<void> | null = null;
  const cursorKey = await readCursorKey(lanes.refunds).catch(async (error: unknown) => {
    await end();
    throw error;
  });
  return {
    /** Where its rows are. Whether they are simulated or real is `readKind` of kind.ts. */
    kind,
    /**
     * For others who need the same connections and transactions (pg-boss). int8 is bigint here, see pool.ts.
     */
    pool,
    clock,
    newId,
    /** What cursors are sealed with, at every server over this ledger. */
    cursorKey,
    listen,
    db: lanes.refunds,
    /** The same database, for other work than refunds: see `inLane`. */
    lanes,
    /**
     * What may make the server forget an acknowledged commit; looked for when this is called. None of the
     * embedded database.
     */
    weaknesses: (): Promise<readonly Weakness[]> => (kind === 'postgres' ? findWeaknesses(pool) : Promise.resolve([])),
    /** Throws LedgerUnavailableError when the database does not answer within 3 s. */
    ping: async (): Promise<void> => void (await answersInTime(pool.query('select 1'))),
    /**
     * Why nothing can be written now: read-only, a standby, or a write that failed lately because the disk is
     * full. Null: it can. Throws as `ping` does.
     */
    whyNotWritable: async (): Promise<string | null> => (await answersInTime(readOnlyReason(pool))) ?? writes.problem(),
    /** Ends the connections after what runs has finished; frees the data folder. */
    close: (): Promise<void> => (closing ??= end()),
    /**
     * For a stop that has waited long enough: whatever still waits for the database fails, now and from now
     * on.
     */
    giveUp,
  };
}

async function openPlace(place: LedgerPlace) {
  if ('databaseUrl' in place) return openPostgres(place);
  if ('dataDir' in place) return openOver(await openEmbedded(place.dataDir));
  return openOver({ lite: place.lite, close: () => Promise.resolve() });
}

async function openPostgres({
  databaseUrl,
  maxConnections: max = CONNECTIONS.postgres,
  preparing = 'auto',
}: Extract<LedgerPlace, { databaseUrl: string }>) {
  const installing = postgresPool(databaseUrl, { max: 1, isPatient: true });
  try {
    await refuseUnfitServer(installing);
    await migrate(kyselyOver(installing, AT_ONCE));
    await adoptMovedEvents(kyselyOver(installing, AT_ONCE));
  } finally {
    await installing.end();
  }
  const sockets = createSockets();
  const names = createStatementNames(preparing);
  const pool = postgresPool(databaseUrl, { max, sockets, names });
  const stopWatching = cutWhenSilent(pool, sockets, databaseUrl);
  const end = (): Promise<void> => {
    stopWatching();
    return pool.end();
  };
  return { kind: 'postgres', pool, names, listen: postgresListen(pool), end, giveUp: sockets.cutForGood } as const;
}

async function openOver({ lite, close }: { readonly lite: PGlite; readonly close: () => Promise<void> }) {
  const names = createStatementNames('yes');
  const pool = embeddedPool(lite, names);
  const end = async (): Promise<void> => {
    await pool.end();
    await close();
  };
  try {
    await migrate(kyselyOver(pool, AT_ONCE));
    await makeCursorKey(kyselyOver(pool, AT_ONCE));
  } catch (error) {
    await end();
    throw error;
  }
  return { kind: 'embedded', pool, names, listen: embeddedListen(pool, lite), end, giveUp: () => undefined } as const;
}

const kyselyOver = (pool: pg.Pool, around: Parameters<typeof withTypedErrors>[1]): Db =>
  new Kysely<Tables>({ dialect: new DurableDialect(withTypedErrors(pool, around)) });

/** The same ledger, whose statements take the connections of another lane. */
export const inLane = (ledger: Ledger, lane: LedgerLane): Ledger => ({ ...ledger, db: ledger.lanes[lane] });

async function refuseUnfitServer(pool: pg.Pool): Promise<void> {
  const asked = `select current_setting('server_version_num')::int as version, pg_is_in_recovery() as "isStandby"`;
  const { rows } = await unlessGone(pool.query<{ version: number; isStandby: boolean }>(asked));
  const { version = 0, isStandby = false } = rows[0] ?? {};
  if (version < OLDEST_SERVER) {
    throw new LedgerUnusableError(
      `The database server is PostgreSQL ${Math.floor(version / 10_000)}; 14 or newer is needed.`,
    );
  }
  if (isStandby) throw new LedgerUnusableError(STANDBY);
}

const STANDBY =
  'The database server is a standby (in recovery) and can only be read: name the primary in DATABASE_URL, or promote this one.';

async function answersInTime<Value>(answer: Promise<Value>): Promise<Value> {
  const late = AbortSignal.timeout(PING_MS);
  try {
    return await untilAborted(unlessGone(answer), late);
  } catch (error) {
    if (!late.aborted) throw error;
    throw new LedgerUnavailableError(`The ledger database did not answer within ${PING_MS} ms.`);
  }
}

/** A database that was copied from the template has no key yet. */
async function makeCursorKey(db: Db): Promise<void> {
  await db
    .insertInto('cursor_key')
    .values({ key: randomBytes(32) })
    .onConflict((on) => on.doNothing())
    .execute();
}

async function readCursorKey(db: Db): Promise<Buffer> {
  const { key } = await db.selectFrom('cursor_key').select('key').executeTakeFirstOrThrow();
  return key;
}

const MOST_ATTEMPTS = 5;

/**
 * Runs a function in one transaction: all of it is kept or nothing. Run again, from its start, when the
 * database undid it because of another transaction (a deadlock), so it must do nothing outside the database.
 * Always rolled back when it throws. Inside, everything must go through `tx`: on the embedded database any
 * other statement would wait for this one. `return rollBack(value)` gives the value back and keeps nothing.
 */
export async function inTransaction<Value>(
  ledger: Ledger,
  work: (tx: Tx, rollBack: (value: Value) => Value) => Promise<Value>,
): Promise<Value> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await runOnce(ledger, work);
    } catch (error) {
      if (attempt >= MOST_ATTEMPTS || !isCollision(error)) throw error;
    }
  }
}

/** Ends a transaction without keeping it. */
const ROLL_BACK = new Error('rolled back');

async function runOnce<Value>({ db }: Ledger, work: Parameters<typeof inTransaction<Value>>[1]): Promise<Value> {
  const given: { undone: { readonly value: Value } | null } = { undone: null };
  const rollBack = (value: Value): Value => {
    given.undone = { value };
    return value;
  };
  try {
    return await db.transaction().execute(async (tx) => {
      const value = await work(tx, rollBack);
      if (given.undone !== null) throw ROLL_BACK;
      return value;
    });
  } catch (error) {
    if (error === ROLL_BACK && given.undone !== null) return given.undone.value;
    throw error;
  }
}
