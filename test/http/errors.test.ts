/**
 * Promise: every error has a code, the same on every transport, repeats no long input, and shows nothing of
 * the server's inside.
 */
import { expect, it, vi } from 'vitest';
import { describeOnEachDatabase } from '../support/database.ts';
import { openFrontDoor } from '../support/front-door.ts';
import { subscribe } from '../support/live-clients.ts';

const LONG = 'x'.repeat(300);
const DATE = 'DateTime: expected an RFC 3339 instant such as "2024-07-31T08:26:46Z"';
const listed = (filter: string) => `refunds(first: 1, filter: ${filter}) { nodes { id } }`;
const deep = `${'payment { refunds(first: 1) { nodes { '.repeat(6)} id ${'} } } '.repeat(6)}`;
const costly =
  'refunds(first: 100) { nodes { events(first: 100) { nodes { refund { events(first: 100) { nodes { id } } } } } } }';

interface Case {
  readonly query: string;
  readonly variables?: Record<string, unknown>;
  readonly error: { readonly message: unknown; readonly extensions: object };
  /** Whether there is a place in the document to point at. Default true. */
  readonly isLocated?: boolean;
}

const PARSE = { code: 'GRAPHQL_PARSE_FAILED' };
const VALIDATION = { code: 'GRAPHQL_VALIDATION_FAILED' };
const INPUT = { code: 'BAD_USER_INPUT' };

const CASES: Readonly<Record<string, Case>> = {
  'a syntax error': { query: '{', error: { message: expect.stringContaining('Syntax Error'), extensions: PARSE } },
  'a syntax error of a subscription': {
    query: 'subscription {',
    error: { message: expect.stringContaining('Syntax Error'), extensions: PARSE },
  },
  'an unknown field': { query: '{ nothing }', error: { message: expect.any(String), extensions: VALIDATION } },
  'an unknown field of a subscription': {
    query: 'subscription { nothing }',
    error: { message: expect.any(String), extensions: VALIDATION },
  },
  'a missing variable': {
    query: 'query ($id: ID!) { node(id: $id) { id } }',
    error: { message: 'Variable "$id" of required type "ID!" was not provided.', extensions: INPUT },
  },
  'a wrong scalar in a variable': {
    query: `query ($f: RefundFilter) { ${listed('$f')} }`,
    variables: { f: { createdAt: { gte: 'a "date" of yesterday' } } },
    error: {
      message: `Variable "$f" got invalid value "a \\"date\\" of yesterday" at "f.createdAt.gte"; ${DATE}`,
      extensions: INPUT,
    },
  },
  'a long scalar in a variable': {
    query: `query ($f: RefundFilter) { ${listed('$f')} }`,
    variables: { f: { createdAt: { gte: LONG } } },
    error: {
      message: `Variable "$f" got invalid value "${LONG.slice(0, 60)}…" at "f.createdAt.gte"; ${DATE}`,
      extensions: INPUT,
    },
  },
  'a variable of a subscription': {
    query: 'subscription ($a: EventCursor) { refundEvents(after: $a) { cursor } }',
    variables: { a: 3 },
    error: { message: expect.stringContaining('EventCursor: expected a cursor'), extensions: INPUT },
  },
  'a wrong DateTime literal': {
    query: `{ ${listed('{ createdAt: { gte: "yesterday" } }')} }`,
    error: { message: DATE, extensions: { ...VALIDATION, argument: 'filter.createdAt.gte' } },
  },
  'text that is no EventCursor': {
    query: `subscription { refundEvents(after: "${LONG}") { cursor } }`,
    error: {
      message: '"after" is not a cursor of the event feed.',
      extensions: { ...INPUT, argument: 'after' },
    },
  },
  'a long literal': {
    query: `{ ${listed(`{ statuses: ["${LONG}"] }`)} }`,
    error: {
      message: expect.stringMatching(/^[^x]*x{60}…[^x]*$/),
      extensions: { ...VALIDATION, argument: 'filter.statuses' },
    },
  },
  'no operation chosen': {
    query: 'query A { latestEventCursor } query B { latestEventCursor }',
    error: { message: expect.any(String), extensions: { code: 'OPERATION_RESOLUTION_FAILURE' } },
    isLocated: false,
  },
  'a deep query': {
    query: `{ refunds(first: 1) { nodes { ${deep} } } }`,
    error: {
      message: 'Query exceeds maximum depth (depth: 21, max: 14)',
      extensions: { code: 'QUERY_DEPTH' },
    },
  },
  'a broad query': {
    query: `{ ${Array.from({ length: 401 }, (_, index) => `a${index}: latestEventCursor`).join(' ')} }`,
    error: {
      message: 'Query exceeds maximum breadth (breadth: 401, max: 400)',
      extensions: { code: 'QUERY_BREADTH' },
    },
  },
  'a costly query': {
    query: `{ ${costly} }`,
    error: {
      message: expect.stringContaining('Query exceeds maximum complexity'),
      extensions: { code: 'QUERY_COMPLEXITY' },
    },
  },
  'a surprise': {
    query: '{ refundSummary { count } }',
    error: {
      message: expect.stringContaining('Unexpected error'),
      extensions: { code: 'INTERNAL_SERVER_ERROR', errorId: expect.any(String) },
    },
  },
};

describeOnEachDatabase('errors', (database) => {
  it('are the same over HTTP, Server-Sent Events and WebSocket', { timeout: 60_000 }, async () => {
    const door = await openFrontDoor(await database.open());
    for (const [name, { query, variables = {}, error, isLocated = true }] of Object.entries(CASES)) {
      const expected = {
        ...error,
        ...(isLocated ? { locations: expect.arrayContaining([{ line: 1, column: expect.any(Number) }]) } : {}),
      };
      // First where Yoga itself has not looked at the same document yet.
      const socket = subscribe({ transport: 'WebSocket', url: door.url, query, variables });
      await vi.waitFor(() => expect(socket.ended()).not.toBeNull());
      const ended = socket.ended();
      const cut = typeof ended === 'object' && ended !== null ? ended.cut : [];
      const { path: _path, ...sent } = [...(Array.isArray(cut) ? cut : []), ...(socket.results[0]?.errors ?? [])][0];
      expect(sent, `${name} over WebSocket`).toEqual(expected);

      for (const accept of ['application/json', 'application/graphql-response+json', 'text/event-stream']) {
        const response = await fetch(door.url, {
          method: 'POST',
          headers: { accept, 'content-type': 'application/json' },
          body: JSON.stringify({ query, variables }),
        });
        const [, json = '{}'] = /(\{.*\})/.exec(await response.text()) ?? [];
        const { path: _where, ...told } = JSON.parse(json).errors[0];
        expect(told, `${name} as ${accept}`).toEqual(expected);
      }
    }
    await door.stop();
  });

  it('name the parameter of an address that is no JSON, and are not the mistake of the server', async () => {
    const door = await openFrontDoor(await database.open());
    for (const name of ['variables', 'extensions']) {
      const response = await fetch(`${door.url}?query={__typename}&${name}=xx`);
      expect(response.status).toBe(400);
      expect(await response.json()).toEqual({
        errors: [{ message: expect.stringContaining(`"${name}" is not JSON`), extensions: { code: 'BAD_REQUEST' } }],
      });
    }
    const response = await fetch(`${door.url}?query={__typename}&variables={}&extensions=`);
    expect(await response.json()).toEqual({ data: { __typename: 'Query' } });
    await door.stop();
  });

  it('have a code also where the body is of another type', async () => {
    const door = await openFrontDoor(await database.open());
    const response = await fetch(door.url, { method: 'POST', body: '{"query":"{__typename}"}' });
    expect(response.status).toBe(415);
    expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: 'UNSUPPORTED_MEDIA_TYPE' } }] });
    await door.stop();
  });
});
