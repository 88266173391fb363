/**
 * A semaphore: at most so many at once. The others wait in line, and a caller that aborts leaves the line.
 */

/** A semaphore with so many places, given in the order in which they were asked for. */
export function createSemaphore(places: number) {
  let free = places;
  const line = new Set<() => void>();

  function leave(): void {
    const [next] = line;
    if (next === undefined) free++;
    else next();
  }

  /** A place is given back once, however often the function is called. */
  function place(): () => void {
    let held = true;
    return () => {
      if (held) leave();
      held = false;
    };
  }

  /**
   * Resolves with the function that gives the place back. Rejects with the signal's reason if that aborts
   * first.
   */
  async function enter(signal: AbortSignal): Promise<() => void> {
    signal.throwIfAborted();
    if (free > 0) {
      free--;
      return place();
    }
    const turn = Promise.withResolvers<void>();
    const called = () => {
      line.delete(called);
      signal.removeEventListener('abort', gaveUp);
      turn.resolve();
    };
    const gaveUp = () => {
      line.delete(called);
      turn.reject(signal.reason);
    };
    line.add(called);
    signal.addEventListener('abort', gaveUp, { once: true });
    await turn.promise;
    return place();
  }

  return { enter };
}
