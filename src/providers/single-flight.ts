/** Equal questions at the same time are one call. Nothing is remembered once it has settled. */

export interface SingleFlight<T> {
  /**
   * Starts `call` unless one with the same key is under way, and resolves as it does. A caller whose signal aborts leaves
   * alone, with its signal's reason; when the last one has left, the call's own signal aborts, unless calls linger here.
   */
  readonly run: (key: string, call: (signal: AbortSignal) => Promise<T>, callerSignal: AbortSignal) => Promise<T>;
}

interface Flight<T> {
  readonly answer: Promise<T>;
  readonly abort: AbortController;
  waiting: number;
}

/**
 * A single flight of its own; keys of different ones never meet. `lingerUntil`: calls go on when nobody waits for them any more, to
 * their own end or until this aborts. So the transport learns that a provider hangs, also from those who do not wait so long.
 */
export function createSingleFlight<T>(lingerUntil?: AbortSignal): SingleFlight<T> {
  const flights = new Map<string, Flight<T>>();

  function forget(key: string, flight: Flight<T>): void {
    // A later flight under the same key is another one.
    if (flights.get(key) === flight) flights.delete(key);
  }

  function start(key: string, call: (signal: AbortSignal) => Promise<T>): Flight<T> {
    const abort = new AbortController();
    const signal = lingerUntil === undefined ? abort.signal : AbortSignal.any([abort.signal, lingerUntil]);
    const answer = (async () => call(signal))();
    const flight: Flight<T> = { answer, abort, waiting: 0 };
    flights.set(key, flight);
    const over = () => forget(key, flight);
    // Also the handler without which a failure that nobody waits for any more would end the process.
    answer.then(over, over);
    return flight;
  }

  async function run(key: string, call: (signal: AbortSignal) => Promise<T>, callerSignal: AbortSignal): Promise<T> {
    callerSignal.throwIfAborted();
    const flight = flights.get(key) ?? start(key, call);
    flight.waiting++;
    const gone = Promise.withResolvers<never>();
    const leave = () => gone.reject(callerSignal.reason);
    callerSignal.addEventListener('abort', leave, { once: true });
    try {
      return await Promise.race([flight.answer, gone.promise]);
    } finally {
      callerSignal.removeEventListener('abort', leave);
      flight.waiting--;
      if (flight.waiting === 0 && lingerUntil === undefined) {
        forget(key, flight);
        flight.abort.abort(callerSignal.reason);
      }
    }
  }

  return { run };
}
