/** Subscriptions over one WebSocket. Each goes on behind its last event after a lost connection or a new token. */
import { createClient, type Client } from 'graphql-ws';
import { Observable, type GraphQLResponse, type RequestParameters, type Variables } from 'relay-runtime';
import { failureIn, isFields } from './answer.ts';
import { setConnection } from './connection.ts';
import { ApiFailure } from './failure.ts';
import { renewToken, tokenNow } from './token.ts';

/** Longest pause between two tries to connect, in milliseconds. */
const LONGEST_PAUSE_MS = 5_000;
/** How often the socket is asked whether it still stands: a laptop that slept has a dead one. */
const KEEP_ALIVE_MS = 10_000;
/** Ends after which a subscription can't be opened again as it is. After every other one it goes on. */
const FINAL = new Set(['BEGIN_ANEW', 'BAD_USER_INPUT', 'FORBIDDEN', 'NOT_FOUND', 'GRAPHQL_VALIDATION_FAILED']);

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

function openClient(): Client {
  let tokenSent: string | null = null;
  let stood = false;
  return createClient({
    url: `${location.origin.replace(/^http/, 'ws')}/graphql`,
    keepAlive: KEEP_ALIVE_MS,
    retryAttempts: Infinity,
    shouldRetry: () => true,
    retryWait: (tries) => pause(Math.min(LONGEST_PAUSE_MS, 300 * 2 ** tries) * (0.75 + Math.random() / 2)),
    connectionParams: () => {
      tokenSent = tokenNow();
      return tokenSent === null ? {} : { authorization: tokenSent };
    },
    on: {
      connected: () => {
        stood = true;
        setConnection('open');
      },
      closed: (event) => {
        setConnection(stood ? 'lost' : 'opening');
        if (event instanceof CloseEvent && event.code === 4403) void renewToken(tokenSent);
      },
    },
  });
}

let client: Client | null = null;

/** The cursor of the event in an answer. */
function cursorIn(data: unknown): string | null {
  if (!isFields(data)) return null;
  for (const event of Object.values(data)) {
    if (isFields(event) && typeof event['cursor'] === 'string') return event['cursor'];
  }
  return null;
}

/** How a subscription ended; without an error of the server it is the connection that was lost. */
const endOf = (thrown: unknown): ApiFailure =>
  failureIn(thrown) ?? new ApiFailure('OFFLINE', 'The connection was lost.');

/** Follows a subscription, for Relay. */
export function follow({ name, text }: RequestParameters, given: Variables): Observable<GraphQLResponse> {
  return Observable.create((sink) => {
    // graphql-ws reads this object again at each connection.
    const variables = { ...given };
    let stop = () => {};
    let left = false;
    const open = () => {
      client ??= openClient();
      const token = tokenNow();
      stop = client.subscribe(
        { operationName: name, query: text ?? '', variables },
        {
          next: ({ data, errors }) => {
            if (errors !== undefined) return end(errors, token);
            const cursor = cursorIn(data);
            if (cursor !== null) variables['after'] = cursor;
            if (data !== null && data !== undefined) sink.next({ data });
          },
          error: (thrown) => end(thrown, token),
          complete: () => {},
        },
      );
    };
    const end = (thrown: unknown, token: string | null) => {
      stop();
      const failure = endOf(thrown);
      if (left) return;
      if (FINAL.has(failure.code)) return sink.error(failure);
      const ready = failure.code === 'UNAUTHENTICATED' ? renewToken(token) : pause(1_000).then(() => true);
      void ready.then((isReady) => (left || !isReady ? undefined : open()));
    };
    open();
    return () => {
      left = true;
      stop();
    };
  });
}
