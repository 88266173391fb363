/** How a refund goes on by itself: accepted, processing, done. The steps are kept, so a restart goes on. */
import type { Book } from './book.ts';
import { isEnd, type Refund, type Status, type Step } from './model.ts';
import { SIMULATED } from './providers.ts';

export interface LifeOptions {
  /** From acceptance until the provider works on it, in ms (1500); Infinity: never. */
  readonly processingAfterMs?: number | undefined;
  /** From acceptance until it is done, in ms (4000); Infinity: never. */
  readonly doneAfterMs?: number | undefined;
  /** Pauses before a callback is sent again, in ms (1000, 2000, 5000, 10000, 30000); the last one repeats. */
  readonly callbackPausesMs?: readonly number[] | undefined;
}

/** How often a step of the life is looked for, in ms. */
export const BEAT = 20;

/** Where a refund ends, by the last two digits of its amount in minor units; null: it stays PROCESSING. */
export function endOf(refund: Pick<Refund, 'amount' | 'submissions'>): Status | null {
  // What failed once succeeds when it is submitted again, so that a retry can be seen working.
  if (refund.submissions > 1) return 'SUCCEEDED';
  switch (refund.amount % 100n) {
    case 13n:
      return 'FAILED';
    case 17n:
      return null;
    case 19n:
      return 'CANCELED';
    default:
      return 'SUCCEEDED';
  }
}

/** What will become of a refund that was accepted at `now` (epoch ms) and stands as `status`. */
export function planFor(
  refund: Pick<Refund, 'amount' | 'submissions' | 'status'>,
  now: number,
  options: LifeOptions,
): Step[] {
  const processingAt = now + (options.processingAfterMs ?? 1500);
  const doneAt = now + (options.doneAfterMs ?? 4000);
  const end = endOf(refund);
  const steps: Step[] = [];
  if (refund.status === 'PENDING') steps.push({ at: processingAt, status: 'PROCESSING' });
  if (end !== null) steps.push({ at: doneAt, status: end });
  return steps.filter(({ at }) => Number.isFinite(at));
}

/** The refund in another state since `at` (epoch ms). */
export function changed(refund: Refund, status: Status, at: number): Refund {
  return {
    ...refund,
    status,
    word: null,
    completedAt: isEnd(status) ? at : null,
    failure: status === 'FAILED' ? SIMULATED[refund.provider].failure : null,
  };
}

/** Writes a refund's new state down and counts the money when it moves. */
export function enter(book: Book, before: Refund, after: Refund): void {
  book.put(after);
  if (after.status === 'SUCCEEDED' && before.status !== 'SUCCEEDED') book.count(after, 'moved');
}

/** Does every step whose instant has come; `tell` hears of each change. Says whether anything changed. */
export function advance(book: Book, now: number, tell: (refund: Refund) => void): boolean {
  let any = false;
  for (const planned of book.planned()) {
    let refund = planned;
    for (const { at, status } of planned.plan) {
      if (at > now) break;
      const after = { ...changed(refund, status, at), plan: refund.plan.slice(1) };
      enter(book, refund, after);
      tell(after);
      refund = after;
      any = true;
    }
  }
  return any;
}
