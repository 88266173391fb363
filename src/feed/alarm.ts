/** What the operator hears of the feed: each disturbance once when it begins, and once when it is over. */

/** What the operator should hear of. */
export interface FeedObserver {
  /** Followers wait; each second it is tried again. */
  readonly failed: (what: Disturbance, error: unknown) => void;
  readonly recovered: (what: Disturbance) => void;
  /**
   * Events that were handed out are not in the log any more. So many subscriptions were told to begin anew.
   */
  readonly setBack: (followers: number) => void;
}

/**
 * The log can't be read, or the database's notifications can't be heard (events come a second later), or
 * committed events have waited long for an older transaction that does not end.
 */
export type Disturbance = 'reading' | 'listening' | 'settling';

export type Alarm = ReturnType<typeof createAlarm>;

/** Makes an alarm that nobody has raised. */
export function createAlarm(observer: FeedObserver) {
  const raised = new Set<Disturbance>();
  const pending = new Map<Disturbance, NodeJS.Timeout>();

  function raise(what: Disturbance, error: unknown): void {
    if (raised.has(what)) return;
    raised.add(what);
    observer.failed(what, error);
  }

  function cancel(what: Disturbance): void {
    clearTimeout(pending.get(what));
    pending.delete(what);
  }

  return {
    raise,
    /** Raises it unless it is cleared within this time, counted from the first call. */
    raiseAfter: (what: Disturbance, milliseconds: number, error: Error): void => {
      if (pending.has(what)) return;
      pending.set(
        what,
        setTimeout(() => raise(what, error), milliseconds),
      );
    },
    clear: (what: Disturbance): void => {
      cancel(what);
      if (raised.delete(what)) observer.recovered(what);
    },
    /** Nothing is raised later any more. */
    close: (): void => {
      for (const what of pending.keys()) cancel(what);
    },
  };
}
