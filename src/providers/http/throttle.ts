/** Slows the calls to one account after its provider has said "slow down"; it stops nothing. */
import { setTimeout as pass } from 'node:timers/promises';
import type { Clock } from '../../flow/clock.ts';

/**
 * The gap between two calls after the first "slow down"; each further one doubles it, each other answer
 * halves it.
 */
const FIRST_GAP_MS = 125;
/** The longest gap: more than the documented limits ask for, and short against any schedule of questions. */
const LONGEST_GAP_MS = 1_000;
/** A clock that was set back must not make anybody wait longer than this, in milliseconds. */
const LONGEST_WAIT_MS = 60_000;

/** A throttle that is open until it is told to slow down. */
export function createThrottle(clock: Clock) {
  let gapMs = 0;
  let next = -Infinity;

  return {
    /**
     * Waits for the caller's turn, in the order in which turns were asked for. False when the signal aborts
     * first.
     */
    turn: async (signal: AbortSignal): Promise<boolean> => {
      const now = clock().getTime();
      if (gapMs === 0 && next <= now) return true;
      const turn = next > now + LONGEST_WAIT_MS ? now : Math.max(now, next);
      next = turn + gapMs;
      return turn <= now || pass(turn - now, true, { signal }).catch(() => false);
    },
    /** The provider said "slow down". */
    slowDown: (): void => {
      gapMs = Math.min(Math.max(gapMs * 2, FIRST_GAP_MS), LONGEST_GAP_MS);
      next = Math.max(next, clock().getTime() + gapMs);
    },
    /** The provider answered otherwise. */
    answered: (): void => {
      gapMs = gapMs <= FIRST_GAP_MS ? 0 : gapMs / 2;
    },
  };
}
