/** Sends under way: they belong to this process, not to the client that asked for them, and a stop waits for them. */

export interface Sends {
  /** Aborts when a stop has waited long enough. */
  readonly signal: AbortSignal;
  /** Runs something that a stop waits for. */
  readonly run: <Value>(work: () => Promise<Value>) => Promise<Value>;
  /** Waits for what runs, then aborts it and waits for its end. Resolves when nothing runs. */
  readonly finish: (graceMs: number) => Promise<void>;
}

export function createSends(): Sends {
  const abort = new AbortController();
  const running = new Set<Promise<unknown>>();
  return {
    signal: abort.signal,
    run: async (work) => {
      const working = work();
      running.add(working);
      try {
        return await working;
      } finally {
        running.delete(working);
      }
    },
    finish: async (graceMs) => {
      const late = setTimeout(() => abort.abort(new Error('the server stops')), graceMs);
      while (running.size > 0) await Promise.allSettled(running);
      clearTimeout(late);
    },
  };
}
