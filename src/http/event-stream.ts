/**
 * Server-Sent Events with ids, so that a browser's EventSource carries on by itself, and refusals that end
 * it.
 */
import type { ExecutionResult, GraphQLError } from 'graphql';
import type { FetchAPI, Plugin } from 'graphql-yoga';
import { formatted } from './errors/public-error.ts';
import { shown } from './limits/answers.ts';

/** Something is sent at least this often, in milliseconds, so that proxies keep the connection. */
const PING_MS = 12_000;

/** A comment: it keeps the connection, and readers pass over it. */
const PING = ':\n\n';
/** The end. EventSource asks again when the connection closes, unless its page closes it at this event. */
const COMPLETE = 'event: complete\ndata:\n\n';

/** Makes the streams of requests. */
export function createEventStreams() {
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
        answer.setResultProcessor((_, fetchAPI) => streamOf(result, takeId, fetchAPI), 'text/event-stream');
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

/** Each result as an event named `next`, then one named `complete`. */
function streamOf(results: AsyncIterable<ExecutionResult>, takeId: () => string, fetchAPI: FetchAPI): Response {
  const encoder = new fetchAPI.TextEncoder();
  const iterator = results[Symbol.asyncIterator]();
  let pinging: NodeJS.Timeout | undefined;
  const body = new fetchAPI.ReadableStream<Uint8Array>({
    start: (controller) => {
      // The id alone is no event, and is kept: a reader that hears nothing before it is cut off knows where
      // it began.
      controller.enqueue(encoder.encode(`${PING}${takeId()}\n`));
      pinging = setInterval(() => {
        if (controller.desiredSize === null) clearInterval(pinging);
        else if (controller.desiredSize > 0) controller.enqueue(encoder.encode(PING));
      }, PING_MS);
    },
    pull: async (controller) => {
      const next = await iterator.next();
      if (next.done !== true) {
        controller.enqueue(encoder.encode(`event: next\n${takeId()}data: ${JSON.stringify(shown(next.value))}\n\n`));
        return;
      }
      clearInterval(pinging);
      controller.enqueue(encoder.encode(COMPLETE));
      controller.close();
    },
    cancel: async () => {
      clearInterval(pinging);
      await iterator.return?.();
    },
  });
  const headers = { 'content-type': 'text/event-stream', 'cache-control': 'no-store, no-transform' };
  return new fetchAPI.Response(body, { headers });
}
