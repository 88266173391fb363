/**
 * A provider that follows a script: an HTTP server on loopback, with a list of answers and a record of
 * requests.
 */
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

export interface StubRequest {
  readonly method: string;
  /** Path and query as they came. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** What the server does with one request. It may never answer. */
export type Step = (response: ServerResponse, request: StubRequest, socket: Socket) => void | Promise<void>;

export interface StubServer {
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
  /** Every request whose body arrived whole, oldest first. */
  readonly requests: readonly StubRequest[];
  /** Requests that were under way at once, at most. */
  readonly mostAtOnce: () => number;
  /** Requests without an answer now. */
  readonly open: () => number;
  /** Answers for the next requests, one each, in this order. */
  readonly next: (...steps: Step[]) => void;
  /** The answer when the script is at its end; before this is called such a request gets HTTP 418. */
  readonly always: (step: Step) => void;
  /** Breaks every connection and stops. */
  readonly close: () => Promise<void>;
}

const unscripted: Step = (response) => {
  response.writeHead(418, { 'content-type': 'text/plain' }).end('nothing scripted for this request');
};

/** Starts a stub on a free port. */
export async function startStub(...script: Step[]): Promise<StubServer> {
  const requests: StubRequest[] = [];
  let otherwise = unscripted;
  let open = 0;
  let mostAtOnce = 0;

  async function serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    mostAtOnce = Math.max(mostAtOnce, ++open);
    response.once('close', () => open--);
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk);
    const { method = '', url: path = '', headers, socket } = incoming;
    const request = { method, path, headers, body: Buffer.concat(chunks).toString() };
    requests.push(request);
    await (script.shift() ?? otherwise)(response, request, socket);
  }

  const server = createServer((incoming, response) => {
    // A client that breaks off is what some tests are about.
    serve(incoming, response).catch(() => response.destroy());
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');

  return {
    url: `http://127.0.0.1:${address.port}`,
    requests,
    mostAtOnce: () => mostAtOnce,
    open: () => open,
    next: (...steps) => void script.push(...steps),
    always: (step) => void (otherwise = step),
    close: () =>
      new Promise((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      }),
  };
}

/** JSON, 200 unless told otherwise. A text is sent as it stands. */
export const json =
  (value: unknown, status = 200): Step =>
  (response) => {
    const text = typeof value === 'string' ? value : JSON.stringify(value);
    response.writeHead(status, { 'content-type': 'application/json' }).end(text);
  };

/** Any status, headers and bytes. */
export const answer =
  (status: number, headers: Record<string, string> = {}, body: string | Buffer = ''): Step =>
  (response) => {
    response.writeHead(status, headers).end(body);
  };

/** Takes the request and never answers. */
export const hang: Step = () => {};

/** Answers, after some milliseconds. */
export const later =
  (ms: number, step: Step): Step =>
  async (response, request, socket) => {
    await new Promise((passed) => setTimeout(passed, ms));
    await step(response, request, socket);
  };

/** Breaks the connection with RST instead of an answer. */
export const reset: Step = (_response, _request, socket) => {
  socket.resetAndDestroy();
};

/** Announces a JSON body, sends half of it and hangs. */
export const stall: Step = (response) => {
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': '100' }).write('{"code":');
};

/** Announces a JSON body, sends half of it and closes the connection. */
export const half: Step = (response, _request, socket) => {
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': '100' }).write('{"code":');
  setImmediate(() => socket.end());
};

/** Bytes that need not be HTTP. */
export const raw =
  (bytes: string): Step =>
  (_response, _request, socket) => {
    socket.end(bytes);
  };
