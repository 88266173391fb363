/** A throttle: no more than so many calls per second, evenly spread. */
import { setTimeout as pass } from 'node:timers/promises';
import type { Clock } from './clock.ts';

/** Waits for the caller's turn; turns are given in the order of the calls. Rejects when the signal aborts. */
export type Throttle = (signal: AbortSignal) => Promise<void>;

export function createThrottle(clock: Clock, perSecond: number): Throttle {
  const gapMs = 1_000 / perSecond;
  let next = -Infinity;
  return async (signal) => {
    signal.throwIfAborted();
    const now = clock().getTime();
    // If the clock was set back, do not wait until it has caught up.
    const turn = next > now + 60_000 + gapMs ? now : Math.max(now, next);
    next = turn + gapMs;
    if (turn > now) await pass(turn - now, undefined, { signal });
  };
}
