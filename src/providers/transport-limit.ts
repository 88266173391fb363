/** At most so many at once; the others wait in line, and whoever gives up leaves the line. */

export interface Limit {
  /** Resolves with the function that gives the place back. Rejects with the signal's reason when it aborts first. */
  readonly enter: (signal: AbortSignal) => Promise<() => void>;
}

/** A line before `places` places, first come first served. */
export function createLimit(places: number): Limit {
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
