/** Several statements as one message to the database. */
import { sql, type RawBuilder } from 'kysely';
import { keepable } from '../../json/json.ts';
import type { Db } from '../database.ts';
import { codeOf, CollisionError } from '../errors.ts';

/**
 * Runs writes as one statement: all see the database as it was before it, and constraints between them are
 * checked at its end. No two may write the same row.
 */
export async function writeTogether(db: Db, writes: readonly RawBuilder<unknown>[]): Promise<void> {
  const [only, ...others] = writes;
  if (only === undefined) return;
  if (others.length === 0) {
    await only.execute(db);
    return;
  }
  const parts = writes.map((write, nth) => sql`${sql.ref(`write_${nth}`)} as (${write})`);
  await sql`with ${sql.join(parts, sql`, `)} select`.execute(db);
}

/**
 * The same of rows that are new. Throws CollisionError where another transaction has written one meanwhile.
 */
export async function writeNew(db: Db, writes: readonly RawBuilder<unknown>[]): Promise<void> {
  try {
    await writeTogether(db, writes);
  } catch (error) {
    if (error instanceof Error && codeOf(error) === UNIQUE_VIOLATION) throw new CollisionError();
    throw error;
  }
}

const UNIQUE_VIOLATION = '23505';

/**
 * The first statements of a transaction, without parameters: they go in one message with its begin. Each sees
 * what was committed while the one before waited for a lock. Gives back the rows of the last one.
 */
export async function beginWith<Row>(db: Db, statements: readonly string[]): Promise<readonly Row[]> {
  const { rows } = await sql.raw<Row>(statements.join('; ')).execute(db);
  return rows;
}

/** A text as an expression that needs no parameter. Only hexadecimal digits stand in it. */
export const literal = (text: string): string =>
  `convert_from('\\x${Buffer.from(keepable(text)).toString('hex')}'::bytea, 'UTF8')`;
