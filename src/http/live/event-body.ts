/** The body of a stream of Server-Sent Events. */
import { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import type { ExecutionResult } from 'graphql';
import { shown } from '../limits/answers.ts';
import type { Seat } from './seat.ts';

/** Something is sent at least this often, in milliseconds, so that proxies keep the connection. */
const PING_MS = 12_000;

/** A comment: it keeps the connection, and readers pass over it. */
const PING = ':\n\n';
/** The end. EventSource asks again when the connection closes, unless its page closes it at this event. */
const COMPLETE = 'event: complete\ndata:\n\n';

interface Pinged {
  readonly ping: () => void;
}

/** Pings what is open, all with one timer. */
export function createPings() {
  const open = new Set<Pinged>();
  let timer: NodeJS.Timeout | null = null;
  return {
    add: (one: Pinged): void => {
      open.add(one);
      timer ??= setInterval(() => {
        for (const each of open) each.ping();
      }, PING_MS).unref();
    },
    delete: (one: Pinged): void => {
      open.delete(one);
      if (open.size > 0 || timer === null) return;
      clearInterval(timer);
      timer = null;
    },
  };
}

/** The request was read whole, and those who read it would be kept as long as the stream. */
function letGo(response: ServerResponse): void {
  response.req.removeAllListeners();
  response.flushHeaders();
}

interface EventReader {
  readonly results: AsyncIterable<ExecutionResult>;
  /** The `id:` line of what is sent next. */
  readonly takeId: () => string;
  /** The seat where it goes on when the results have ended; null: it was all. */
  readonly seat: () => Seat | null;
}

/**
 * Each result as an event named `next`, then one named `complete`. It writes straight into what it is piped
 * to: a stream in between would cost more than the writing itself.
 */
export class EventBody extends Readable {
  /** Null when its own part has ended: all that it took is let go. */
  #reader: EventReader | null;
  #seat: Seat | null = null;
  readonly #pings: ReturnType<typeof createPings>;
  #results: AsyncIterator<ExecutionResult> | null = null;
  #isFull = false;
  #wake: () => void = () => undefined;
  #write: (piece: string | Buffer) => boolean = () => true;

  constructor(reader: EventReader, pings: ReturnType<typeof createPings>) {
    super();
    this.#reader = reader;
    this.#pings = pings;
  }

  override pipe<To extends NodeJS.WritableStream>(to: To): To {
    this.#write = (piece) => {
      this.#isFull = !to.write(piece);
      return !this.#isFull;
    };
    to.on('drain', () => {
      this.#isFull = false;
      this.#wake();
    });
    if (to instanceof ServerResponse) letGo(to);
    const end = () => void to.end(COMPLETE);
    const fail = () => void (to instanceof ServerResponse ? to.destroy() : to.end());
    this.#pings.add(this);
    this.#tellOwn(this.#reader)
      .then(() => this.#sit(end, fail))
      .catch(fail);
    return to;
  }

  /** Its reader has gone: what a ReadableStream asks of its source. */
  cancel(): void {
    this.destroy();
  }

  ping(): void {
    if (!this.#isFull) this.#write(PING);
  }

  /** The results until they end, or its reader has gone. */
  async #tellOwn(reader: EventReader | null): Promise<void> {
    if (reader === null) return;
    const { results, takeId } = reader;
    const iterator = results[Symbol.asyncIterator]();
    this.#results = iterator;
    // The id alone is no event, and is kept: a reader that hears nothing before it is cut off knows where it
    // began.
    this.#write(`${PING}${takeId()}\n`);
    for (;;) {
      const next = await iterator.next();
      if (next.done === true || this.destroyed) break;
      this.#write(`event: next\n${takeId()}data: ${JSON.stringify(shown(next.value))}\n\n`);
      if (this.#isFull) await new Promise<void>((wake) => (this.#wake = wake));
    }
    this.#results = null;
    this.#seat = reader.seat();
    this.#reader = null;
    if (this.destroyed) this.#seat?.leave();
  }

  #sit(end: () => void, fail: () => void): void {
    const seat = this.#seat;
    if (seat === null) return end();
    this.#wake = () => seat.ready();
    seat.attach({ send: ({ event }) => this.#write(event), end, fail });
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#pings.delete(this);
    this.#reader?.seat()?.leave();
    this.#seat?.leave();
    this.#wake();
    void this.#results?.return?.();
    done(error);
  }
}
