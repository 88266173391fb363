/** A server over PostgreSQL and the sandbox, in a process of its own, whose requests are measured. */
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { startSandbox } from '../../src/sandbox/sandbox.ts';
import { until } from '../../test/support/until.ts';
import { makePlace } from '../chaos/place.ts';
import { freePorts } from '../chaos/servers.ts';

/** Refunds of each provider; as many are known to the ledger. */
const REFUNDS = 400;

export interface Spent {
  /** Processor time of the server, in milliseconds. */
  readonly cpuMs: number;
  /** The most of it between two turns of its event loop. */
  readonly heldMs: number;
}

export interface Answered extends Spent {
  readonly tookMs: number;
  readonly status: number;
  readonly text: string;
}

export interface Measured {
  readonly url: string;
  /** Asks, and says what it cost. */
  readonly ask: (query: string) => Promise<Answered>;
  /** The server's heap and memory after a collection, in bytes. */
  readonly memory: () => Promise<{ readonly heap: number; readonly rss: number }>;
  readonly close: () => Promise<void>;
}

/** Starts it; resolves when the ledger knows the sandbox's refunds. */
export async function startMeasured(name: string, variables: Readonly<Record<string, string>> = {}): Promise<Measured> {
  const place = await makePlace('postgres', name);
  const [port = 0] = await freePorts(1);
  const url = `http://127.0.0.1:${port}`;
  const sandbox = await startSandbox({ refundsPerProvider: REFUNDS, announce: REFUNDS, notifyBase: url });
  const configFile = join(place.folder, 'refunds.json');
  writeFileSync(configFile, JSON.stringify({ accounts: sandbox.config.accounts }));
  const child = fork(join(import.meta.dirname, 'server.ts'), [], {
    execArgv: ['--expose-gc'],
    env: {
      PATH: process.env['PATH'],
      PORT: String(port),
      PUBLIC_URL: url,
      REFUNDS_CONFIG: configFile,
      LOG_LEVEL: 'info',
      AUTH: 'none',
      CALLER_REFUNDS: '0',
      CALLER_PROVIDER_CALLS: '0',
      CALLER_DATABASE_MS: '0',
      CALLER_ANSWER_KIB: '0',
      ...place.variables,
      ...variables,
    },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  const log = createWriteStream(join(place.folder, 'server.log'));
  child.stdout?.pipe(log);
  child.stderr?.pipe(log);
  const close = async (): Promise<void> => {
    child.kill('SIGKILL');
    await sandbox.close();
    await place.clear(false);
  };
  try {
    await once(child, 'message');
    await until(async () => (await known(url)) >= REFUNDS, 120_000);
  } catch (error) {
    await close();
    throw error;
  }
  return {
    url,
    ask: async (query) => {
      await tell(child, 'begin', spent);
      const at = performance.now();
      const response = await post(url, query);
      const text = await response.text();
      const tookMs = performance.now() - at;
      return { ...(await tell(child, 'end', spent)), tookMs, status: response.status, text };
    },
    memory: () => tell(child, 'heap', memory),
    close,
  };
}

const spent = z.object({ cpuMs: z.number(), heldMs: z.number() });
const memory = z.object({ heap: z.number(), rss: z.number() });

async function tell<Shape>(child: ChildProcess, what: string, shape: z.ZodType<Shape>): Promise<Shape> {
  child.send(what);
  const told: unknown[] = await once(child, 'message');
  return shape.parse(told[0]);
}

/** A query or a mutation over HTTP. */
export const post = (url: string, query: string): Promise<Response> =>
  fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-graphql-cost': 'true' },
    body: JSON.stringify({ query }),
    signal: AbortSignal.timeout(120_000),
  });

/** How many refunds the ledger knows. */
async function known(url: string): Promise<number> {
  const response = await post(url, '{ refundSummary { count } }');
  const { data } = z
    .object({ data: z.object({ refundSummary: z.array(z.object({ count: z.number() })) }) })
    .parse(await response.json());
  return data.refundSummary.reduce((sum, { count }) => sum + count, 0);
}
