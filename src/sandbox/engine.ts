/** What makes the world go on: the clock's beat, the post, and the memory. */
import { simulateBluePay } from './bluepay/bluepay.ts';
import { openBook } from './book.ts';
import { providerRefundId } from './ids.ts';
import { advance, BEAT, type LifeOptions, planFor } from './life.ts';
import type { ProviderName } from './model.ts';
import { openPost, type Post } from './post.ts';
import type { Random } from './random.ts';
import { simulateShoutu } from './shoutu/shoutu.ts';
import type { Simulation, World } from './simulation.ts';
import { printState, type State } from './state/state.ts';
import { openStore } from './state/store.ts';
import type { Clock } from './time.ts';
import { simulateTiPay } from './tipay/tipay.ts';

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
  /** Does what has become due; called before every look at the world, so that a look never sees the past. */
  readonly catchUp: () => void;
  /** Keeps what was changed by hand and follows it up. */
  readonly settle: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

const ACCOUNTS: Readonly<Record<ProviderName, string>> = { SHOUTU: 'library', BLUEPAY: 'blue', TIPAY: 'chain' };

/** Brings a state to life. */
export function startEngine(state: State, options: EngineOptions): Engine {
  const { stateFile, random, life, notifyBase, log } = options;
  const now = (): number => options.clock().getTime();
  const book = openBook(state);
  const store = openStore(stateFile, () => printState({ ...state, ...book.rows() }), log);
  let heart: NodeJS.Timeout | null = null;

  function wake(): void {
    heart ??= setInterval(() => {
      try {
        catchUp();
        post.deliver();
      } catch (error) {
        log(`The sandbox stumbled: ${String(error)}`);
      }
      if (book.planned().length > 0 || book.hasLetters()) return;
      if (heart) clearInterval(heart);
      heart = null;
    }, BEAT);
  }

  function catchUp(): void {
    if (!advance(book, now(), post.write)) return;
    store.touch();
    wake();
  }

  const world: World = {
    book,
    keys: state.keys,
    now,
    newRefundId: (provider) => providerRefundId(provider, random, book.nextNumber()),
    accept(refund) {
      const taken = { ...refund, plan: planFor(refund, now(), life) };
      book.put(taken);
      book.count(taken, 'accepted');
      wake();
      return store.saved();
    },
  };
  const simulations = { SHOUTU: simulateShoutu(world), BLUEPAY: simulateBluePay(world), TIPAY: simulateTiPay(world) };
  const post = openPost({
    book,
    simulations,
    now,
    pauses: life.callbackPausesMs,
    defaultUrl: (provider) => (notifyBase === undefined ? null : `${notifyBase}/notify/${ACCOUNTS[provider]}`),
    touch: store.touch,
    log,
  });
  wake();

  return {
    world,
    simulations,
    post,
    catchUp,
    settle() {
      wake();
      return store.saved();
    },
    async stop() {
      if (heart) clearInterval(heart);
      post.close();
      await store.close();
    },
  };
}
