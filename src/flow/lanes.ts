/**
 * Lanes: several kinds of work share places, and each kind has some that no other can take. So no crowd of
 * one kind holds up another kind.
 */
import { OverloadedError } from './batcher.ts';

/**
 * Makes the lanes over so many places. `order` names the kinds: where several wait, a free place goes to the
 * first of them that may have it. Within a lane the order of the calls counts.
 */
export function createLanes<Name extends string>(
  places: number,
  order: readonly Name[],
  settings: {
    /** How many places only this lane can take. One place at least is always everybody's. */
    readonly own: (lane: Name) => number;
    /** Most calls of a lane that wait. */
    readonly waiting: (lane: Name) => number;
  },
) {
  let unshared = Math.max(0, places - 1);
  const lanes = order.map((name) => {
    const own = Math.min(unshared, settings.own(name));
    unshared -= own;
    return { name, own, most: settings.waiting(name), used: 0, line: new Set<() => void>() };
  });
  type Lane = (typeof lanes)[number];
  const laneOf = (name: Name): Lane => {
    const lane = lanes.find((each) => each.name === name);
    if (lane === undefined) throw new Error(`there is no lane ${name}`);
    return lane;
  };

  /** Whether a lane may take one more place: what is kept for the others stays free. */
  function mayEnter(lane: Lane): boolean {
    const used = lanes.reduce((sum, { used: inside }) => sum + inside, 0);
    const kept = lanes.reduce((sum, other) => sum + (other === lane ? 0 : Math.max(0, other.own - other.used)), 0);
    return used + kept < places;
  }

  function leave(lane: Lane): void {
    lane.used--;
    for (let next = nextToEnter(); next !== undefined; next = nextToEnter()) {
      const [called] = next.line;
      next.used++;
      called?.();
    }
  }
  const nextToEnter = (): Lane | undefined => lanes.find((lane) => lane.line.size > 0 && mayEnter(lane));

  /** A place is given back once, however often the function is called. */
  function place(lane: Lane): () => void {
    let held = true;
    return () => {
      if (held) leave(lane);
      held = false;
    };
  }

  /** The function that gives a place back; null where the caller would have to wait. */
  function tryEnter(name: Name): (() => void) | null {
    const lane = laneOf(name);
    if (lane.line.size > 0 || !mayEnter(lane)) return null;
    lane.used++;
    return place(lane);
  }

  /**
   * Resolves with the function that gives the place back. Rejects with OverloadedError at once where too many
   * wait already, and with the signal's reason if that aborts first.
   */
  async function enter(name: Name, signal: AbortSignal): Promise<() => void> {
    signal.throwIfAborted();
    const free = tryEnter(name);
    if (free !== null) return free;
    const lane = laneOf(name);
    if (lane.line.size >= lane.most) throw new OverloadedError('Too much is waiting already.');
    const turn = Promise.withResolvers<void>();
    const called = () => {
      lane.line.delete(called);
      signal.removeEventListener('abort', gaveUp);
      turn.resolve();
    };
    const gaveUp = () => {
      lane.line.delete(called);
      turn.reject(signal.reason);
    };
    lane.line.add(called);
    signal.addEventListener('abort', gaveUp, { once: true });
    await turn.promise;
    return place(lane);
  }

  return { enter, tryEnter };
}
