/**
 * Spaces calls: each has its turn, a gap after the one before it. A throttle is a spacing whose gap is fixed.
 */
import { setTimeout as pass } from 'node:timers/promises';
import type { Clock } from './clock.ts';

/** A clock that was set back makes nobody wait longer than this and a gap, in milliseconds. */
const LONGEST_WAIT_MS = 60_000;

/** Waits for the caller's turn; turns are given in the order of the calls. Rejects when the signal aborts. */
export type Throttle = (signal: AbortSignal) => Promise<void>;

/** Gives turns that lie a gap apart (milliseconds), as long as it is when the turn is given. */
export function createSpacing(clock: Clock, gapMs: () => number) {
  let next = -Infinity;

  const turn: Throttle = async (signal) => {
    signal.throwIfAborted();
    const now = clock().getTime();
    const at = next > now + LONGEST_WAIT_MS + gapMs() ? now : Math.max(now, next);
    next = at + gapMs();
    if (at > now) await pass(at - now, undefined, { signal });
  };
  /** Gives no turn that has not been given yet for so long, in milliseconds. */
  const hold = (ms: number): void => {
    next = Math.max(next, clock().getTime() + ms);
  };
  return { turn, hold };
}

/** Lets no more than so many calls through per second, evenly spread. */
export const createThrottle = (clock: Clock, perSecond: number): Throttle =>
  createSpacing(clock, () => 1_000 / perSecond).turn;
