/** What goes on while servers are killed: clients come and go, and connections to the database break. */
import { setTimeout as pause } from 'node:timers/promises';
import { between } from '../../src/sandbox/random.ts';
import { streamOf } from './chance.ts';
import { live, type Clients } from './clients.ts';
import type { Fleet } from './fleet.ts';
import type { Place } from './place.ts';
import { planOf, type Plan } from './plan.ts';

export interface Load {
  /** One for each key so far. */
  readonly plans: readonly Plan[];
  /** Lets all calls finish. */
  readonly stop: () => Promise<void>;
}

export interface Cutting {
  /** When it happened. */
  readonly cuts: readonly number[];
  readonly stop: () => Promise<void>;
}

/** Clients that come and go, each with a key of its own. */
export function startLoad({ standIn }: Fleet, clients: Clients, seed: number, count: number): Load {
  const plans: Plan[] = [];
  let going = true;
  const random = streamOf(seed, 'load');
  async function work(): Promise<void> {
    while (going) {
      const plan = planOf(seed, plans.length);
      plans.push(plan);
      standIn.expect(plan);
      await live(clients, plan);
      await pause(between(random, 0, 300));
    }
  }
  const working = Promise.all(Array.from({ length: count }, work));
  return {
    plans,
    stop: async () => {
      going = false;
      await working;
    },
  };
}

/** Breaks connections to the database now and then. */
export function startCutting({ cut }: Place, seed: number): Cutting {
  const cuts: number[] = [];
  const stopping = new AbortController();
  const random = streamOf(seed, 'cuts');
  async function work(): Promise<void> {
    while (cut !== null) {
      const stopped = await pause(between(random, 3_000, 12_000), false, { signal: stopping.signal }).catch(() => true);
      if (stopped) return;
      cuts.push(Date.now());
      await cut();
    }
  }
  const working = work();
  return {
    cuts,
    stop: async () => {
      stopping.abort();
      await working;
    },
  };
}
