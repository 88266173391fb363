/** One run on one database: scenes, then load and kills, then recovery, then the judge. */
import { setTimeout as pause } from 'node:timers/promises';
import { streamOf } from './chance.ts';
import { insist, openClients, type Clients } from './clients.ts';
import { prepareFleet, type Fleet } from './fleet.ts';
import { openKiller } from './killer.ts';
import { readLedger } from './ledger.ts';
import { startCutting, startLoad } from './load.ts';
import { makePlace, type DatabaseKind, type Place } from './place.ts';
import { calmPlan, SHARED_PAYMENTS, type Plan } from './plan.ts';
import { playScenes } from './scenes.ts';
import { conclude, type CampaignResult } from './verdict.ts';

export interface CampaignOptions {
  readonly database: DatabaseKind;
  readonly kills: number;
  readonly seed: number;
  /** No kill begins later than this after the first. */
  readonly minutes: number;
  /** Clients at once. */
  readonly clients: number;
  /** The last refunds that the ledger learned of: so many stories are told, also when nothing is wrong. */
  readonly slowest: number;
  readonly interrupted: AbortSignal;
  /** Hears how it goes. */
  readonly say: (line: string) => void;
}

/** Every refund is finished so long after the last kill at the latest. */
const SETTLED_WITHIN_MS = 120_000;
/** Kills while the database is being made, in a long run. */
const FIRST_STARTS = 4;
const INSTANCES: Readonly<Record<DatabaseKind, number>> = { embedded: 1, postgres: 2 };

/**
 * Runs the campaign. Leaves nothing behind, except the servers' logs when something is wrong. Throws when a
 * server does not come back.
 */
export async function runCampaign(options: CampaignOptions): Promise<CampaignResult> {
  const { database, seed, say, interrupted } = options;
  const place = await makePlace(database, String(seed));
  const fleet = await prepareFleet(place, INSTANCES[database], seed);
  let isSound = false;
  try {
    const result = await Promise.race([play(place, fleet, options), rejectedBy(interrupted)]);
    isSound = result.violations.length === 0;
    return result;
  } finally {
    await Promise.all(fleet.instances.map((instance) => instance.end()));
    await fleet.standIn.close();
    await place.clear(!isSound);
    if (!isSound) say(`${database}: the servers' logs are kept in ${place.folder}`);
  }
}

function rejectedBy(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(new Error('interrupted')));
  });
}

async function play(place: Place, fleet: Fleet, options: CampaignOptions): Promise<CampaignResult> {
  const { database, seed, say } = options;
  const clients = openClients(fleet.urls);
  const began = Date.now();
  const killer = openKiller(streamOf(seed, 'killer'));
  const early = Math.min(FIRST_STARTS, Math.floor(options.kills / 20));
  await killer.killFirstStarts(fleet.instances, early);
  await Promise.all(fleet.instances.map((instance) => instance.start().ready));
  say(`${database}: ${fleet.instances.length} instance(s) serve after ${since(began)}`);
  const known = await makeKnown(fleet, clients, seed);
  const scenes = await playScenes({ fleet, clients, seed });
  say(`${database}: scenes played after ${since(began)}`);

  fleet.standIn.onMoment = killer.onMoment;
  const load = startLoad(fleet, clients, seed, options.clients);
  const cutting = startCutting(place, seed);
  const reports = setInterval(() => {
    say(
      `${database}: ${killer.kills.length} kills, ${load.plans.length} keys, ${clients.calls.length} calls, ${since(began)}`,
    );
  }, 30_000);
  try {
    await killer.run(fleet.instances, options.kills - killer.kills.length, Date.now() + options.minutes * 60_000);
  } finally {
    clearInterval(reports);
    await cutting.stop();
    await load.stop();
  }
  const plans = [...known, ...scenes.plans, ...load.plans];
  const quietFrom = Date.now();
  say(`${database}: ${killer.kills.length} kills are done after ${since(began)}; everybody asks once more`);

  await eachOf(plans, 12, (plan, nth) => insist(clients, plan, nth).then(() => undefined));
  await settled(fleet, clients);
  const settledAt = Date.now();
  const made = new Set(clients.calls.flatMap(({ key, answer }) => (answer?.refund == null ? [] : key)));
  const again = plans.filter(({ key }) => made.has(key));
  await eachOf(again, 12, async (plan, nth) => void (await clients.create(plan, nth + 1, { verb: 'replay' })));
  // A repeat sends a refund that its provider was too busy for until it was given up.
  await settled(fleet, clients, 30_000);
  const codes = await Promise.all(fleet.instances.map((instance) => instance.stop()));
  say(`${database}: settled ${since(quietFrom, settledAt)} after the last kill, stopped; the books are compared`);

  const left = await readLedger(place.ledger);
  const { arrivals, executions, notices } = fleet.standIn;
  const evidence = { plans, calls: clients.calls, arrivals, executions, notices: notices.sent, cuts: cutting.cuts };
  const problems = [
    ...left.broken,
    ...scenes.problems,
    ...codes.flatMap((code, nth) => (code === 0 ? [] : [`instance ${nth} stopped with ${code}`])),
  ];
  const { kills, freezes } = killer;
  const run = {
    database,
    evidence: { ...evidence, refunds: left.refunds },
    kills,
    freezes,
    began,
    quietFrom,
    settledAt,
  };
  return conclude(run, problems, options.slowest);
}

const since = (from: number, to = Date.now()): string => `${((to - from) / 1000).toFixed(1)} s`;

/**
 * Refunds 1.00 of each shared payment before the kills begin, so that the payment's amount is known. Returns
 * the plans of what was taken.
 */
async function makeKnown(fleet: Fleet, clients: Clients, seed: number): Promise<readonly Plan[]> {
  const { standIn } = fleet;
  const plans: Plan[] = [];
  let unknown = SHARED_PAYMENTS;
  while (unknown.length > 0) {
    const now = unknown.map((payment) =>
      calmPlan(`S${seed}-first${plans.length}-${payment}`, 'library', payment, 100n),
    );
    for (const plan of now) standIn.expect(plan);
    plans.push(...now);
    await eachOf(now, 6, (plan, nth) => insist(clients, plan, nth).then(() => undefined));
    await settled(fleet, clients);
    // On a machine that is very busy a call may end before it is sent.
    const succeeded = new Set(standIn.executions.map(({ payment }) => payment));
    unknown = unknown.filter((payment) => !succeeded.has(payment));
  }
  return plans;
}

/**
 * Waits until no instance has an unfinished refund, and the provider has nothing under way. Gives up without
 * an error.
 */
async function settled({ instances, standIn }: Fleet, clients: Clients, withinMs = SETTLED_WITHIN_MS): Promise<void> {
  const until = Date.now() + withinMs;
  const finished = async (instance: number): Promise<boolean> => {
    const counts = await clients.count(instance);
    return (counts.get('PENDING') ?? 0) + (counts.get('PROCESSING') ?? 0) === 0;
  };
  while (Date.now() < until) {
    const all = await Promise.all(instances.map(({ number }) => finished(number).catch(() => false)));
    if (all.every(Boolean) && standIn.isIdle()) return;
    await pause(250);
  }
}

async function eachOf<Item>(
  items: readonly Item[],
  atOnce: number,
  work: (item: Item, nth: number) => Promise<void>,
): Promise<void> {
  const queue = [...items.entries()];
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      for (let next = queue.shift(); next !== undefined; next = queue.shift()) await work(next[1], next[0]);
    }),
  );
}
