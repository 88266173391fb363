/**
 * Promise: while the database is away callers are told to try again, on every transport. The log has a line,
 * without a stack.
 */
import { GraphQLError } from 'graphql';
import { pino } from 'pino';
import { expect, it, test, vi } from 'vitest';
import { refundGlobalId } from '../../src/graphql/relay/global-id.ts';
import { createMaskError } from '../../src/http/errors/masking.ts';
import { isGone, LedgerUnavailableError } from '../../src/ledger/database/errors.ts';
import { accountKey, merchantRefundId } from '../../src/refunds/ids.ts';
import { createLog } from '../../src/telemetry/log.ts';
import { describeOnEachDatabase } from '../support/database.ts';
import { openFrontDoor } from '../support/front-door.ts';
import { subscribe } from '../support/live-clients.ts';

const away = () =>
  new LedgerUnavailableError('The ledger database does not answer.', { cause: new Error('connect ECONNREFUSED') });

function logging() {
  const lines: { readonly level: number; readonly msg: string; readonly err?: unknown; readonly reason?: string }[] =
    [];
  const log = pino({ base: null }, { write: (line: string) => void lines.push(JSON.parse(line)) });
  return { lines, tell: createLog(log, () => new Date()) };
}

describeOnEachDatabase('an outage', (database) => {
  it('is UNAVAILABLE over HTTP, Server-Sent Events and WebSocket', async () => {
    const { lines, tell } = logging();
    const find = () => Promise.reject(away());
    const door = await openFrontDoor(await database.open(), { tell, find });
    const id = refundGlobalId({ account: accountKey('chain'), merchantRefundId: merchantRefundId('R1') });
    const unavailable = {
      message: expect.stringContaining('A create with the same idempotencyKey is safe to repeat.'),
      extensions: { code: 'UNAVAILABLE', retryAfter: 2 },
    };
    const response = await fetch(door.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: `{ a: node(id: "${id}") { id } b: node(id: "${id}") { id } }` }),
    });
    expect(await response.json()).toMatchObject({
      data: { a: null, b: null },
      errors: [
        { ...unavailable, path: ['a'] },
        { ...unavailable, path: ['b'] },
      ],
    });
    expect(lines).toEqual([expect.objectContaining({ level: 40, reason: 'connect ECONNREFUSED' })]);
    expect(lines[0]).not.toHaveProperty('err');

    for (const transport of ['SSE', 'WebSocket'] as const) {
      const query = `subscription { refundUpdated(id: "${id}") { cursor } }`;
      const { results, ended } = subscribe({ transport, url: door.url, query });
      await vi.waitFor(() => expect(ended()).not.toBeNull());
      expect(results).toEqual([{ errors: [expect.objectContaining(unavailable)] }]);
    }
    expect(lines.map(({ level }) => level)).toEqual([40, 40, 40]);

    // Refused with another status a browser's EventSource would never come again.
    const address = `${door.url}?query=${encodeURIComponent(`subscription { refundUpdated(id: "${id}") { cursor } }`)}`;
    const stream = await fetch(address, { headers: { accept: 'text/event-stream' } });
    expect([stream.status, stream.headers.get('content-type')]).toEqual([200, 'text/event-stream']);
    expect(stream.headers.get('x-accel-buffering')).toBe('no');
    expect(await stream.text()).toMatch(/event: next\ndata: .*"UNAVAILABLE".*\n\nevent: complete\n/);
    await door.stop();
  });
});

test('it is found behind whatever wraps it', () => {
  const { tell, lines } = logging();
  const mask = createMaskError(tell, () => 'an-id');
  const error = away();
  const wrapped = new GraphQLError('x', { originalError: new Error('a batch failed', { cause: error }), path: ['a'] });
  for (const each of [error, wrapped, new GraphQLError('y', { originalError: wrapped })]) {
    const http = { headers: { 'retry-after': '2' } };
    expect(mask(each).extensions).toEqual({ code: 'UNAVAILABLE', retryAfter: 2, http });
  }
  expect(mask(wrapped).path).toEqual(['a']);
  expect(lines).toHaveLength(1);
});

test('what the executor says of a mistake of ours is no news for a caller', () => {
  const { tell, lines } = logging();
  const mask = createMaskError(tell, () => 'an-id');
  const ours = new GraphQLError('Expected Iterable, but did not find one for field "Query.nodes".', {
    path: ['nodes'],
  });
  expect(mask(ours)).toMatchObject({ extensions: { code: 'INTERNAL_SERVER_ERROR', errorId: 'an-id' } });
  expect(lines).toHaveLength(1);
});

test('a database that takes no connections is away; another state that does not fit is a mistake', () => {
  const refused = (message: string) => Object.assign(new Error(message), { code: '55000' });
  expect(isGone(refused('database "refunds" is not currently accepting connections'))).toBe(true);
  expect(isGone(refused('cannot delete from view "x"'))).toBe(false);
});

test('who has hung up is no error in the log', () => {
  const { tell, lines } = logging();
  const mask = createMaskError(tell, () => 'an-id');
  mask(new GraphQLError('aborted', { originalError: new DOMException('This operation was aborted', 'AbortError') }));
  expect(lines.map(({ level, err }) => [level, err])).toEqual([[30, undefined]]);
});
