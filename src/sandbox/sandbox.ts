/** The sandbox as a whole: three providers and a control server on HTTP, and the world behind them. */
import type { Server } from 'node:http';
import { dirname } from 'node:path';
import { openBehaviours } from './http/behaviour.ts';
import { openCalls } from './http/calls.ts';
import { configuration, type SandboxConfig, type SandboxUrls } from './control/configuration.ts';
import { controlServer } from './control/control-server.ts';
import { type Engine, startEngine } from './engine.ts';
import { type Examples, examples } from './control/examples.ts';
import { listen, shut } from './http/http.ts';
import { type Keys, newKeys } from './keys.ts';
import type { LifeOptions } from './life.ts';
import { isEnd, type ProviderName } from './model.ts';
import { providerServer } from './http/provider-server.ts';
import type { Random } from './random.ts';
import { seedRows } from './seed/seed.ts';
import { readState, type State } from './state/state.ts';
import { openFolder } from './state/store.ts';
import type { Clock } from './time.ts';

export interface SandboxOptions {
  /** 127.0.0.1. */
  readonly host?: string | undefined;
  /** 0, the default: any free port. */
  readonly ports?: Partial<Readonly<Record<keyof SandboxUrls, number>>> | undefined;
  /** Where refunds, payments and keys are kept, in a folder of its own; without it they live in memory only. */
  readonly stateFile?: string | undefined;
  readonly clock?: Clock | undefined;
  readonly random?: Random | undefined;
  readonly life?: LifeOptions | undefined;
  /** Base address of the server under test: callbacks of refunds that came without an address go to its `/notify/ACCOUNT`. */
  readonly notifyBase?: string | undefined;
  /** The number that the seed refunds are made from; a kept state keeps its own. */
  readonly seed?: number | undefined;
  /** Seed refunds of each provider, instead of 240, 120 and 120. */
  readonly refundsPerProvider?: number | undefined;
  /**
   * So many refunds of the providers that can't list are told to `notifyBase` when the world is new, as their callbacks
   * would have told them, so that there is something to look at. 0.
   */
  readonly announce?: number | undefined;
  /** Hears what goes wrong inside. */
  readonly log?: ((line: string) => void) | undefined;
}

export interface Sandbox {
  /** The content of a configuration file that speaks to this sandbox. */
  readonly config: SandboxConfig;
  readonly urls: SandboxUrls;
  /** Ids that never change, to name in a README. */
  readonly examples: Examples;
  readonly close: () => Promise<void>;
}

/** Keys of the sandboxes that keep none: RSA keys take a while to make, so one process makes them once. */
let passingKeys: Promise<Keys> | null = null;

async function openState(options: SandboxOptions, now: number): Promise<{ state: State; isNew: boolean }> {
  const { stateFile, seed = 1 } = options;
  if (stateFile !== undefined) await openFolder(dirname(stateFile));
  const kept = stateFile === undefined ? null : await readState(stateFile);
  if (kept) return { state: kept, isNew: false };
  if (stateFile === undefined) passingKeys ??= newKeys();
  const keys = await (passingKeys !== null && stateFile === undefined ? passingKeys : newKeys());
  const state: State = { version: 1, seed, startedAt: now, keys, ...seedRows(seed, now, options.refundsPerProvider) };
  return { state, isNew: true };
}

/** Puts callbacks about the newest finished refunds into the out-tray. */
function tellOf({ world: { book }, post }: Engine, announce: number): void {
  for (const provider of ['BLUEPAY', 'TIPAY'] as const) {
    const finished = book.refunds(provider).filter(({ status }) => isEnd(status));
    const newest = finished.toSorted((a, b) => b.createdAt - a.createdAt).slice(0, announce);
    for (const refund of newest.toReversed()) post.write(refund);
  }
}

/** Starts everything. Rejects when a port is taken or the state file is not one; nothing is left running then. */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const { host = '127.0.0.1', ports = {}, clock = () => new Date(), random = Math.random, log = () => {} } = options;
  const { stateFile, life = {}, notifyBase, announce = 0 } = options;
  const { state, isNew } = await openState(options, clock().getTime());
  const engine = startEngine(state, { stateFile, clock, random, life, notifyBase, log });
  const behaviours = openBehaviours();
  const calls = openCalls();
  const ending = new AbortController();
  const servers: Server[] = [];

  const end = async (): Promise<void> => {
    ending.abort();
    await Promise.all(servers.map(shut));
    await engine.stop();
  };
  // Once: a second close must not write over what somebody else has done with the state file since.
  let ended: Promise<void> | null = null;
  const close = (): Promise<void> => (ended ??= end());
  const open = (server: Server, port: number | undefined): Promise<string> => {
    servers.push(server);
    return listen(server, host, port ?? 0);
  };
  const openProvider = (name: ProviderName, port: number | undefined): Promise<string> => {
    const simulation = engine.simulations[name];
    const { catchUp } = engine;
    return open(providerServer({ simulation, behaviours, calls, catchUp, log, closing: ending.signal }), port);
  };

  try {
    if (isNew) tellOf(engine, announce);
    // A new state is on disk before anybody can be given its keys.
    await engine.settle();
    const urls: SandboxUrls = {
      shoutu: await openProvider('SHOUTU', ports.shoutu),
      bluepay: await openProvider('BLUEPAY', ports.bluepay),
      tipay: await openProvider('TIPAY', ports.tipay),
      control: await open(controlServer({ ...engine, random, behaviours, calls, log }), ports.control),
    };
    return { config: configuration(urls, state.keys), urls, examples: examples(engine.world.book), close };
  } catch (error) {
    await close();
    throw error;
  }
}
