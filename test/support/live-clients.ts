/** Subscriptions through the clients that frontends use, over real sockets. */
import { createClient as createSseClient } from 'graphql-sse';
import { createClient as createSocketClient } from 'graphql-ws';
import { setTimeout as pause } from 'node:timers/promises';

export const TRANSPORTS = ['SSE', 'WebSocket'] as const;
export type Transport = (typeof TRANSPORTS)[number];

export interface Subscribed {
  /** What came, as GraphQL results. */
  readonly results: readonly Result[];
  /** How it ended, once it has. `cut`: the connection was lost and is not looked for again. */
  readonly ended: () => 'completed' | { readonly cut: unknown } | null;
  readonly leave: () => void;
}

// oxlint-disable-next-line typescript/no-explicit-any -- answers of any shape; a test fails where they differ
export type Result = { readonly data?: any; readonly errors?: readonly any[] };

export interface Subscribing {
  readonly transport: Transport;
  /** `http://…/graphql`; a function is asked at each connection. */
  readonly url: string | (() => string);
  readonly query: string;
  /** Read again at each connection: a client carries on by putting its last cursor here. */
  readonly variables?: Record<string, unknown>;
  readonly token?: string;
  /** How often a lost connection is looked for again, each 200 ms. Default never. */
  readonly retries?: number;
  readonly onResult?: (result: Result) => void;
}

/** Subscribes. */
export function subscribe(asked: Subscribing): Subscribed {
  const { transport, query, variables = {}, token, retries = 0 } = asked;
  const results: Result[] = [];
  let ended: ReturnType<Subscribed['ended']> = null;
  const sink = {
    next: (result: Result) => {
      results.push(result);
      asked.onResult?.(result);
    },
    complete: () => (ended ??= 'completed'),
    error: (cut: unknown) => (ended ??= { cut }),
  };
  const url = (): string => (typeof asked.url === 'function' ? asked.url() : asked.url);
  const retry = { retryAttempts: retries, retryWait: () => pause(200) };
  if (transport === 'SSE') {
    const headers: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` };
    const client = createSseClient({ url, headers, retryAttempts: retries, retry: () => pause(200) });
    return { results, ended: () => ended, leave: client.subscribe({ query, variables }, sink) };
  }
  const client = createSocketClient({
    url: () => url().replace('http', 'ws'),
    ...retry,
    shouldRetry: () => true,
    ...(token === undefined ? {} : { connectionParams: { authorization: `Bearer ${token}` } }),
  });
  return { results, ended: () => ended, leave: client.subscribe({ query, variables }, sink) };
}
