/**
 * Server-Sent Events with ids, so that a browser's EventSource carries on by itself, and refusals that end
 * it.
 */
import type { GraphQLError } from 'graphql';
import type { FetchAPI, Plugin } from 'graphql-yoga';
import { formatted } from './errors/public-error.ts';
import { createPings, EventBody } from './live/event-body.ts';
import type { Seat } from './live/seat.ts';

const HEADERS = { 'content-type': 'text/event-stream', 'cache-control': 'no-store, no-transform' };

/** Makes the streams of requests; `seatOf` says where one goes on when its own part has ended. */
export function createEventStreams(seatOf: (request: Request) => Seat | null) {
  const pings = createPings();
  const readings = new WeakMap<Request, ReturnType<typeof openReading>>();
  const readingOf = (request: Request) => {
    const reading = readings.get(request) ?? openReading(request);
    readings.set(request, reading);
    return reading;
  };
  const plugin: Plugin = {
    onResultProcess: (answer) => {
      const { request, result, resultProcessor } = answer;
      if (resultProcessor === undefined) return;
      if (Symbol.asyncIterator in result) {
        const { takeId } = readingOf(request);
        const reader = { results: result, takeId, seat: () => seatOf(request) };
        answer.setResultProcessor(
          (_, { Response, ReadableStream }) =>
            new Response(new ReadableStream(new EventBody(reader, pings)), { headers: HEADERS }),
          'text/event-stream',
        );
        return;
      }
      const errors = Array.isArray(result) ? [] : (result.errors ?? []);
      if (Array.isArray(result) || errors.length === 0 || 'data' in result || !isEventSource(request)) return;
      const status = statusOf(errors);
      // Refused with 200 an EventSource would ask again every three seconds, for ever.
      if (status !== null)
        answer.setResultProcessor((_, fetchAPI) => refusalOf(errors, status, fetchAPI), 'application/json');
    },
    onResponse: ({ response }) => {
      // nginx, and others, would keep events back until a buffer is full.
      if (response.headers.get('content-type')?.startsWith('text/event-stream') === true)
        response.headers.set('x-accel-buffering', 'no');
    },
  };
  return { plugin, of: readingOf };
}

function openReading(request: Request) {
  let position: string | null = null;
  return {
    lastEventId: request.headers.get('last-event-id') || null,
    reached: (reached: string): void => {
      position = reached;
    },
    /** The `id:` line of what is sent next; empty where the reader has not come further. */
    takeId: (): string => {
      const id = position === null ? '' : `id: ${position}\n`;
      position = null;
      return id;
    },
  };
}

/** EventSource can only GET, and takes nothing else. */
function isEventSource({ method, headers }: Request): boolean {
  const accept = headers.get('accept') ?? '';
  return method === 'GET' && accept.includes('text/event-stream') && !accept.includes('json');
}

/** The status of a stream that is refused; null where the reader should ask again: the database is away. */
function statusOf(errors: readonly GraphQLError[]): number | null {
  const codes = errors.map(({ extensions }) => extensions['code']);
  if (codes.includes('UNAVAILABLE')) return null;
  if (codes.includes('RATE_LIMITED')) return 429;
  if (codes.includes('INTERNAL_SERVER_ERROR')) return 500;
  if (codes.includes('FORBIDDEN')) return 403;
  return codes.includes('NOT_FOUND') ? 404 : 400;
}

const refusalOf = (errors: readonly GraphQLError[], status: number, { Response }: FetchAPI): Response =>
  Response.json({ errors: errors.map(formatted) }, { status });
