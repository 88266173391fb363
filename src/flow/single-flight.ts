/** Equal calls at the same time are one call. Nothing is remembered once it has settled. */
import { untilAborted } from './abort.ts';

export type SingleFlight<T> = ReturnType<typeof createSingleFlight<T>>;

interface Flight<T> {
  readonly answer: Promise<T>;
  readonly abort: AbortController;
  waiting: number;
}

/**
 * A single flight of its own; keys of different ones never meet. `lingerUntil`: a call goes on when no
 * caller waits for it any more, to its own end or until this aborts. So the transport learns that a
 * provider hangs although the callers are less patient than its timeout.
 */
export function createSingleFlight<T>(lingerUntil?: AbortSignal) {
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
    // Also the handler without which a failure that no caller waits for any more would end the process.
    answer.then(over, over);
    return flight;
  }

  /**
   * Starts `call` unless one with the same key is under way, and resolves as it does. A caller whose signal
   * aborts leaves alone, with its signal's reason. When the last caller has left, the call's own signal
   * aborts, unless calls linger here.
   */
  async function run(key: string, call: (signal: AbortSignal) => Promise<T>, callerSignal: AbortSignal): Promise<T> {
    callerSignal.throwIfAborted();
    const flight = flights.get(key) ?? start(key, call);
    flight.waiting++;
    try {
      return await untilAborted(flight.answer, callerSignal);
    } finally {
      flight.waiting--;
      if (flight.waiting === 0 && lingerUntil === undefined) {
        forget(key, flight);
        flight.abort.abort(callerSignal.reason);
      }
    }
  }

  return { run };
}
