/** What the operator hears of the feed: each disturbance once when it begins, and once when it is over. */

import type { FeedTrouble, Tell } from '../operator/event.ts';

/** Makes an alarm that is not raised. */
export function createAlarm(tell: Tell) {
  const raised = new Set<FeedTrouble>();
  const pending = new Map<FeedTrouble, NodeJS.Timeout>();

  function raise(what: FeedTrouble, error: unknown): void {
    if (raised.has(what)) return;
    raised.add(what);
    tell({ kind: 'feed-disturbed', what, error });
  }

  function cancel(what: FeedTrouble): void {
    clearTimeout(pending.get(what));
    pending.delete(what);
  }

  return {
    raise,
    /** Raises it unless it is cleared within this time, counted from the first call. */
    raiseAfter: (what: FeedTrouble, milliseconds: number, error: Error): void => {
      if (pending.has(what)) return;
      pending.set(
        what,
        setTimeout(() => raise(what, error), milliseconds),
      );
    },
    clear: (what: FeedTrouble): void => {
      cancel(what);
      if (raised.delete(what)) tell({ kind: 'feed-works', what });
    },
    /** Nothing is raised later any more. */
    close: (): void => {
      for (const what of pending.keys()) cancel(what);
    },
  };
}
