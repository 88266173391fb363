/** The front door: one HTTP server, its routes, and its end. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import type { NewId } from '../flow/clock.ts';
import { traceOf, withTrace } from '../flow/trace.ts';
import type { Tell } from '../operator/event.ts';
import { limitConnections, type ConnectionLimits } from './limits/connections.ts';
import { createGate, hostProblem } from './browser/gate.ts';
import type { AllowsOrigin } from './browser/origin.ts';
import { watchConnections } from './connections.ts';
import { live, ready, type ReadinessCheck } from './health.ts';
import type { createSockets } from './websocket.ts';

/** Answers one route. */
export type RouteHandler = (request: IncomingMessage, response: ServerResponse) => void | Promise<void>;

/**
 * A stream of events whose reader takes nothing for this long is cut off, in milliseconds. Something is
 * written each 12 s.
 */
const STALLED_MS = 30_000;

/** How long an idle connection is kept, in milliseconds: longer than balancers do, whose default is 60 s. */
const KEEP_ALIVE_MS = 75_000;

/** Starts listening; rejects when the port is taken. */
export async function startServer(parts: {
  readonly host: string;
  readonly port: number;
  /** By exact path. */
  readonly routes: ReadonlyMap<string, RouteHandler>;
  /** For paths that carry a name, by their first segment: `notify` takes `/notify/library`. */
  readonly folders: ReadonlyMap<string, RouteHandler>;
  readonly upgrades: ReturnType<typeof createSockets>;
  readonly readiness: readonly ReadinessCheck[];
  readonly limits: ConnectionLimits;
  readonly allowsOrigin: AllowsOrigin;
  readonly newId: NewId;
  /** Hears of every answer when it has ended. */
  readonly tell: Tell;
}) {
  const { host, port, routes, folders, upgrades, readiness, newId, tell } = parts;
  const passGate = createGate(parts.allowsOrigin);
  let stopping = false;
  let isClosed = false;
  const open = new Set<ServerResponse>();
  const streams = new Set<ServerResponse>();
  // Java's clients offer `h2c` with their first request: it is answered as if nothing had been offered.
  const server = createServer({ shouldUpgradeCallback: wantsSocket }, (request, response) => {
    const trace = traceOf(request.headers, newId);
    response.setHeader('x-request-id', trace.requestId);
    open.add(response);
    if (stopping) response.setHeader('connection', 'close');
    if (request.headers.accept?.includes('text/event-stream') === true) {
      streams.add(response);
      response.setTimeout(STALLED_MS);
    }
    const began = performance.now();
    response.on('close', () => {
      open.delete(response);
      streams.delete(response);
      const seconds = (performance.now() - began) / 1000;
      tell({ kind: 'request-answered', route: routeOf(pathOf(request)), status: response.statusCode, seconds });
    });
    if (passGate(request, response)) return;
    withTrace(trace, () => void answer(request, response).catch(() => response.destroy()));
  });
  const connections = watchConnections(server);

  function wantsSocket(request: IncomingMessage): boolean {
    return request.headers.upgrade?.toLowerCase() === 'websocket' && pathOf(request) === upgrades.path;
  }

  limitConnections(server, parts.limits, tell);

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = pathOf(request);
    const isRead = request.method === 'GET' || request.method === 'HEAD';
    if (path === '/health/live' && isRead) return sendHealth(response, live);
    if (path === '/health/ready' && isRead) return sendHealth(response, await ready(readiness, stopping));
    const handler = routes.get(path) ?? folders.get(folderOf(path));
    if (handler !== undefined) return handler(request, response);
    if (path === '/' && isRead) {
      response.writeHead(302, { location: '/graphql' }).end();
      return;
    }
    response.writeHead(404, { 'content-type': 'application/json' }).end('{"error":"there is nothing at this path"}');
  }

  /** What a figure is counted under: never what a stranger may have made up. */
  function routeOf(path: string): string {
    if (routes.has(path) || path === '/health/live' || path === '/health/ready') return path;
    return folders.has(folderOf(path)) ? `/${folderOf(path)}` : 'other';
  }

  server.on('upgrade', (request, socket, head) => {
    socket.on('error', () => socket.destroy());
    connections.leave(socket);
    if (hostProblem(request) !== null) return refuseUpgrade(socket, '400 Bad Request');
    if (isClosed) return refuseUpgrade(socket, '503 Service Unavailable');
    upgrades.upgrade(request, socket, head);
  });

  // Balancers keep idle connections for a minute. Were it shorter here, they would write into one that is
  // being closed.
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  // Headers and body must arrive within a minute, or a slow client could hold a connection for ever
  // (slowloris).
  server.headersTimeout = 20_000;
  server.requestTimeout = 60_000;

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });

  /** From now on every answer closes its connection, also of requests that came before. */
  function sayGoodbye(): void {
    stopping = true;
    for (const response of open) if (!response.headersSent) response.setHeader('connection', 'close');
  }

  return {
    url: addressUrl(server.address(), host),
    /**
     * Says that the server stops, and serves on: readiness is 503 for this time (milliseconds), or until the
     * signal aborts. Balancers learn from it that they must send nothing more.
     */
    drain: async (forMs: number, signal: AbortSignal): Promise<void> => {
      sayGoodbye();
      if (forMs > 0) await pause(forMs, undefined, { signal }).catch(() => undefined);
    },
    /**
     * Stops taking work: the port is closed. Event streams are closed at once, so that clients reconnect
     * elsewhere. Other requests may finish within the grace (milliseconds); then connections are closed.
     */
    stop: async (graceMs: number): Promise<void> => {
      sayGoodbye();
      isClosed = true;
      const closed = connections.end();
      upgrades.goAway();
      for (const stream of streams) stream.destroy();
      const cut = setTimeout(() => server.closeAllConnections(), graceMs);
      await closed;
      clearTimeout(cut);
    },
  };
}

const refuseUpgrade = (socket: Duplex, status: string): void =>
  void socket.end(`HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);

const pathOf = ({ url }: IncomingMessage): string => (url ?? '/').split('?', 1)[0] ?? '/';
const folderOf = (path: string): string => path.split('/')[1] ?? '';

function sendHealth(response: ServerResponse, { status, body }: Awaited<ReturnType<typeof ready>>): void {
  response
    .writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' })
    .end(JSON.stringify(body));
}

function addressUrl(address: AddressInfo | string | null, host: string): string {
  if (address === null || typeof address === 'string') throw new Error('the server has no address');
  return `http://${host.includes(':') ? `[${host}]` : host}:${address.port}`;
}
