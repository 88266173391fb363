/**
 * The front door over a ledger of the test: GraphQL on HTTP, SSE and WebSocket. Accounts have no provider.
 */
import { openFeed, type Feed } from '../../src/feed/feed.ts';
import { schema } from '../../src/graphql/schema.ts';
import type { Services } from '../../src/graphql/services.ts';
import { createRefundExport } from '../../src/http/export/export-refunds.ts';
import { createGraphiql } from '../../src/http/graphiql-files.ts';
import type { ConnectionLimits } from '../../src/http/limits/connections.ts';
import type { AllowsOrigin } from '../../src/http/browser/origin.ts';
import { createTrustedDocuments } from '../../src/http/documents/trusted.ts';
import { createGraphql } from '../../src/http/graphql.ts';
import { anybody, createIdentify, type TokenSettings } from '../../src/http/identity.ts';
import { startServer, type RouteHandler } from '../../src/http/server.ts';
import { createSockets } from '../../src/http/websocket.ts';
import type { Ledger } from '../../src/ledger/database/database.ts';
import { openBills, type BillLimits } from '../../src/ledger/bills.ts';
import { findEvent, pageEvents } from '../../src/ledger/events.ts';
import { findPaymentIds } from '../../src/ledger/payment/payments.ts';
import type { Tell } from '../../src/operator/event.ts';
import { exportPages } from '../../src/services/reading/export.ts';
import { scriptedProvider } from './scripted-provider.ts';
import { UNHEARD } from './unheard.ts';

export interface FrontDoor {
  /** `http://127.0.0.1:PORT/graphql` */
  readonly url: string;
  readonly socketUrl: string;
  readonly feed: Feed;
  /** As the server stops: what runs is finished, streams are cut. */
  readonly stop: () => Promise<void>;
  /** Begins a stop: answers as a server does that is going away. */
  readonly drain: (forMs: number, signal: AbortSignal) => Promise<void>;
}

export interface FrontDoorOptions {
  readonly mostWaiting?: number;
  readonly endDeadlineMs?: number;
  /** Default: everybody may do everything. */
  readonly tokens?: TokenSettings;
  readonly port?: number;
  /** Default: what is written here. */
  readonly allowsOrigin?: AllowsOrigin;
  /** Default: all is on. */
  readonly doors?: { readonly graphiql: boolean; readonly introspection: boolean; readonly hints: boolean };
  /** The only documents that are run, by id. Default: any is. */
  readonly trusted?: ReadonlyMap<string, string>;
  /** Default: events of the operator are dropped. */
  readonly tell?: Tell;
  /** Takes `/notify/…`. Default: there is nothing. */
  readonly notify?: RouteHandler;
  /** Default: as a server has them. */
  readonly limits?: Partial<ConnectionLimits>;
  /** Default: nobody is sent away. */
  readonly bills?: Partial<BillLimits>;
  /** Default: a minute. */
  readonly requestTimeoutMs?: number;
  /** Default: no refund is known. */
  readonly find?: Services['find'];
  /** Default: no list can be read. */
  readonly list?: Services['list'];
  /** Every request takes the long way, through Yoga. Default: as a server does. */
  readonly isWhole?: boolean;
  /** Default: the ledger is read. */
  readonly exportPages?: Services['exportPages'];
  /** Default: no sum of a payment can be read. */
  readonly refunded?: Services['refunded'];
}

/** The accounts behind it, both at TiPay. */
const DOOR_ACCOUNTS = ['chain', 'market'] as const;

const NO_BILL: BillLimits = { providerCalls: 0, databaseMs: 0, refunds: 0, answerKib: 0 };

/** Opens it on a free port. */
export async function openFrontDoor(ledger: Ledger, options: FrontDoorOptions = {}): Promise<FrontDoor> {
  const { tell = UNHEARD } = options;
  const feed = openFeed(ledger, tell, options);
  const accounts = new Map(
    DOOR_ACCOUNTS.map((key) => scriptedProvider('TIPAY', key).account).map((account) => [account.key, account]),
  );
  const behindNoDoor = () => Promise.reject(new Error('there is nothing behind this door'));
  const identify = options.tokens === undefined ? anybody : createIdentify(options.tokens, () => new Date());
  const {
    allowsOrigin = (origin) => origin === null || origin === 'http://localhost:3000',
    doors = { graphiql: true, introspection: true, hints: true },
  } = options;
  const trusted = options.trusted === undefined ? null : createTrustedDocuments(options.trusted);
  const limits = { connections: 10_000, connectionsPerAddress: 1_000, isTrustedProxy: () => false, ...options.limits };
  const bills = openBills(ledger, { ...NO_BILL, ...options.bills }, tell);
  const graphiql = createGraphiql();
  const services: Services = {
    accounts,
    formerAccounts: new Map(),
    server: { version: '0.0.0', simulated: true },
    feed,
    find: options.find ?? ((requests) => Promise.resolve(requests.map(() => ({ kind: 'answered', refunds: [] })))),
    list: options.list ?? behindNoDoor,
    exportPages: options.exportPages ?? ((request) => exportPages(ledger, request)),
    records: (refs) => Promise.resolve(refs.map(() => null)),
    requesters: (refs) => Promise.resolve(refs.map(() => null)),
    nextChecks: (refs) => Promise.resolve(refs.map(() => null)),
    refunded: options.refunded ?? behindNoDoor,
    payment: behindNoDoor,
    paymentIds: (asked) => findPaymentIds(ledger.db, asked),
    create: behindNoDoor,
    retry: behindNoDoor,
    refresh: behindNoDoor,
    close: behindNoDoor,
    callbacks: behindNoDoor,
    callback: behindNoDoor,
    replay: behindNoDoor,
    summarise: behindNoDoor,
    mirrors: behindNoDoor,
    events: (ref, page) => pageEvents(ledger.db, ref, page),
    event: (number) => findEvent(ledger.db, number),
  };
  const { isTrustedProxy } = limits;
  const exportRefunds = createRefundExport({
    schema,
    services,
    identify,
    bills,
    isTrustedProxy,
    clock: ledger.clock,
    newId: ledger.newId,
    tell,
  });
  const yoga = createGraphql({
    schema,
    services,
    identify,
    doors,
    trusted,
    renderGraphiQL: graphiql.page,
    requestTimeoutMs: options.requestTimeoutMs ?? 60_000,
    isTrustedProxy,
    bills,
    tell,
    newId: ledger.newId,
  });
  const server = await startServer({
    host: '127.0.0.1',
    port: options.port ?? 0,
    routes: new Map<string, RouteHandler>([
      ['/graphql', options.isWhole === true ? (request, response) => void yoga(request, response) : yoga.take],
      ['/export/refunds.csv', exportRefunds],
    ]),
    folders: new Map<string, RouteHandler>([
      ['graphql', graphiql.serve],
      ...(options.notify === undefined ? [] : [['notify', options.notify] as const]),
    ]),
    upgrades: createSockets({
      schema,
      yoga,
      identify,
      isTrustedProxy,
      allowsOrigin,
      trusted,
      newId: ledger.newId,
      tell,
    }),
    readiness: [],
    limits,
    allowsOrigin,
    newId: ledger.newId,
    tell,
  });
  return {
    url: `${server.url}/graphql`,
    socketUrl: `${server.url.replace('http', 'ws')}/graphql`,
    feed,
    drain: server.drain,
    stop: async () => {
      await server.stop(5_000);
      await bills.close();
      await feed.close();
    },
  };
}
