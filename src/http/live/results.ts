/** A subscription's results for a transport that reads them: its own part, then its seat until that ends. */
import type { Seat, Sink } from './seat.ts';

/**
 * The reader's own results. When they have ended at the live end, what is told to its seat goes the way that
 * `wayTo` makes, and the results end with the seat.
 */
export function seated<Result>(
  results: AsyncIterable<Result>,
  seatOf: () => Seat | null,
  wayTo: (ready: () => void) => Sink['send'],
): AsyncGenerator<Result, undefined> {
  let own: AsyncIterator<Result> | null = results[Symbol.asyncIterator]();
  let seat: Seat | null = null;
  const over: IteratorReturnResult<undefined> = { done: true, value: undefined };
  const left = Promise.withResolvers<typeof over>();
  const leave = async (): Promise<typeof over> => {
    (seat ?? seatOf())?.leave();
    left.resolve(over);
    await own?.return?.();
    return over;
  };
  return {
    next: async () => {
      const result = (await own?.next()) ?? over;
      if (result.done !== true) return result;
      // Its own part has ended: all that it took is let go.
      own = null;
      const taken = seatOf();
      seat = taken;
      if (taken === null) return over;
      taken.attach({ send: wayTo(() => taken.ready()), end: () => left.resolve(over), fail: left.reject });
      return left.promise;
    },
    return: leave,
    throw: leave,
    [Symbol.asyncIterator]() {
      return this;
    },
    [Symbol.asyncDispose]: async () => void (await leave()),
  };
}
