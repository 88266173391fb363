/**
 * Dear reads in turn. What they reckon holds the process for some ten milliseconds at a time; a crowd of them
 * at once would make a refund wait for all of them, at each of its steps.
 */
import type { Cost } from '../../graphql/cost/estimate.ts';
import { createLanes } from '../../flow/lanes.ts';

/** From which cost on a read is dear. A page of 20 refunds in a list has some 2,000 of complexity. */
const DEAR = { complexity: 3_000, providerCalls: 20, ledgerReads: 50 } as const;
/** So many run at once. */
const PLACES = 2;
/** Nobody waits longer for those before him, in milliseconds: they may wait for a provider themselves. */
const LONGEST_WAIT_MS = 1_000;

/** Makes the turns of one server. */
export function createDearTurns() {
  const lanes = createLanes(PLACES, ['dear'], { own: () => 0, waiting: () => Infinity });

  /** A place, or none where it has been waited for long enough. Rejects when the signal aborts. */
  async function place(signal: AbortSignal): Promise<() => void> {
    const patience = AbortSignal.timeout(LONGEST_WAIT_MS);
    try {
      return await lanes.enter('dear', AbortSignal.any([signal, patience]));
    } catch (error) {
      if (error !== patience.reason) throw error;
      return () => undefined;
    }
  }

  return {
    isDear: ({ mutations, ...cost }: Cost): boolean =>
      mutations === 0 &&
      (cost.complexity > DEAR.complexity ||
        cost.providerCalls > DEAR.providerCalls ||
        cost.ledgerReads > DEAR.ledgerReads),
    /** Does work when it is its turn. Rejects with the signal's reason where that aborts before. */
    take: async <Value>(work: () => Value | Promise<Value>, signal: AbortSignal): Promise<Value> => {
      const leave = await place(signal);
      try {
        return await work();
      } finally {
        leave();
      }
    },
  };
}
