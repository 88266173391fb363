/** How statements are sent on a connection: by name where they have one, and a transaction begun late. */
import type { PostgresQueryResult } from 'kysely';
import type pg from 'pg';
import { BEGIN } from './durability.ts';
import { isPlanOutdated } from '../errors.ts';
import type { StatementNames } from './prepared.ts';

/** Sends a text with its parameters, and gives the answer of the last statement in it. */
export type Ask = <Row>(text: string, parameters: readonly unknown[]) => Promise<PostgresQueryResult<Row>>;

const NOTHING: PostgresQueryResult<never> = { command: 'SELECT', rowCount: 0, rows: [] };

/**
 * Asks on a connection. A statement whose plan is out of date is asked once more; in a transaction, which
 * ended with it, the error is thrown.
 */
export function askOn(client: pg.PoolClient, names: StatementNames | undefined): Ask {
  let isInTransaction = false;
  const send = <Row>(text: string, values: readonly unknown[], name: string | null) =>
    client.query<Row & pg.QueryResultRow>({ text, values: [...values], ...(name !== null && { name }) });
  return async <Row>(text: string, values: readonly unknown[]): Promise<PostgresQueryResult<Row>> => {
    const name = values.length === 0 ? null : (names?.nameOf(client, text) ?? null);
    if (text.startsWith('begin')) isInTransaction = true;
    if (text === 'commit' || text === 'rollback') isInTransaction = false;
    try {
      return resultOf(await send<Row>(text, values, name));
    } catch (error) {
      if (name === null || !isPlanOutdated(error)) throw error;
      names?.renew();
      if (isInTransaction) throw error;
      return resultOf(await send<Row>(text, values, null));
    }
  };
}

/**
 * Begins a transaction with its first statement: in one message where that has no parameters. One in which
 * nothing is done costs nothing.
 */
export function beginningLate(ask: Ask): Ask {
  let isToBegin = false;
  return async (text, parameters) => {
    if (text === BEGIN) {
      isToBegin = true;
      return NOTHING;
    }
    if (!isToBegin) return ask(text, parameters);
    isToBegin = false;
    if (text === 'commit' || text === 'rollback') return NOTHING;
    if (parameters.length === 0) return ask(`${BEGIN}; ${text}`, []);
    await ask(BEGIN, []);
    return ask(text, parameters);
  };
}

const COMMANDS = ['UPDATE', 'DELETE', 'INSERT', 'MERGE', 'COMMIT', 'ROLLBACK'] as const;

/** A result as Kysely takes it. Of several statements in one message the last one answers. */
function resultOf<Row>(
  answered: pg.QueryResult<Row & pg.QueryResultRow> | pg.QueryResult<Row & pg.QueryResultRow>[],
): PostgresQueryResult<Row> {
  const result = Array.isArray(answered) ? answered.at(-1) : answered;
  if (result === undefined) return NOTHING;
  const { command, rowCount, rows } = result;
  return { command: COMMANDS.find((known) => known === command) ?? 'SELECT', rowCount: rowCount ?? 0, rows };
}
