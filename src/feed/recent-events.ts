/** The newest events of the log in memory, for readers that are a little behind. */
import { comparePositions, isSamePosition, type EventPosition } from '../refunds/event-cursor.ts';

/** All events of the log behind a start, up to the last one that was added. Of these at least `keep` stay. */
export class RecentEvents<Event extends EventPosition> {
  readonly #keep: number;
  #start: EventPosition;
  #events: Event[] = [];

  constructor(keep: number, start: EventPosition) {
    this.#keep = keep;
    this.#start = start;
  }

  /** The place of the last event; the start while there is none. */
  get end(): EventPosition {
    return this.#events.at(-1) ?? this.#start;
  }

  /** Adds the events that follow in the log. */
  add(events: readonly Event[]): void {
    this.#events.push(...events);
    if (this.#events.length < 2 * this.#keep) return;
    const dropped = this.#events.length - this.#keep;
    this.#start = this.#events[dropped - 1] ?? this.#start;
    this.#events = this.#events.slice(dropped);
  }

  /**
   * Events behind a place, oldest first, at most `limit`. `null` when no event of this memory stands at the
   * place: it is too old, newer than the last event, or the place of an event that the log has lost.
   */
  since(position: EventPosition, limit: number): readonly Event[] | null {
    const first = firstBehind(this.#events, position);
    const at = first === 0 ? this.#start : this.#events[first - 1];
    if (at === undefined || !isSamePosition(at, position)) return null;
    return this.#events.slice(first, first + limit);
  }
}

/** The index of the first event behind a place. */
function firstBehind(events: readonly EventPosition[], position: EventPosition): number {
  let [low, high] = [0, events.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const event = events[middle];
    if (event !== undefined && comparePositions(event, position) <= 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
