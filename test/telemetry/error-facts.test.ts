/** Promise: of an error the log has what went wrong and where, and no value that the error quotes. */
import { pino } from 'pino';
import pg from 'pg';
import { expect, test } from 'vitest';
import { createLog } from '../../src/telemetry/log.ts';
import { errorFacts, REDACTED } from '../../src/telemetry/error-facts.ts';

const SECRET = 'Li Lei 6222-0211';

function databaseError(code: string, message: string): Error {
  const error = new pg.DatabaseError(message, 1, 'error');
  return Object.assign(error, {
    code,
    detail: `Failing row contains (1, ${SECRET}).`,
    where: `COPY refunds, line 1: "${SECRET}"`,
    internalQuery: `insert into refunds values ('${SECRET}')`,
    hint: SECRET,
    table: 'refunds',
    constraint: 'refunds_pkey',
  });
}

function written(error: unknown): string {
  let text = '';
  const log = pino({ base: null, redact: REDACTED }, { write: (line) => void (text += line) });
  createLog(log, () => new Date())({ kind: 'sweep-failed', error });
  return text;
}

test("a database's error is told without the row that it quotes, however deep it is", () => {
  const deep = new Error('could not', { cause: databaseError('23514', `new row (${SECRET}) violates check "x"`) });
  for (const error of [
    deep,
    new AggregateError([deep], 'all failed'),
    databaseError('22007', `invalid input syntax for type date: "${SECRET}"`),
    Object.assign(new Error('no'), { body: SECRET, request: { headers: { authorization: SECRET } } }),
  ]) {
    const text = written(error);
    expect(text).not.toContain('Li Lei');
    expect(JSON.parse(text).err.stack).toContain('error-facts.test.ts');
  }
  expect(errorFacts(deep)).toMatchObject({ cause: { code: '23514', table: 'refunds', constraint: 'refunds_pkey' } });
});

test('a line that had a secret by mistake does not show it', () => {
  let text = '';
  const log = pino({ base: null, redact: REDACTED }, { write: (line) => void (text += line) });
  log.info({ authorization: SECRET, asked: { body: SECRET, token: SECRET } }, 'x');
  expect(text).not.toContain('Li Lei');
  expect(text).toContain('not shown');
});

test('an error that is longer than a page, or that is its own cause, is cut', () => {
  const circle = new Error('x'.repeat(10_000));
  circle.cause = circle;
  expect(written(circle).length).toBeLessThan(40_000);
  expect(written('just text')).toContain('just text');
});
