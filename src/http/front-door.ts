/** The front door: GraphQL over HTTP and WebSocket, callbacks, health and figures, on one port. */
import type { RequestListener } from 'node:http';
import { schema } from '../graphql/schema.ts';
import type { Services } from '../graphql/services.ts';
import type { Bills } from '../ledger/bills.ts';
import type { Tell } from '../operator/event.ts';
import type { Clock, NewId } from '../flow/clock.ts';
import { createRefundExport } from './export/export-refunds.ts';
import { createGraphiql } from './graphiql-files.ts';
import { createGraphql } from './graphql.ts';
import type { ReadinessCheck } from './health.ts';
import { anybody, createIdentify, type TokenSettings } from './identity.ts';
import type { ConnectionLimits } from './limits/connections.ts';
import { pagesNearby, pagesWithTokens } from './browser/origin.ts';
import { createTrustedDocuments } from './documents/trusted.ts';
import { startServer, type RouteHandler } from './server.ts';
import { createSockets } from './websocket.ts';

/** Starts listening; rejects when the port is taken. */
export function openFrontDoor(parts: {
  readonly host: string;
  readonly port: number;
  readonly publicUrl: string;
  /** How callers are identified; null: every caller may do everything. */
  readonly tokens: TokenSettings | null;
  readonly bills: Bills;
  readonly limits: ConnectionLimits & { readonly requestTimeoutMs: number };
  readonly doors: Parameters<typeof createGraphql>[0]['doors'] & { readonly allowedOrigins: readonly string[] };
  /** By id; null: any document is run. */
  readonly trustedDocuments: ReadonlyMap<string, string> | null;
  readonly services: Services;
  /** Takes what comes under `/notify/`. */
  readonly notify: RouteHandler;
  /** Answers what is `/desk` or under it; null: there is no desk. */
  readonly desk: RouteHandler | null;
  /** Answers `/metrics`; null: on a port of their own. */
  readonly figures: RequestListener | null;
  readonly whyNotReady: ReadinessCheck;
  readonly clock: Clock;
  readonly newId: NewId;
  readonly tell: Tell;
}) {
  const { host, port, tokens, services, desk, figures, newId, tell } = parts;
  const identify = tokens === null ? anybody : createIdentify(tokens, parts.clock);
  const { allowedOrigins } = parts.doors;
  const allowsOrigin = tokens === null ? pagesNearby({ ...parts, allowedOrigins }) : pagesWithTokens(allowedOrigins);
  const trusted = parts.trustedDocuments === null ? null : createTrustedDocuments(parts.trustedDocuments);
  const graphiql = createGraphiql();
  const yoga = createGraphql({
    schema,
    services,
    identify,
    doors: parts.doors,
    trusted,
    renderGraphiQL: graphiql.page,
    requestTimeoutMs: parts.limits.requestTimeoutMs,
    isTrustedProxy: parts.limits.isTrustedProxy,
    bills: parts.bills,
    tell,
    newId,
  });
  const exportRefunds = createRefundExport({
    schema,
    services,
    identify,
    bills: parts.bills,
    isTrustedProxy: parts.limits.isTrustedProxy,
    clock: parts.clock,
    newId,
    tell,
  });
  return startServer({
    host,
    port,
    routes: new Map<string, RouteHandler>([
      ['/graphql', yoga.take],
      ['/export/refunds.csv', exportRefunds],
      ...(figures === null ? [] : [['/metrics', figures] as const]),
    ]),
    folders: new Map([
      ['notify', parts.notify],
      ...(desk === null ? [] : [['desk', desk] as const]),
      ...(parts.doors.graphiql ? [['graphql', graphiql.serve] as const] : []),
    ]),
    limits: parts.limits,
    upgrades: createSockets({
      schema,
      yoga,
      identify,
      isTrustedProxy: parts.limits.isTrustedProxy,
      allowsOrigin,
      trusted,
      newId,
      tell,
    }),
    readiness: [parts.whyNotReady],
    allowsOrigin,
    newId,
    tell,
  });
}
