/** What goes on in the sandbox: refunds move by the clock, callbacks are sent, and the state is kept. */
import { openBook } from './book.ts';
import { advance, BEAT, type LifeOptions, planFor } from './life.ts';
import { openPost, type Post } from './http/post.ts';
import { ofEach, type ProviderName } from './model.ts';
import { SIMULATED } from './providers.ts';
import type { Random } from './random.ts';
import type { Simulation, World } from './simulation.ts';
import type { Opened } from './state/open-state.ts';
import { printState } from './state/state.ts';
import { openStore } from './state/store.ts';
import type { Clock } from './time.ts';

export interface EngineOptions {
  readonly stateFile: string | undefined;
  readonly clock: Clock;
  readonly random: Random;
  readonly life: LifeOptions;
  readonly notifyBase: string | undefined;
  readonly log: (line: string) => void;
}

export interface Engine {
  readonly world: World;
  readonly simulations: Readonly<Record<ProviderName, Simulation>>;
  readonly post: Post;
  /** The same set that the world shows; the control server changes it. */
  readonly quirks: Set<string>;
  /** Does what has become due; called before every look at the world, so that a look never sees the past. */
  readonly catchUp: () => void;
  /** Keeps what was changed by hand and follows it up. */
  readonly settle: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

/** Brings a state to life. */
export function startEngine({ state, providers }: Opened, options: EngineOptions): Engine {
  const { stateFile, random, life, notifyBase, log } = options;
  const now = (): number => options.clock().getTime();
  const book = openBook(state);
  const store = openStore(stateFile, () => printState({ ...state, ...book.rows() }), log);
  const quirks = new Set<string>();
  let timer: NodeJS.Timeout | null = null;

  function wake(): void {
    timer ??= setInterval(() => {
      try {
        catchUp();
        post.deliver();
      } catch (error) {
        log(`The sandbox could not go on: ${String(error)}`);
      }
      if (book.planned().length > 0 || book.hasLetters()) return;
      if (timer) clearInterval(timer);
      timer = null;
    }, BEAT);
  }

  function catchUp(): void {
    if (!advance(book, now(), post.write)) return;
    store.touch();
    wake();
  }

  const world: World = {
    book,
    now,
    random,
    quirks,
    newRefundId: (provider) => SIMULATED[provider].refundId(random, book.nextNumber()),
    accept(refund) {
      const taken = { ...refund, plan: planFor(refund, now(), life) };
      book.put(taken);
      book.count(taken, 'accepted');
      wake();
      return store.saved();
    },
  };
  const simulations = ofEach((name) => providers[name].simulate(world));
  const post = openPost({
    book,
    simulations,
    now,
    pauses: life.callbackPausesMs,
    defaultUrl: (provider) =>
      notifyBase === undefined ? null : `${notifyBase}/notify/${SIMULATED[provider].accountKey}`,
    touch: store.touch,
    log,
  });
  wake();

  return {
    world,
    simulations,
    post,
    quirks,
    catchUp,
    settle() {
      wake();
      return store.saved();
    },
    async stop() {
      if (timer) clearInterval(timer);
      post.close();
      await store.close();
    },
  };
}
