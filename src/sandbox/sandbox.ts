/** The sandbox as a whole: the providers and a control server on HTTP, and the world behind them. */
import type { Server } from 'node:http';
import { openBehaviours } from './http/behaviour.ts';
import { openCalls } from './http/calls.ts';
import { accountsOf, type SandboxConfig, type SandboxUrls } from './control/configuration.ts';
import { controlServer } from './control/control-server.ts';
import { type Engine, startEngine } from './engine.ts';
import { type Examples, examples } from './control/examples.ts';
import { listen, shut } from './http/http.ts';
import type { LifeOptions } from './life.ts';
import { isEnd, ofEach, PROVIDERS, type ProviderName } from './model.ts';
import { providerServer } from './http/provider-server.ts';
import type { Random } from './random.ts';
import { openState } from './state/open-state.ts';
import type { Clock } from './time.ts';

export interface SandboxOptions {
  /** 127.0.0.1. */
  readonly host?: string | undefined;
  /** 0, the default: any free port. */
  readonly ports?: Partial<Readonly<Record<keyof SandboxUrls, number>>> | undefined;
  /** Where refunds, payments and keys are kept, in a folder of its own. Without it they are not kept. */
  readonly stateFile?: string | undefined;
  readonly clock?: Clock | undefined;
  readonly random?: Random | undefined;
  readonly life?: LifeOptions | undefined;
  /**
   * Base address of the server under test: callbacks of refunds that came without an address go to its
   * `/notify/ACCOUNT`.
   */
  readonly notifyBase?: string | undefined;
  /** The number that the seed refunds are made from; a kept state keeps its own. */
  readonly seed?: number | undefined;
  /** Seed refunds of each provider, in place of 240, 120 and 120. */
  readonly refundsPerProvider?: number | undefined;
  /**
   * So many refunds of each provider that can't list are told to `notifyBase` when the state is new, as their
   * callbacks would have told them: without them there is nothing to look at. 0.
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

/** Puts callbacks about the newest finished refunds of the providers that can't list into the out-tray. */
function tellOf({ world: { book }, simulations, post }: Engine, announce: number): void {
  const canList = (name: ProviderName): boolean =>
    simulations[name].routes.some(({ operation }) => operation === 'list');
  for (const provider of PROVIDERS.filter((name) => !canList(name))) {
    const finished = book.refunds(provider).filter(({ status }) => isEnd(status));
    const newest = finished.toSorted((a, b) => b.createdAt - a.createdAt).slice(0, announce);
    for (const refund of newest.toReversed()) post.write(refund);
  }
}

/** Starts everything. Rejects when a port is taken or the state can't be read; nothing runs then. */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const { host = '127.0.0.1', ports = {}, clock = () => new Date(), random = Math.random, log = () => {} } = options;
  const { stateFile, life = {}, notifyBase, announce = 0, seed = 1, refundsPerProvider: perProvider } = options;
  const opened = await openState(stateFile, { seed, startedAt: clock().getTime(), perProvider });
  const engine = startEngine(opened, { stateFile, clock, random, life, notifyBase, log });
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
  const openProvider = (name: ProviderName): Promise<string> => {
    const simulation = engine.simulations[name];
    const { catchUp } = engine;
    const server = providerServer({ simulation, behaviours, calls, catchUp, log, closing: ending.signal });
    return open(server, ports[name]);
  };

  try {
    if (opened.isNew) tellOf(engine, announce);
    // A new or upgraded state is on disk before anybody can be given its keys.
    await engine.settle();
    const found = new Map<ProviderName, string>();
    for (const name of PROVIDERS) found.set(name, await openProvider(name));
    const control = await open(controlServer({ ...engine, behaviours, calls, log }), ports.control);
    const urls = { ...ofEach((name) => found.get(name) ?? ''), control };
    const config = { accounts: accountsOf(urls, opened.providers) };
    return { config, urls, examples: examples(engine.world.book), close };
  } catch (error) {
    await close();
    throw error;
  }
}
