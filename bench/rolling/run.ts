/** Restarts servers one after the other behind a proxy, under load, and compares the books in the end. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Proxy } from '../../test/support/proxies.ts';
import { until } from '../../test/support/until.ts';
import { readLedger, type LedgerLeft } from '../chaos/ledger.ts';
import { makePlace } from '../chaos/place.ts';
import { freePorts, instanceOf, type Instance } from '../chaos/servers.ts';
import { openStandIn, type StandIn } from '../chaos/stand-in.ts';
import { startLoad } from './load.ts';

/** How long a server serves on that was told to stop: as it is without a setting on a real address. */
const DRAIN_SECONDS = '2';
const SETTLED_WITHIN_MS = 120_000;

export interface RollingOptions {
  readonly rounds: number;
  readonly servers: number;
  readonly name: string;
  readonly start: (hosts: readonly string[]) => Promise<Proxy>;
  readonly say: (line: string) => void;
}

export interface RollingResult {
  readonly figures: Readonly<Record<string, string | number>>;
  readonly wrong: readonly string[];
}

/** Plays it: `rounds` restarts of each server. */
export async function runRolling({ rounds, servers, name, start, say }: RollingOptions): Promise<RollingResult> {
  const place = await makePlace('postgres', `rolling_${name}`);
  const ports = await freePorts(servers);
  const proxy = await start(ports.map((port) => `127.0.0.1:${port}`));
  const standIn = await openStandIn({ seed: 1, instances: [proxy.url] });
  const configFile = join(place.folder, 'refunds.json');
  writeFileSync(configFile, JSON.stringify({ accounts: standIn.accounts }));
  const variables = { ...place.variables, REFUNDS_CONFIG: configFile, PUBLIC_URL: proxy.url, DRAIN_SECONDS };
  const instances = ports.map((port, number) =>
    instanceOf({ number, port, variables, logFile: join(place.folder, `server-${number}.log`) }),
  );
  let isGood = false;
  try {
    await Promise.all(instances.map((instance) => instance.start().ready));
    const load = await startLoad(proxy.url, standIn);
    const stopsMs: number[] = [];
    const codes: (number | null)[] = [];
    for (let round = 1; round <= rounds; round += 1) {
      for (const instance of instances) {
        const at = performance.now();
        codes.push(await instance.stop());
        stopsMs.push(performance.now() - at);
        await instance.start().ready;
      }
      say(
        `  round ${round}: ${load.plans.length} refunds, ${load.tookMs.length} queries, ${load.failures.length} failed`,
      );
    }
    await load.stop();
    await settled(standIn, load.clients.count);
    const left = await leave(instances, place.ledger, load.listeners);
    const { failures, plans, tookMs, listeners } = load;
    const wrong = [
      ...failures.map(({ at, what }) => `${new Date(at).toISOString()} ${what}`),
      ...codes.flatMap((code) => (code === 0 ? [] : [`a server stopped with ${code}`])),
      ...compare(
        standIn,
        plans.map(({ key }) => key),
        left,
      ),
      ...missed(left, listeners),
    ];
    isGood = wrong.length === 0;
    const sorted = tookMs.toSorted((one, other) => one - other);
    const at = (share: number) => `${Math.round(sorted[Math.floor(share * (sorted.length - 1))] ?? 0)} ms`;
    return {
      wrong,
      figures: {
        restarts: codes.length,
        'longest stop': `${Math.round(Math.max(...stopsMs))} ms`,
        queries: tookMs.length,
        'queries took, p50 p99 longest': `${at(0.5)} ${at(0.99)} ${at(1)}`,
        'refunds asked for': plans.length,
        'refunds executed': standIn.executions.length,
        'callbacks sent': standIn.notices.sent.length,
        'callbacks not taken at once': standIn.notices.sent.filter(({ answer }) => answer !== 'acknowledged').length,
        'events in the log': eventsIn(left),
        'events heard, by each subscriber': listeners.map(({ cursors }) => cursors.length).join(' '),
        'requests failed': failures.length,
      },
    };
  } finally {
    await Promise.all(instances.map((instance) => instance.end()));
    await proxy.stop();
    await standIn.close();
    await place.clear(!isGood);
    if (!isGood) say(`  the logs are in ${place.folder}`);
  }
}

async function settled(
  standIn: StandIn,
  count: (instance: number) => Promise<ReadonlyMap<string, number>>,
): Promise<void> {
  await until(async () => {
    const counts = await count(0);
    return standIn.isIdle() && (counts.get('PENDING') ?? 0) + (counts.get('PROCESSING') ?? 0) === 0;
  }, SETTLED_WITHIN_MS);
}

/** Waits until every subscriber has heard as much as the log has, as far as it can; then all is stopped. */
async function leave(
  instances: readonly Instance[],
  place: Parameters<typeof readLedger>[0],
  listeners: readonly { readonly cursors: readonly string[]; readonly leave: () => void }[],
): Promise<LedgerLeft> {
  const before = eventsIn(await readLedger(place));
  await until(() => listeners.every(({ cursors }) => cursors.length >= before)).catch(() => undefined);
  for (const listener of listeners) listener.leave();
  await Promise.all(instances.map((instance) => instance.stop()));
  return readLedger(place);
}

const eventsIn = ({ refunds }: LedgerLeft): number => refunds.reduce((sum, { events }) => sum + events.length, 0);

/** What the provider executed, and what the ledger says of it, against what was asked for. */
function compare({ executions }: StandIn, keys: readonly string[], left: LedgerLeft): readonly string[] {
  const executed = Map.groupBy(executions, ({ key }) => key);
  const known = new Map(left.refunds.map((refund) => [refund.key, refund]));
  return [
    ...left.broken,
    ...keys.flatMap((key) => {
      const times = executed.get(key)?.length ?? 0;
      const status = known.get(key)?.status ?? 'unknown to the ledger';
      if (times === 1 && status === 'SUCCEEDED') return [];
      return [`${key} was executed ${times} times, and is ${status}`];
    }),
  ];
}

/** What each subscriber did not hear, or heard twice. */
const missed = (
  left: LedgerLeft,
  listeners: readonly { readonly transport: string; readonly cursors: readonly string[] }[],
): readonly string[] =>
  listeners.flatMap(({ transport, cursors }, nth) => {
    const [heard, once, all] = [cursors.length, new Set(cursors).size, eventsIn(left)];
    return heard === all && once === all
      ? []
      : [`subscriber ${nth} (${transport}) heard ${heard} events, ${once} different ones, of ${all}`];
  });
