/**
 * Kills instances (in the middle of requests, at any time, while they start) and starts them again. Now and
 * then it stops one for a while first, as on a machine that is moved or out of memory: that process goes on
 * with what it knew before.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { between, pick, type Random } from '../../src/sandbox/random.ts';
import { happens, weighted } from './chance.ts';
import { MOMENTS, type Kill, type Moment } from './records.ts';
import type { Instance } from './servers.ts';

export interface Killer {
  readonly kills: readonly Kill[];
  readonly freezes: readonly Kill[];
  /**
   * Called by the provider at each moment of a request. An instance that is to die there is killed before the
   * provider goes on.
   */
  readonly onMoment: (moment: Moment, instance: number) => void;
  /**
   * Starts instances together and kills them before they serve, so often that the next start meets a
   * half-made database.
   */
  readonly killFirstStarts: (instances: readonly Instance[], times: number) => Promise<void>;
  /**
   * Kills and starts instances until the number of kills or the time is reached. When it resolves, all of
   * them serve.
   */
  readonly run: (instances: readonly Instance[], kills: number, until: number) => Promise<void>;
}

/** An instance that was told to die at a moment that does not come is killed after this. */
const PATIENCE_MS = 3_000;

export function openKiller(random: Random): Killer {
  const kills: Kill[] = [];
  const freezes: Kill[] = [];
  const armed = new Map<number, { readonly moment: Moment; readonly fire: () => void }>();
  let left = 0;

  async function kill(instance: Instance, moment: string): Promise<void> {
    kills.push({ at: Date.now(), instance: instance.number, moment });
    await instance.kill();
  }

  /** Waits for the moment, and kills in it. */
  async function killAt(instance: Instance, moment: Moment): Promise<void> {
    const dying = Promise.withResolvers<void>();
    let alive = true;
    const die = (what: string): void => {
      if (!alive) return;
      alive = false;
      // The signal is out before the provider goes on.
      dying.resolve(kill(instance, what));
    };
    armed.set(instance.number, { moment, fire: () => die(moment) });
    const late = setTimeout(() => die('any time'), PATIENCE_MS);
    await dying.promise;
    clearTimeout(late);
    armed.delete(instance.number);
  }

  /** Shorter than the time after which a missing refund is given up: what is older is never sent. */
  async function freezeOnce(instance: Instance): Promise<void> {
    await pause(between(random, 0, 600));
    freezes.push({ at: Date.now(), instance: instance.number, moment: 'stands still' });
    instance.freeze(true);
    await pause(between(random, 300, 4_000));
    freezes.push({ at: Date.now(), instance: instance.number, moment: 'goes on' });
    instance.freeze(false);
  }

  async function killOnce(instance: Instance): Promise<void> {
    if (happens(random, 0.2)) await freezeOnce(instance);
    const when = weighted(random, [
      ['moment', 55],
      ['any time', 30],
      ['start', 15],
    ]);
    switch (when) {
      case 'moment':
        await pause(between(random, 0, 600));
        await killAt(instance, pick(random, MOMENTS));
        break;
      case 'any time':
        await pause(between(random, 0, 2_000));
        await kill(instance, 'any time');
        break;
      case 'start': {
        await pause(between(random, 0, 600));
        await kill(instance, 'any time');
        if (left <= 0) break;
        left -= 1;
        const { ready } = instance.start();
        await Promise.race([ready, pause(between(random, 300, 4_000))]);
        await kill(instance, instance.isReady() ? 'any time' : 'start');
        await ready;
        break;
      }
    }
    await instance.start().ready;
  }

  return {
    kills,
    freezes,
    killFirstStarts: async (instances, times) => {
      for (let nth = 0; nth < times; nth += 1) {
        const starting = instances.map((instance) => instance.start().ready);
        await pause(between(random, 1_000, 8_000));
        await Promise.all(instances.map((instance) => kill(instance, 'first start')));
        await Promise.all(starting);
      }
    },
    onMoment: (moment, number) => {
      for (const [instance, trap] of armed) {
        // A query does not say which instance sends it.
        if (trap.moment === moment && (number === instance || number === -1)) return trap.fire();
      }
    },
    run: async (instances, count, until) => {
      left = count;
      await Promise.all(
        instances.map(async (instance) => {
          while (left > 0 && Date.now() < until) {
            left -= 1;
            await killOnce(instance);
          }
        }),
      );
    },
  };
}
