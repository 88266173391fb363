/** The servers of a run over one database, and the providers that they speak to. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openStandIn, type StandIn } from './stand-in.ts';
import type { Place } from './place.ts';
import { TIMEOUT_MS } from './plan.ts';
import { freePorts, instanceOf, type Instance } from './servers.ts';

/**
 * Short times, so that a run is short. A late create (see `plan.ts`) takes less than timeout and late arrival
 * together.
 */
const RECONCILIATION = {
  pausesSeconds: [0.3, 0.5, 1, 1, 2],
  lateArrivalSeconds: 1,
  giveUpAfterSeconds: 6,
  sweepSeconds: 2,
} as const;

export interface Fleet {
  readonly instances: readonly Instance[];
  readonly standIn: StandIn;
  readonly urls: readonly string[];
}

/** Prepares so many instances; nothing is started. */
export async function prepareFleet(place: Place, count: number, seed: number): Promise<Fleet> {
  const ports = await freePorts(count);
  const urls = ports.map((port) => `http://127.0.0.1:${port}`);
  const standIn = await openStandIn({ seed, instances: urls });
  const configFile = join(place.folder, 'refunds.json');
  const accounts = standIn.accounts.map((account) => ({ ...account, timeoutMs: TIMEOUT_MS }));
  writeFileSync(configFile, JSON.stringify({ accounts, reconciliation: RECONCILIATION }));
  const variables = {
    ...place.variables,
    REFUNDS_CONFIG: configFile,
    // What was compiled once is not compiled at each start.
    NODE_COMPILE_CACHE: join(place.folder, 'compiled'),
  };
  const instances = ports.map((port, number) =>
    instanceOf({ number, port, variables, logFile: join(place.folder, `instance-${number}.log`) }),
  );
  return { instances, standIn, urls };
}
