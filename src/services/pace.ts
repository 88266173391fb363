/** No more than so many calls per second, evenly spread. */
import { setTimeout as pass } from 'node:timers/promises';
import type { Clock } from '../refunds/clock.ts';

/** Waits for the caller's turn; turns are given in the order in which they were asked for. Rejects when the signal aborts. */
export type Pace = (signal: AbortSignal) => Promise<void>;

export function createPace(clock: Clock, perSecond: number): Pace {
  const gapMs = 1_000 / perSecond;
  let next = -Infinity;
  return async (signal) => {
    signal.throwIfAborted();
    const now = clock().getTime();
    // A clock that was set back must not make anybody wait until it has caught up.
    const turn = next > now + 60_000 + gapMs ? now : Math.max(now, next);
    next = turn + gapMs;
    if (turn > now) await pass(turn - now, undefined, { signal });
  };
}
