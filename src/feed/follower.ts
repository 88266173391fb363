/** One reader's way along the log: from its place through the database and the memory to the live end, and on from there. */
import { LedgerUnavailableError } from '../ledger/errors.ts';
import type { RefundEvent } from '../ledger/events.ts';
import { comparePlaces, type EventPlace } from '../refunds/event-cursor.ts';
import { letsThrough, type EventFilter } from './filter.ts';
import type { LogPage } from './log.ts';
import type { Tail } from './tail.ts';
import type { Turns } from '../flow/turns.ts';

/** What a reader is given: events, and at last perhaps the reason why there will be no more. */
export type Delivery =
  | { readonly kind: 'event'; readonly event: RefundEvent }
  /** It read so slowly that too many events waited for it. It may come again, from `place`. */
  | { readonly kind: 'too-slow'; readonly place: EventPlace };

export interface FollowerDeps {
  readonly tail: Tail;
  /** Shared by all readers. */
  readonly turns: Turns;
  /** Reads a page of the log that the filter lets through. */
  readonly page: (after: EventPlace) => Promise<LogPage>;
  /** Most events that wait for a reader at the live end. */
  readonly mostWaiting: number;
}

const FROM_MEMORY = 200;
/** While the database is away. */
const RETRY_MS = 1_000;

/** Every event of the filter behind `after`, in order, none twice, none missing. Ends when it is returned or read too slowly. */
export class LogFollower implements AsyncIterableIterator<Delivery, undefined> {
  readonly #deps: FollowerDeps;
  readonly #filter: EventFilter;
  /** Up to here everything was handed over or waits. */
  #place: EventPlace;
  #handedOver: EventPlace;
  #waiting: RefundEvent[] = [];
  #unfollow: (() => void) | null = null;
  #state: 'reading' | 'following' | 'too-slow' | 'ended' = 'reading';
  #wake: () => void = () => undefined;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(deps: FollowerDeps, filter: EventFilter, after: EventPlace) {
    this.#deps = deps;
    this.#filter = filter;
    this.#place = after;
    this.#handedOver = after;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<IteratorResult<Delivery, undefined>> {
    const turn = this.#turn.then(() => this.#take());
    this.#turn = turn.catch(() => undefined);
    return turn;
  }

  return(): Promise<IteratorResult<Delivery, undefined>> {
    this.#end();
    return Promise.resolve({ done: true, value: undefined });
  }

  async #take(): Promise<IteratorResult<Delivery, undefined>> {
    for (;;) {
      if (this.#state === 'ended') return { done: true, value: undefined };
      if (this.#state === 'too-slow') {
        this.#end();
        return { done: false, value: { kind: 'too-slow', place: this.#handedOver } };
      }
      const event = this.#waiting.shift();
      if (event !== undefined) {
        this.#handedOver = event;
        await this.#deps.turns.take();
        return { done: false, value: { kind: 'event', event } };
      }
      if (this.#state === 'following') await this.#pause();
      else await this.#readOn();
    }
  }

  /** Looks further: in memory if it reaches back far enough, else in the database. */
  async #readOn(): Promise<void> {
    const near = this.#deps.tail.since(this.#place, FROM_MEMORY);
    if (near !== null) {
      const last = near.at(-1);
      if (last === undefined) this.#follow();
      this.#waiting.push(...near.filter((event) => letsThrough(this.#filter, event)));
      this.#place = last ?? this.#place;
      return;
    }
    try {
      const page = await this.#deps.page(this.#place);
      this.#waiting.push(...page.events);
      this.#place = page.readTo;
      // Nobody else follows, so that the memory begins here.
      const isAtEnd = page.events.length === 0 && !page.full;
      if (isAtEnd && this.#state === 'reading' && this.#deps.tail.followers() === 0) this.#follow();
    } catch (error) {
      if (!(error instanceof LedgerUnavailableError)) throw error;
      await this.#pause(RETRY_MS);
    }
  }

  #follow(): void {
    this.#state = 'following';
    this.#unfollow = this.#deps.tail.follow(this.#place, (event) => this.#hear(event));
  }

  #hear(event: RefundEvent): void {
    if (comparePlaces(event, this.#place) <= 0) return;
    this.#place = event;
    if (!letsThrough(this.#filter, event)) return;
    this.#waiting.push(event);
    if (this.#waiting.length > this.#deps.mostWaiting) {
      this.#leave();
      this.#state = 'too-slow';
    }
    this.#wake();
  }

  /** Until something is heard, the reader ends, or the time is over. */
  async #pause(milliseconds?: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((wake) => {
      this.#wake = wake;
      if (milliseconds !== undefined) timer = setTimeout(wake, milliseconds);
    });
    clearTimeout(timer);
  }

  #leave(): void {
    this.#unfollow?.();
    this.#unfollow = null;
    this.#waiting = [];
  }

  #end(): void {
    this.#leave();
    this.#state = 'ended';
    this.#wake();
  }
}
