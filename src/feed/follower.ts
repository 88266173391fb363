/**
 * One reader's way along the log: from its place through the database and the memory to the live end, and on
 * from there.
 */
import { LedgerUnavailableError } from '../ledger/database/errors.ts';
import type { RefundEvent } from '../ledger/events.ts';
import { comparePositions, type EventPosition } from '../refunds/event-cursor.ts';
import { letsThrough, type EventFilter } from './filter.ts';
import { UnknownPositionError, type readLog } from './log.ts';
import type { Tail } from './tail.ts';
import type { createTurns } from '../flow/turns.ts';

/** What a reader is given: events, and at last perhaps the reason why there will be no more. */
export type Delivery =
  | { readonly kind: 'event'; readonly event: RefundEvent }
  /** It read so slowly that too many events waited for it. It may come again, from `position`. */
  | { readonly kind: 'too-slow'; readonly position: EventPosition }
  /**
   * Events that it was given are not in the log any more: the database was set back. It must start again.
   */
  | { readonly kind: 'set-back' };

/** What a reader does when it has come to the live end. */
export type Manner =
  /** It follows. Read too slowly, it is sent away. */
  | { readonly kind: 'follow' }
  /** It follows for many others. Read too slowly, it reads what it has missed from the log. */
  | { readonly kind: 'lead' }
  /** It ends there, if `arrive` takes it over at its place; otherwise it comes again a little later. */
  | { readonly kind: 'arrive'; readonly arrive: (at: EventPosition) => boolean };

const FROM_MEMORY = 200;
/** While the database is away. */
const RETRY_MS = 1_000;
/** While the live end has not come to where this reader is. */
const CATCH_UP_MS = 50;

/**
 * The events `first`, then every event of the filter behind `after`: in order, none twice, none missing. Ends
 * when it is returned, when it is read too slowly, when it has arrived at the live end (as its manner is), or
 * when the log has lost events that it was given.
 */
export class LogFollower implements AsyncIterableIterator<Delivery, undefined> {
  readonly #reading: ConstructorParameters<typeof LogFollower>[0];
  /** Up to here everything was handed over or waits. */
  #position: EventPosition;
  #handedOver: EventPosition;
  #waiting: RefundEvent[];
  #unfollow: (() => void) | null = null;
  #state: 'reading' | 'following' | 'too-slow' | 'set-back' | 'ended' = 'reading';
  #wake: () => void = () => undefined;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(
    reading: {
      readonly tail: Tail;
      /** Shared by all readers. */
      readonly turns: ReturnType<typeof createTurns>;
      readonly filter: EventFilter;
      /**
       * Reads a page of the log that the filter lets through. Throws UnknownPositionError when `after` is
       * not in it any more.
       */
      readonly page: (after: EventPosition) => ReturnType<typeof readLog>;
      /** Most events that wait for a reader at the live end. */
      readonly mostWaiting: number;
      readonly manner: Manner;
    },
    after: EventPosition,
    first: readonly RefundEvent[],
  ) {
    this.#reading = reading;
    this.#waiting = [...first];
    this.#position = after;
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
        return { done: false, value: { kind: 'too-slow', position: this.#handedOver } };
      }
      if (this.#state === 'set-back') {
        this.#end();
        return { done: false, value: { kind: 'set-back' } };
      }
      const event = this.#waiting.shift();
      if (event !== undefined) {
        this.#handedOver = event;
        await this.#reading.turns.take();
        return { done: false, value: { kind: 'event', event } };
      }
      if (this.#state === 'following') await this.#pause();
      else await this.#readOn();
    }
  }

  /** Looks further: in memory if it reaches back far enough, else in the database. */
  async #readOn(): Promise<void> {
    const near = this.#reading.tail.since(this.#position, FROM_MEMORY);
    if (near !== null) {
      const last = near.at(-1);
      if (last === undefined) return this.#atEnd();
      this.#waiting.push(...near.filter((event) => letsThrough(this.#reading.filter, event)));
      this.#position = last;
      return;
    }
    try {
      const page = await this.#reading.page(this.#position);
      this.#waiting.push(...page.events);
      this.#position = page.readTo;
      const isAtEnd = page.events.length === 0 && !page.full;
      if (!isAtEnd || this.#state !== 'reading') return;
      // The first follower: the events in memory begin here.
      if (this.#reading.tail.isIdle()) await this.#atEnd();
      else if (this.#reading.tail.since(this.#position, 1) === null) await this.#pause(CATCH_UP_MS);
    } catch (error) {
      if (error instanceof UnknownPositionError) this.#stop('set-back');
      else if (error instanceof LedgerUnavailableError) await this.#pause(RETRY_MS);
      else throw error;
    }
  }

  async #atEnd(): Promise<void> {
    const { manner, tail } = this.#reading;
    if (manner.kind === 'arrive') {
      if (manner.arrive(this.#position)) this.#end();
      else await this.#pause(CATCH_UP_MS);
      return;
    }
    this.#state = 'following';
    this.#unfollow = tail.follow(this.#position, {
      onEvent: (event) => this.#hear(event),
      setBack: () => this.#stop('set-back'),
      leads: manner.kind === 'lead',
    });
  }

  #hear(event: RefundEvent): void {
    if (comparePositions(event, this.#position) <= 0) return;
    this.#position = event;
    if (!letsThrough(this.#reading.filter, event)) return;
    this.#waiting.push(event);
    if (this.#waiting.length <= this.#reading.mostWaiting) this.#wake();
    else if (this.#reading.manner.kind === 'lead') this.#readAgain();
    else this.#stop('too-slow');
  }

  /** Back to what was handed over last: the rest is still in the log. */
  #readAgain(): void {
    this.#unfollow?.();
    this.#unfollow = null;
    this.#waiting = [];
    this.#position = this.#handedOver;
    this.#state = 'reading';
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

  #end(): void {
    this.#stop('ended');
  }

  #stop(state: 'too-slow' | 'set-back' | 'ended'): void {
    this.#unfollow?.();
    this.#unfollow = null;
    this.#waiting = [];
    if (this.#state !== 'ended') this.#state = state;
    this.#wake();
  }
}
