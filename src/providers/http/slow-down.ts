/** Slows the calls to one account after its provider has said "slow down"; it stops nothing. */
import type { Clock } from '../../flow/clock.ts';
import { createSpacing } from '../../flow/throttle.ts';

/**
 * The gap between two calls after the first "slow down"; each further one doubles it, each other answer
 * halves it.
 */
const FIRST_GAP_MS = 125;
/** The longest gap: more than the documented limits ask for, and short against any schedule of queries. */
const LONGEST_GAP_MS = 1_000;

/** Lets every call through until it is told to slow down. */
export function createSlowDown(clock: Clock) {
  let gapMs = 0;
  const spacing = createSpacing(clock, () => gapMs);

  return {
    /**
     * Waits for the caller's turn, in the order in which turns were asked for. False when the signal aborts
     * first.
     */
    turn: (signal: AbortSignal): Promise<boolean> =>
      spacing.turn(signal).then(
        () => true,
        () => false,
      ),
    /** The provider said "slow down". */
    slowDown: (): void => {
      gapMs = Math.min(Math.max(gapMs * 2, FIRST_GAP_MS), LONGEST_GAP_MS);
      spacing.hold(gapMs);
    },
    /** The provider answered otherwise. */
    answered: (): void => {
      gapMs = gapMs <= FIRST_GAP_MS ? 0 : gapMs / 2;
    },
  };
}
