/** The front door: one HTTP server, its routes, and its end. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Tell } from '../operator/event.ts';
import { limitConnections, type ConnectionLimits } from './limits/connections.ts';
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
  /** Hears of every answer when it has ended. */
  readonly tell: Tell;
}) {
  const { host, port, routes, folders, upgrades, readiness, tell } = parts;
  let stopping = false;
  const streams = new Set<ServerResponse>();
  const server = createServer((request, response) => {
    if (stopping) response.setHeader('connection', 'close');
    if (request.headers.accept?.includes('text/event-stream') === true) {
      streams.add(response);
      response.once('close', () => streams.delete(response));
      response.setTimeout(STALLED_MS);
    }
    const began = performance.now();
    response.once('close', () => {
      const seconds = (performance.now() - began) / 1000;
      tell({ kind: 'request-answered', route: routeOf(pathOf(request)), status: response.statusCode, seconds });
    });
    void answer(request, response).catch(() => response.destroy());
  });

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
    if (!stopping && pathOf(request) === upgrades.path) upgrades.upgrade(request, socket, head);
    else socket.end('HTTP/1.1 404 Not Found\r\nconnection: close\r\ncontent-length: 0\r\n\r\n');
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

  return {
    url: addressUrl(server.address(), host),
    /**
     * Stops taking work: readiness is 503 and the port is closed. Event streams are closed at once, so that
     * clients reconnect elsewhere. Other requests may finish within the grace (milliseconds); then
     * connections are closed.
     */
    stop: async (graceMs: number): Promise<void> => {
      stopping = true;
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeIdleConnections();
      upgrades.goAway();
      for (const stream of streams) stream.destroy();
      const cut = setTimeout(() => server.closeAllConnections(), graceMs);
      await closed;
      clearTimeout(cut);
    },
  };
}

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
