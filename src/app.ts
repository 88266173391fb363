/** The only place where the rooms meet: configuration in, a running server out. */
import { join } from 'node:path';
import { pino, type Logger } from 'pino';
import { v7 } from 'uuid';
import { createCallbackLog } from './callbacks/report.ts';
import { createCallbackRoute } from './callbacks/route.ts';
import { addressesIn } from './callbacks/sender.ts';
import { parseConfiguration } from './config/accounts.ts';
import type { Configuration } from './config/configuration.ts';
import { isLoopback, type Environment } from './config/environment.ts';
import { DEFAULT_MIRROR, type MirrorSettings } from './config/mirror.ts';
import { ConfigurationError } from './config/problem.ts';
import { DEFAULT_RECONCILIATION } from './config/reconciliation.ts';
import { openFeed, type Feed } from './feed/feed.ts';
import { logFeed } from './feed/report.ts';
import { schema } from './graphql/schema.ts';
import type { Services } from './graphql/services.ts';
import { createGraphql } from './http/graphql.ts';
import { anybody, createIdentify } from './http/identity.ts';
import type { AllowsOrigin } from './http/origin.ts';
import { createMetrics, serveMetrics } from './http/metrics.ts';
import { startServer, type RouteHandler } from './http/server.ts';
import { createSockets } from './http/websocket.ts';
import { startMirroring } from './jobs/mirror.ts';
import { logMirror, logQueue } from './jobs/report.ts';
import { startSettling, type Settling } from './jobs/settle.ts';
import { openBoss } from './ledger/boss.ts';
import { openLedger } from './ledger/database.ts';
import { openSettleQueue } from './ledger/enqueue.ts';
import { findEvent, pageEvents } from './ledger/events.ts';
import { claimLedger } from './ledger/kind.ts';
import { refundedOf } from './ledger/payment-totals.ts';
import { ownDataDir } from './ledger/private-folder.ts';
import { findRecords } from './ledger/records.ts';
import { countUnfinished } from './ledger/unfinished.ts';
import { openAccount, type AccountSettings } from './providers/index.ts';
import type { ProviderAccount } from './providers/provider.ts';
import { bothHear, logProviders } from './providers/report.ts';
import { createSingleFlight } from './providers/single-flight.ts';
import type { WingDeps } from './providers/wing.ts';
import type { AccountKey } from './refunds/ids.ts';
import type { ReadPolicy } from './refunds/read-policy.ts';
import { startSandbox } from './sandbox/sandbox.ts';
import { rememberedRefunds } from './sandbox/state/remembered.ts';
import type { Answer } from './services/ask.ts';
import { createBudget } from './services/budget.ts';
import { createRefund } from './services/create.ts';
import { createFinder } from './services/find.ts';
import { listRefunds } from './services/list.ts';
import type { AskedPage } from './services/list-pages.ts';
import { copiesOf, progressOf } from './services/mirrored.ts';
import { createReceiver } from './services/receive.ts';
import { refreshRefund } from './services/refresh.ts';
import { retryRefund } from './services/retry.ts';
import { createSends } from './services/sends.ts';
import type { SettleDeps } from './services/settle.ts';
import { summarise } from './services/summarise.ts';

/** How long a stop waits for what runs, in milliseconds; the whole stop stays under 10 s. */
const GRACE_MS = 8_000;

/** How long a stop waits for a database that does not answer, in milliseconds. */
const GIVE_UP_MS = 8_500;

/** How long a stop waits for what is being sent to a provider; then it is settled by whoever starts next. */
const SEND_GRACE_MS = 7_000;

/** Callbacks that nobody believes are kept, for each account: so many at once, then one per second. */
const REJECTED_KEPT = { burst: 60, perSecond: 1 };

/** How many refunds of each provider without a list a new sandbox tells of, so that there is something to look at. */
const ANNOUNCED = 40;

/**
 * How long one account may take before a list is served without it, in milliseconds. AUTO has the ledger's rows to show in its place,
 * and need not wait as long as those who want the provider's word.
 */
const LIST_DEADLINE_MS: Readonly<Record<ReadPolicy, number>> = { AUTO: 5_000, PROVIDER: 10_000, LEDGER: 10_000 };

export interface App {
  readonly url: string;
  readonly stop: () => Promise<void>;
}

/** Starts everything, or rejects and leaves nothing running. */
export async function startApp(configuration: Configuration): Promise<App> {
  const { environment, accounts: configured } = configuration;
  const { reconciliation = DEFAULT_RECONCILIATION, mirror = DEFAULT_MIRROR } = configuration;
  const log = pino({ level: environment.logLevel, base: null });
  const clock = () => new Date();
  const newId = () => v7();
  const closers: (() => Promise<void>)[] = [];
  let giveUp = (): void => undefined;
  const stateFile = join(environment.dataDir, 'sandbox', 'state.json');
  const close = async () => {
    const late = setTimeout(() => giveUp(), GIVE_UP_MS);
    for (const closer of closers.toReversed()) await closer();
    clearTimeout(late);
  };

  try {
    if (environment.databaseUrl === null || configured === null) ownDataDir(environment.dataDir);
    const ledger = await openLedger(
      environment.databaseUrl === null
        ? { dataDir: join(environment.dataDir, 'ledger') }
        : { databaseUrl: environment.databaseUrl },
      { clock, newId },
    );
    closers.push(() => ledger.close());
    giveUp = ledger.giveUp;
    // Before anything is settled: the sandbox would end refunds of real accounts that it does not know.
    await claimLedger(ledger, {
      kind: configured === null ? 'simulated' : 'real',
      setting: environment.databaseUrl === null ? 'DATA_DIR' : 'DATABASE_URL',
      remembered: async () => (environment.databaseUrl === null ? rememberedRefunds(stateFile) : []),
    });

    const metrics = createMetrics(() => countUnfinished(ledger.db));
    const settings = configured ?? (await builtInSandbox());
    const observer = bothHear(logProviders(log), metrics.providers);
    const deps: WingDeps = { clock, random: Math.random, newId, observer };
    const accounts = new Map(settings.map((account) => [account.key, openAccount(account, deps)]));
    closers.push(async () => void (await Promise.all([...accounts.values()].map((account) => account.close()))));
    const stopping = new AbortController();
    closers.push(() => Promise.resolve(stopping.abort(new Error('the server stops'))));

    const feed = openFeed(ledger, logFeed(log));
    closers.push(() => feed.close());

    const { failed, recovered } = logQueue(log, clock);
    const boss = await openBoss(ledger, failed, recovered);
    closers.push(() => boss.stop({ close: false, graceful: false }));
    const queue = await openSettleQueue(boss, [...accounts.keys()]);
    const sends = createSends();
    let { publicUrl } = environment;
    const settling: SettleDeps = {
      ledger,
      queue,
      accounts,
      clock,
      sends,
      reconciliation,
      answers: createSingleFlight<Answer>(),
      callbackUrl: (account) => `${publicUrl}/notify/${account}`,
      timeoutMs: (account) => settings.find(({ key }) => key === account)?.timeoutMs ?? 0,
      report: (facts, message) => log.warn(facts, message),
    };
    const services = bindServices(settling, feed, mirror, stopping.signal);
    const identify = environment.auth.kind === 'none' ? anybody : createIdentify(environment.auth, clock);
    // Without tokens a page of any origin could act in the name of whoever has opened it; a token is nothing a browser adds.
    const allowsOrigin = environment.auth.kind === 'none' ? pagesNearby(environment) : () => true;
    const yoga = createGraphql({ schema, services, identify, allowsOrigin, log, newId });
    const notify = createCallbackRoute({
      accounts: accounts.values(),
      allowed: (account) => {
        const ranges = settings.find(({ key }) => key === account.key)?.callbackAllowedIps;
        return ranges === undefined ? null : addressesIn(ranges);
      },
      isTrustedProxy: addressesIn(environment.trustedProxies),
      receive: createReceiver({ ledger, queue, budget: createBudget(clock, REJECTED_KEPT) }),
      clock,
      report: createCallbackLog(log, clock),
    });
    const server = await startServer({
      host: environment.host,
      port: environment.port,
      routes: new Map<string, RouteHandler>([
        ['/graphql', (request, response) => void yoga(request, response)],
        ...(environment.metricsPort === null ? [['/metrics', metrics.handler] as const] : []),
      ]),
      folders: new Map([['notify', notify]]),
      upgrades: createSockets({ schema, yoga, identify, allowsOrigin, log }),
      readiness: [
        () =>
          ledger.ping().then(
            () => null,
            () => 'the database does not answer',
          ),
      ],
      answered: metrics.answered,
    });
    // Port 0 is any free port: only now is it known where providers reach us.
    if (URL.parse(publicUrl)?.port === '0') publicUrl = server.url;
    const workers: Settling[] = [];
    closers.push(async () => {
      // What clients and jobs have sent is waited for, and cut a little before the connections are.
      const jobs = workers.map((worker) => worker.stop());
      await Promise.all([server.stop(GRACE_MS), sends.finish(SEND_GRACE_MS), ...jobs]);
      await sends.finish(0);
    });
    workers.push(await startSettling(boss, settling));
    if (mirror.enabled) workers.push(await startMirroring(boss, { ...settling, ...mirror, observer: logMirror(log) }));
    if (environment.metricsPort !== null) {
      const figures = await serveMetrics(metrics, environment.host, environment.metricsPort);
      closers.push(() => figures.stop());
    }
    probeAll(accounts, log);
    const stop = async () => {
      log.info('stopping');
      await close();
      log.info('stopped');
    };
    return { url: server.url, stop };
  } catch (error) {
    await close();
    throw error;
  }

  async function builtInSandbox(): Promise<readonly AccountSettings[]> {
    const sandbox = await startSandbox({
      stateFile,
      notifyBase: environment.publicUrl,
      announce: ANNOUNCED,
      log: (line) => log.warn({ line }, 'the sandbox'),
    });
    closers.push(() => sandbox.close());
    log.info({ control: sandbox.urls.control }, 'no REFUNDS_CONFIG: using the built-in sandbox');
    const reading = parseConfiguration(sandbox.config, {});
    if (reading.kind === 'wrong') throw new ConfigurationError(reading.problems);
    return reading.accounts;
  }
}

/**
 * Pages of this machine, and whatever reaches the server under a name of this machine or its public one; where it is meant to be reached
 * from elsewhere, under any name, and then also its own pages, GraphiQL's.
 */
function pagesNearby({ host: boundTo, publicUrl }: Environment): AllowsOrigin {
  const isHere = (hostname: string | undefined) => isLoopback(hostname?.replace(/^\[|\]$/g, '') ?? '');
  const isOurs = (host: string) => {
    const hostname = URL.parse(`http://${host}`)?.hostname;
    return !isLoopback(boundTo) || isHere(hostname) || hostname === URL.parse(publicUrl)?.hostname;
  };
  return (origin, host) => {
    if (!isOurs(host)) return false;
    const page = origin === null ? null : URL.parse(origin);
    return origin === null || isHere(page?.hostname) || page?.host === host;
  };
}

function bindServices(settling: SettleDeps, feed: Feed, mirror: MirrorSettings, stopping: AbortSignal): Services {
  const { ledger, queue, accounts, clock } = settling;
  const pages = createSingleFlight<AskedPage>(stopping);
  const mirrored = mirror.enabled ? [...accounts.values()].filter(({ list }) => list !== undefined) : [];
  const mirrors = { ledger, mirrored: new Set(mirrored.map(({ key }) => key)) };
  const copies = (keys: readonly AccountKey[]) => copiesOf(mirrors, keys);
  return {
    accounts,
    feed,
    find: createFinder(settling).find,
    list: (ask, signal) =>
      listRefunds(
        {
          ledger,
          queue,
          accounts: [...accounts.values()],
          pages,
          clock,
          copies,
          deadlineMs: (read) => LIST_DEADLINE_MS[read],
        },
        ask,
        signal,
      ),
    refunded: (payments) => refundedOf(ledger.db, payments),
    records: (refs) => findRecords(ledger.db, refs),
    mirrors: (keys) => progressOf(mirrors, keys),
    summarise: (ask) => summarise(settling, ask),
    create: (account, input) => createRefund(settling, account, input),
    retry: (account, id) => retryRefund(settling, account, id),
    refresh: (account, id, signal) => refreshRefund(settling, account, id, signal),
    events: (ref, ask) => pageEvents(ledger.db, ref, ask),
    event: (number) => findEvent(ledger.db, number),
  };
}

/** Asks every account once, so that its health is known before the first user asks. */
function probeAll(accounts: ReadonlyMap<AccountKey, ProviderAccount>, log: Logger): void {
  for (const account of accounts.values()) {
    account.probe(AbortSignal.timeout(10_000)).then(
      () => log.debug({ account: account.key }, 'the account answers'),
      (error: unknown) => log.warn({ account: account.key, err: error }, 'the account does not answer as it should'),
    );
  }
}
