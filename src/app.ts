/** The only place where the rooms meet: configuration in, a running server out. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pino } from 'pino';
import { v7 } from 'uuid';
import { z } from 'zod';
import { createCallbackRoute } from './callbacks/route.ts';
import { addressesIn } from './callbacks/sender.ts';
import { parseConfiguration } from './config/accounts.ts';
import type { Configuration } from './config/configuration.ts';
import type { Environment } from './config/environment.ts';
import { DEFAULT_MIRROR } from './config/mirror.ts';
import { ConfigurationError } from './config/problem.ts';
import { DEFAULT_RECONCILIATION } from './config/reconciliation.ts';
import { openFeed } from './feed/feed.ts';
import { isLoopback } from './flow/loopback.ts';
import { openDesk } from './http/browser/desk.ts';
import { openFrontDoor } from './http/front-door.ts';
import { startMirroring } from './jobs/mirror.ts';
import { rememberAccounts } from './ledger/accounts.ts';
import { startSettling } from './jobs/settle.ts';
import { onUnreadableDetails } from './ledger/json/details.ts';
import { openBoss } from './ledger/queue/boss.ts';
import { inLane, openLedger, type Ledger } from './ledger/database/database.ts';
import { openSettleQueue } from './ledger/queue/enqueue.ts';
import { overlapping } from './config/overlap.ts';
import { openBills } from './ledger/bills.ts';
import { claimLedger } from './ledger/database/kind.ts';
import { ownDataDir } from './ledger/database/private-folder.ts';
import { countNeedingAttention, countUnfinished } from './ledger/queue/unfinished.ts';
import type { Tell } from './operator/event.ts';
import { createRemembered } from './providers/http/remembered.ts';
import { openAccount, type AccountSettings } from './providers/index.ts';
import { formerAccount } from './providers/former-account.ts';
import { startSandbox } from './sandbox/sandbox.ts';
import { rememberedRefunds } from './sandbox/state/remembered.ts';
import { probeAll } from './services/probe.ts';
import { openServices } from './services/services.ts';
import { REDACTED } from './telemetry/error-facts.ts';
import { createLog } from './telemetry/log.ts';
import { createMetrics, serveMetrics } from './telemetry/metrics.ts';

/** How long a stop waits for what runs, in milliseconds; the whole stop stays under 10 s. */
const GRACE_MS = 8_000;
/** How long a stop waits for a database that does not answer, in milliseconds. */
const GIVE_UP_MS = 8_500;
/** How long a stop waits for what is being sent to a provider; then the next start settles it. */
const SEND_GRACE_MS = 7_000;
/**
 * How many refunds of each provider without a list a new sandbox announces, so that the first list has some.
 */
const ANNOUNCED = 40;
/** Which version this is. */
const MANIFEST = z
  .object({ version: z.string() })
  .parse(JSON.parse(readFileSync(join(import.meta.dirname, '..', 'package.json'), 'utf8')));
/** What `npm ci` builds of `desk/`. */
const DESK_FOLDER = join(import.meta.dirname, '..', 'desk', 'dist');

/** Starts everything, or rejects and leaves nothing running. */
export async function startApp(configuration: Configuration): Promise<{
  readonly url: string;
  /** The longest time that a stop takes, in milliseconds. */
  readonly stopMs: number;
  /** Serves on for the drain, or until the signal aborts; then ends what runs. */
  readonly stop: (drained?: AbortSignal) => Promise<void>;
}> {
  const { environment, reconciliation = DEFAULT_RECONCILIATION, mirror = DEFAULT_MIRROR } = configuration;
  const { host, port, publicUrl, metricsPort, auth, dataDir, databaseUrl, doors } = environment;
  const { trustedDocuments = null } = configuration;
  // The figures are on the main port where only this machine reaches it, and where that port is asked for.
  const isMetricsHere = metricsPort === null ? isLoopback(host) : metricsPort === port && port !== 0;
  const clock = () => new Date();
  const newId = () => v7();

  const isSimulated = configuration.accounts === null;
  if (databaseUrl === null || isSimulated) ownDataDir(dataDir);
  const place =
    databaseUrl === null
      ? { dataDir: join(dataDir, 'ledger') }
      : {
          databaseUrl,
          maxConnections: environment.limits.databaseConnections,
          preparing: environment.limits.databasePreparing,
        };
  const ledger = await openLedger(place, { clock, newId, waiting: environment.limits.databaseWaiting });
  // What is put here is ended in the opposite order: by a stop, or at once when the start fails.
  const parts = new AsyncDisposableStack();
  await using start = new AsyncDisposableStack();
  start.defer(() => endAll(parts, ledger));
  parts.defer(() => ledger.close());
  // Before anything is settled: the sandbox would end refunds of real accounts that it does not know.
  await claimLedger(ledger, {
    kind: isSimulated ? 'simulated' : 'real',
    setting: databaseUrl === null ? 'DATA_DIR' : 'DATABASE_URL',
    remembered: async () => (databaseUrl === null ? rememberedRefunds(stateFileIn(dataDir)) : []),
  });

  const metrics = createMetrics(
    () => countUnfinished(ledger.db),
    () => countNeedingAttention(ledger.db),
  );
  const log = createLog(pino({ level: environment.logLevel, base: null, redact: REDACTED }), clock);
  const tell: Tell = (event) => {
    log(event);
    metrics.count(event);
  };
  const stopHearing = onUnreadableDetails((ref) => tell({ kind: 'stored-details-unreadable', ...ref }));
  parts.defer(stopHearing);
  for (const { text } of await ledger.weaknesses()) tell({ kind: 'ledger-may-forget', why: text });

  const settings = configuration.accounts ?? (await openSandbox(environment, tell, parts));
  for (const overlap of overlapping(settings)) tell({ kind: 'accounts-overlap', ...overlap });
  const remembered = createRemembered();
  const opened = settings.map((one) => openAccount(one, { clock, random: Math.random, newId, tell, remembered }));
  const accounts = new Map(opened.map((account) => [account.key, account]));
  const atWork = new Map(opened.map((account) => [account.key, account.atWork ?? account]));
  parts.defer(async () => void (await Promise.all(opened.map((account) => account.close()))));
  const former = await rememberAccounts(ledger.db, opened);
  const stopping = new AbortController();
  parts.defer(() => stopping.abort(new Error('the server stops')));

  const feed = openFeed(ledger, tell);
  parts.defer(() => feed.close());
  const failed = (error: Error) => tell({ kind: 'queue-disturbed', error });
  const boss = await openBoss(ledger, failed, () => tell({ kind: 'queue-works' }));
  parts.defer(() => boss.stop({ close: false, graceful: false }));
  const queue = await openSettleQueue(boss, [...accounts.keys()]);

  // Port 0 is any free port: our address is known once the server listens. Nothing is sent before that.
  const reachedAt = () => (URL.parse(publicUrl)?.port === '0' ? server.url : publicUrl);
  const { verbs, settlement, receive, finishSends } = openServices({
    ledger,
    queue,
    accounts,
    formerAccounts: new Map(former.map((account) => [account.key, formerAccount(account)])),
    clock,
    tell,
    reconciliation,
    mirrors: mirror.enabled,
    callbackUrl: (account) => `${reachedAt()}/notify/${account}`,
    stopping: stopping.signal,
  });

  const bills = openBills(ledger, environment.limits.bills, tell);
  parts.defer(() => bills.close());
  const isTrustedProxy = addressesIn(environment.trustedProxies);
  const server = await openFrontDoor({
    host,
    port,
    publicUrl,
    tokens: auth.kind === 'none' ? null : auth,
    limits: { ...environment.limits, isTrustedProxy },
    bills,
    doors,
    trustedDocuments,
    services: { ...verbs, feed, server: { version: MANIFEST.version, simulated: isSimulated } },
    notify: createCallbackRoute({ accounts: opened, isTrustedProxy, receive, clock, tell }),
    desk: environment.desk.enabled
      ? await openDesk(DESK_FOLDER, { auth: auth.kind, login: environment.desk.login })
      : null,
    figures: isMetricsHere ? metrics.handler : null,
    whyNotReady: () => whyNotReady(ledger),
    clock,
    newId,
    tell,
  });
  const workers: { readonly stop: () => Promise<void> }[] = [];
  parts.defer(async () => {
    // What clients and jobs have sent is waited for, and cut a little before the connections are.
    await Promise.all([server.stop(GRACE_MS), finishSends(SEND_GRACE_MS), ...workers.map((worker) => worker.stop())]);
    await finishSends(0);
  });
  workers.push(await startSettling(boss, settlement, { accounts, reconciliation, tell }));
  if (mirror.enabled)
    workers.push(
      await startMirroring(boss, { ledger: inLane(ledger, 'jobs'), queue, accounts: atWork, clock, tell, ...mirror }),
    );
  if (metricsPort !== null && !isMetricsHere) {
    const figures = await serveMetrics(metrics, host, metricsPort);
    parts.defer(() => figures.stop());
  }
  probeAll(opened, tell);

  const running = start.move();
  const stop = async (drained: AbortSignal = new AbortController().signal) => {
    tell({ kind: 'stopping' });
    await server.drain(doors.drainMs, drained);
    await running.disposeAsync();
    tell({ kind: 'stopped' });
  };
  return { url: server.url, stop, stopMs: doors.drainMs + GIVE_UP_MS + 1_000 };
}

/** Ends what runs. A database that does not answer is given up after a while. */
async function endAll(parts: AsyncDisposableStack, ledger: Ledger): Promise<void> {
  const late = setTimeout(() => ledger.giveUp(), GIVE_UP_MS);
  try {
    await parts.disposeAsync();
  } finally {
    clearTimeout(late);
  }
}

const whyNotReady = (ledger: Ledger): Promise<string | null> =>
  ledger.whyNotWritable().catch(() => 'the database does not answer');

const stateFileIn = (dataDir: string): string => join(dataDir, 'sandbox', 'state.json');

/** The built-in sandbox, and its accounts. */
async function openSandbox(
  { dataDir, publicUrl }: Environment,
  tell: Tell,
  parts: AsyncDisposableStack,
): Promise<readonly AccountSettings[]> {
  const sandbox = await startSandbox({
    stateFile: stateFileIn(dataDir),
    notifyBase: publicUrl,
    announce: ANNOUNCED,
    log: (line) => tell({ kind: 'sandbox-noted', line }),
  });
  parts.defer(() => sandbox.close());
  tell({ kind: 'sandbox-used', control: sandbox.urls.control });
  const reading = parseConfiguration(sandbox.config, {});
  if (reading.kind === 'wrong') throw new ConfigurationError(reading.problems);
  return reading.accounts;
}
