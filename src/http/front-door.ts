/** The front door: GraphQL over HTTP and WebSocket, callbacks, health and figures, on one port. */
import type { RequestListener } from 'node:http';
import { schema } from '../graphql/schema.ts';
import type { Services } from '../graphql/services.ts';
import type { Tell } from '../operator/event.ts';
import type { Clock, NewId } from '../flow/clock.ts';
import { createGraphiql } from './graphiql-files.ts';
import { createGraphql } from './graphql.ts';
import type { ReadinessCheck } from './health.ts';
import { anybody, createIdentify, type TokenSettings } from './identity.ts';
import type { ConnectionLimits } from './limits/connections.ts';
import { pagesNearby } from './origin.ts';
import { startServer, type RouteHandler } from './server.ts';
import { createSockets } from './websocket.ts';

/** Starts listening; rejects when the port is taken. */
export function openFrontDoor(parts: {
  readonly host: string;
  readonly port: number;
  readonly publicUrl: string;
  /** How callers are identified; null: every caller may do everything. */
  readonly tokens: TokenSettings | null;
  readonly isLoopback: (host: string) => boolean;
  readonly limits: ConnectionLimits & { readonly requestTimeoutMs: number };
  readonly services: Services;
  /** Takes what comes under `/notify/`. */
  readonly notify: RouteHandler;
  /** Answers `/metrics`; null: on a port of their own. */
  readonly figures: RequestListener | null;
  readonly whyNotReady: ReadinessCheck;
  readonly clock: Clock;
  readonly newId: NewId;
  readonly tell: Tell;
}) {
  const { host, port, tokens, services, figures, newId, tell } = parts;
  const identify = tokens === null ? anybody : createIdentify(tokens, parts.clock);
  // Without tokens a page of any origin could act for the person who opened it (CSRF). A browser does not add
  // tokens by itself, so with them any page may call.
  const allowsOrigin = tokens === null ? pagesNearby(parts) : () => true;
  const graphiql = createGraphiql();
  const yoga = createGraphql({
    schema,
    services,
    identify,
    allowsOrigin,
    renderGraphiQL: graphiql.page,
    requestTimeoutMs: parts.limits.requestTimeoutMs,
    tell,
    newId,
  });
  return startServer({
    host,
    port,
    routes: new Map<string, RouteHandler>([
      ['/graphql', (request, response) => void yoga(request, response)],
      ...(figures === null ? [] : [['/metrics', figures] as const]),
    ]),
    folders: new Map([
      ['notify', parts.notify],
      ['graphql', graphiql.serve],
    ]),
    limits: parts.limits,
    upgrades: createSockets({ schema, yoga, identify, allowsOrigin, tell }),
    readiness: [parts.whyNotReady],
    tell,
  });
}
