/**
 * Connections in lanes: refunds, callbacks, jobs and readers have some each that the others can't take. One
 * reader's summaries hold up no refund.
 */
import { OverloadedError } from '../../flow/batcher.ts';
import { createLanes } from '../../flow/lanes.ts';
import { LedgerUnavailableError } from './errors.ts';

/** What the ledger is used for, the most urgent first. */
export const LEDGER_LANES = ['refunds', 'callbacks', 'jobs', 'reads'] as const;
export type LedgerLane = (typeof LEDGER_LANES)[number];

/** One connection hears of events, and one is left to the job queue. */
const USED_ELSEWHERE = 2;
/** Milliseconds that a caller waits for its lane before it is told that the ledger is unavailable. */
const PATIENCE_MS = 10_000;

/** Makes the way into each lane of a pool with so many connections. */
export function createConnectionLanes(connections: number, waiting: number) {
  const places = Math.max(1, connections - USED_ELSEWHERE);
  const lanes = createLanes(places, LEDGER_LANES, {
    own: (lane) => Math.max(1, Math.floor(places / (lane === 'refunds' ? 4 : 8))),
    waiting: () => waiting,
  });
  /** Resolves with the function that gives the place back. Throws LedgerUnavailableError. */
  return async (lane: LedgerLane): Promise<() => void> => {
    const free = lanes.tryEnter(lane);
    if (free !== null) return free;
    try {
      return await lanes.enter(lane, AbortSignal.timeout(PATIENCE_MS));
    } catch (error) {
      if (error instanceof OverloadedError) {
        throw new LedgerUnavailableError('Too much waits for the ledger database already.', { cause: error });
      }
      throw new LedgerUnavailableError(`The ledger database had no time within ${PATIENCE_MS} ms.`, { cause: error });
    }
  };
}

export type EnterLane = ReturnType<typeof createConnectionLanes>;

/** For a pool that nobody else uses. */
export const AT_ONCE: { readonly enter: () => ReturnType<EnterLane>; readonly failed: () => void } = {
  enter: () => Promise.resolve(() => undefined),
  failed: () => undefined,
};
