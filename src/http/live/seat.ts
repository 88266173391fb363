/** One reader's seat at the live end: it is told what all its equals are told. */
import { comparePositions, type EventPosition } from '../../refunds/event-cursor.ts';
import type { LiveItem } from '../../graphql/event/telling.ts';

/** What is sent: made once for all. */
export class Message {
  /** The place behind it; null where it has none. */
  readonly position: EventPosition | null;
  /** The result as JSON. */
  readonly text: string;
  readonly #cursor: string | null;
  #event: Buffer | null = null;

  constructor(text: string, position: EventPosition | null, cursor: string | null) {
    this.text = text;
    this.position = position;
    this.#cursor = cursor;
  }

  /** As a Server-Sent Event. */
  get event(): Buffer {
    const id = this.#cursor === null ? '' : `id: ${this.#cursor}\n`;
    return (this.#event ??= Buffer.from(`event: next\n${id}data: ${this.text}\n\n`));
  }
}

/** The way to a reader. */
export interface Sink {
  /** Sends at once. False: so much is on its way that `ready` must be called before the next. */
  readonly send: (message: Message) => boolean;
  /** Everything was told. */
  readonly end: () => void;
  /** Nothing more can be told. */
  readonly fail: (error: unknown) => void;
}

/** Most characters that wait for one reader; its equals wait for the same. */
const MOST_CHARACTERS = 4 * 1024 * 1024;

/** A seat; messages wait in it until its reader is ready. */
export class Seat {
  readonly #parts: ConstructorParameters<typeof Seat>[0];
  /** Everything up to here was heard, and up to `#told` it was sent. */
  #heard: EventPosition;
  #told: EventPosition;
  #sink: Sink | null = null;
  #isFull = false;
  #waiting: Message[] = [];
  #characters = 0;
  #end: { readonly error: unknown } | 'open' | 'over' = 'open';

  constructor(
    parts: {
      readonly mostWaiting: number;
      /** Makes the last word of a reader that is sent away. */
      readonly lastWord: (item: LiveItem) => Promise<Message | null>;
      /** Gives the seat up. It may be called again. */
      readonly leave: (seat: Seat) => void;
    },
    at: EventPosition,
  ) {
    this.#parts = parts;
    this.#heard = at;
    this.#told = at;
  }

  /** Takes a message in, unless it was told before this reader came. */
  hear(message: Message): void {
    if (this.#end !== 'open') return;
    const { position } = message;
    if (position !== null) {
      if (comparePositions(position, this.#heard) <= 0) return;
      this.#heard = position;
    }
    if (this.#sink !== null && !this.#isFull && this.#waiting.length === 0) {
      this.#send(this.#sink, message);
      return;
    }
    this.#waiting.push(message);
    this.#characters += message.text.length;
    if (this.#waiting.length > this.#parts.mostWaiting || this.#characters > MOST_CHARACTERS)
      void this.endWith({ kind: 'too-slow', position: this.#told });
  }

  /** From now on messages go there. */
  attach(sink: Sink): void {
    this.#sink = sink;
    this.ready();
  }

  /** The reader takes more. */
  ready(): void {
    this.#isFull = false;
    const sink = this.#sink;
    if (sink === null) return;
    while (!this.#isFull) {
      const next = this.#waiting.shift();
      if (next === undefined) break;
      this.#characters -= next.text.length;
      this.#send(sink, next);
    }
    if (this.#waiting.length > 0 || this.#end === 'open') return;
    const end = this.#end;
    this.#sink = null;
    if (end === 'over') sink.end();
    else sink.fail(end.error);
  }

  /** Nothing more comes: the reader is told the rest, then the end. */
  close(end: { readonly error: unknown } | 'over' = 'over'): void {
    if (this.#end === 'open') this.#end = end;
    this.#parts.leave(this);
    if (!this.#isFull) this.ready();
  }

  /** Sends the reader away: what waits is dropped, and this is its last word. */
  async endWith(item: LiveItem): Promise<void> {
    if (this.#end !== 'open') return;
    this.#end = 'over';
    this.#parts.leave(this);
    this.#waiting = [];
    const word = await this.#parts.lastWord(item).catch(() => null);
    if (word !== null) this.#waiting.push(word);
    // It is one message: it need not wait until the others have been taken.
    this.ready();
  }

  /** The reader has gone. */
  leave(): void {
    this.#sink = null;
    this.#waiting = [];
    this.close();
  }

  #send(sink: Sink, message: Message): void {
    this.#told = message.position ?? this.#told;
    this.#isFull = !sink.send(message);
  }
}
