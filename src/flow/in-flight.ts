/** Work that belongs to this process and not to the client that asked for it: a stop waits for it. */

export function createInFlight() {
  const abort = new AbortController();
  const running = new Set<Promise<unknown>>();

  /** Runs something that a stop waits for. */
  async function run<Value>(work: () => Promise<Value>): Promise<Value> {
    const working = work();
    running.add(working);
    try {
      return await working;
    } finally {
      running.delete(working);
    }
  }

  /**
   * Waits for what runs; after `graceMs` milliseconds aborts `signal`. Resolves when nothing runs any more.
   */
  async function finish(graceMs: number): Promise<void> {
    const late = setTimeout(() => abort.abort(new Error('the server stops')), graceMs);
    while (running.size > 0) await Promise.allSettled(running);
    clearTimeout(late);
  }

  return { signal: abort.signal, run, finish };
}
