/** One `pg.Pool` as the ledger needs it, over PostgreSQL or over the embedded database. */
import { createPgConfig } from '@electric-sql/pglite/node-postgres';
import type { PGlite } from '@electric-sql/pglite';
import type { PostgresCursor, PostgresPool, PostgresQueryResult } from 'kysely';
import pg from 'pg';
import { use } from '../../flow/meter.ts';
import { askOn, beginningLate } from './statements/asking.ts';
import { DURABLE_SESSION } from './statements/durability.ts';
import { unlessGone } from './errors.ts';
import type { StatementNames } from './statements/prepared.ts';
import type { Sockets } from './sockets.ts';

/** Milliseconds that a caller waits for a connection before it is told that the ledger is unavailable. */
const CONNECTION_TIMEOUT_MS = 10_000;
/** Milliseconds after which PostgreSQL itself ends a statement, or a transaction in which nothing happens. */
const STATEMENT_TIMEOUT_MS = 30_000;

/** To compile a plan takes longer than any page: a search's takes 200 ms, and then runs for one. */
const NO_COMPILER = 'set jit = off';

const asBigint = (text: string): bigint => BigInt(text);

/**
 * int8 as bigint, for this pool alone. Whoever needs the driver's own types on this pool (pg-boss) gives
 * `types: pg.types` with the query.
 */
const types: pg.CustomTypesConfig = {
  getTypeParser: (type): ((text: string) => unknown) => {
    if (type === pg.types.builtins.INT8) return asBigint;
    const parse: unknown = pg.types.getTypeParser(type, 'text');
    return (text: string): unknown => (typeof parse === 'function' ? Reflect.apply(parse, undefined, [text]) : text);
  },
};

/** A pool over PostgreSQL. */
export function postgresPool(
  connectionString: string,
  options: {
    readonly max: number;
    /** Without a limit on statements, for migrations. */
    readonly isPatient?: boolean;
    /** Makes the sockets of its connections. */
    readonly sockets?: Sockets;
    /** Left out: no statement has a name. */
    readonly names?: StatementNames;
  },
): pg.Pool {
  const { max, isPatient = false, sockets, names } = options;
  return ignoringErrors(
    new pg.Pool({
      connectionString,
      types,
      max,
      ...(sockets && { stream: sockets.open }),
      keepAlive: true,
      connectionTimeoutMillis: CONNECTION_TIMEOUT_MS,
      application_name: 'refund-graph',
      // Not as a startup parameter: PgBouncer refuses `options`. The pool gives it out afterwards.
      // oxlint-disable-next-line typescript/no-misused-promises -- the pool waits for it
      onConnect: async (client) => {
        await client.query(`${DURABLE_SESSION}; ${NO_COMPILER}`);
        await names?.connected(client);
      },
      ...(isPatient
        ? {}
        : {
            statement_timeout: STATEMENT_TIMEOUT_MS,
            idle_in_transaction_session_timeout: STATEMENT_TIMEOUT_MS,
          }),
    }),
  );
}

/** A pool over the embedded database: one connection, which all take turns with. */
export function embeddedPool(lite: PGlite, names?: StatementNames): pg.Pool {
  const { connection } = createPgConfig(lite);
  const options = {
    connection,
    types,
    max: 1,
    connectionTimeoutMillis: 2 * CONNECTION_TIMEOUT_MS,
    // oxlint-disable-next-line typescript/no-misused-promises -- the pool waits for it
    onConnect: async (client: pg.ClientBase) => names?.connected(client),
  };
  return ignoringErrors(new pg.Pool(options));
}

/**
 * A connection that breaks emits `error`, which would end the process without a listener. The statement on
 * the connection fails with the same error, and the pool replaces an idle connection.
 */
function ignoringErrors(pool: pg.Pool): pg.Pool {
  const ignore = (): void => undefined;
  pool.on('error', ignore);
  pool.on('connect', (client) => client.on('error', ignore));
  return pool;
}

/**
 * The pool for Kysely: a connection that is gone becomes a LedgerUnavailableError, whichever statement met
 * it. `enter` waits for a place among the connections; `failed` hears every error first.
 */
export const withTypedErrors = (
  pool: pg.Pool,
  {
    enter,
    failed,
    names,
  }: {
    readonly enter: () => Promise<() => void>;
    readonly failed: (error: unknown) => void;
    /** Left out: no statement has a name. */
    readonly names?: StatementNames;
  },
): PostgresPool => ({
  options: pool.options,
  end: () => pool.end(),
  connect: async () => {
    const leave = await enter();
    const client = await unlessGone(pool.connect()).catch((error: unknown) => {
      leave();
      throw error;
    });
    const ask = beginningLate(askOn(client, names));
    function query<Row>(sql: string, parameters: readonly unknown[]): Promise<PostgresQueryResult<Row>>;
    function query<Row>(cursor: PostgresCursor<Row>): PostgresCursor<Row>;
    function query<Row>(
      asked: string | PostgresCursor<Row>,
      parameters: readonly unknown[] = [],
    ): Promise<PostgresQueryResult<Row>> | PostgresCursor<Row> {
      if (typeof asked !== 'string') throw new Error('The ledger reads no cursors of the driver.');
      const began = performance.now();
      const answer = ask<Row>(asked, parameters);
      answer.catch(failed);
      return unlessGone(answer).finally(() => use('databaseMs', performance.now() - began));
    }
    const processID: unknown = Reflect.get(client, 'processID');
    const release = (destroy?: boolean): void => {
      client.release(destroy);
      leave();
    };
    return { query, release, ...(typeof processID === 'number' && { processID }) };
  },
});
