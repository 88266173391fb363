/** The event log as the other rooms see it: its end, its pages, and subscriptions. */
import { inLane, type Ledger } from '../ledger/database/database.ts';
import { LedgerUnavailableError } from '../ledger/database/errors.ts';
import type { RefundEvent } from '../ledger/events.ts';
import { readTogether } from '../ledger/shared-reads.ts';
import type { Tell } from '../operator/event.ts';
import { createEventCursors, FEED_START, type EventPosition } from '../refunds/event-cursor.ts';
import { asKept, type EventFilter } from './filter.ts';
import { LogFollower, type Delivery, type Manner } from './follower.ts';
import { endOfLog, lastEvent, readLog, positionInHistory, requirePosition } from './log.ts';
import { openTail } from './tail.ts';
import { untilAborted } from '../flow/abort.ts';
import { createTurns } from '../flow/turns.ts';

/** Where a reader begins. */
export type FollowFrom =
  /** At the log's end now: nothing that is written already. */
  | { readonly kind: 'end' }
  /** Behind a place that came from outside: it must be in the log. */
  | { readonly kind: 'after'; readonly position: EventPosition }
  /** With an event that was just read from the log: it comes first, then what is behind it. */
  | { readonly kind: 'with'; readonly event: RefundEvent }
  /** Behind a place where another reader of this feed has just been. */
  | { readonly kind: 'there'; readonly position: EventPosition };

export type Feed = ReturnType<typeof openFeed>;

/** Events that are read from the database at once. */
const PAGE = 200;

/** Events that are handed over without a break: some 20 ms, with all that becomes of them. */
const AT_ONCE = 200;

/** Opens the feed. It must be closed before the ledger is. */
export function openFeed(
  ledger: Ledger,
  tell: Tell,
  options: {
    /** Events kept in memory for readers that are a little behind. Default 2000. */
    readonly keep?: number;
    /** Most events that wait for one reader at the live end before it is sent away. Default 1000. */
    readonly mostWaiting?: number;
    /**
     * How long the log's end may be looked for, in milliseconds: lists wait for it. Default 5000.
     */
    readonly endDeadlineMs?: number;
  } = {},
) {
  const { keep = 2_000, mostWaiting = 1_000, endDeadlineMs = 5_000 } = options;
  const { reads } = ledger.lanes;
  // The live end is read once for all: readers who catch up must not hold it up.
  const tail = openTail(inLane(ledger, 'jobs'), tell, keep);
  const turns = createTurns(AT_ONCE);
  const readEnd = readTogether<null, EventPosition>(async (asked) => {
    const position = await endOfLog(reads);
    return asked.map(() => position);
  });
  /**
   * Where the log ends now. What is read from the ledger afterwards has everything up to here. Throws
   * LedgerUnavailableError.
   */
  const end = async (): Promise<EventPosition> => {
    const deadline = AbortSignal.timeout(endDeadlineMs);
    return untilAborted(readEnd(null), deadline).catch((error: unknown) => {
      throw deadline.aborted ? new LedgerUnavailableError('The event log does not answer.', { cause: error }) : error;
    });
  };

  /** What is told first, and the place behind it. */
  async function begin(from: FollowFrom): Promise<readonly [readonly RefundEvent[], EventPosition]> {
    switch (from.kind) {
      case 'end':
        return [[], await end()];
      case 'after':
        // Refused before the first event is waited for.
        return [[], await requirePosition(reads, from.position)];
      case 'there':
        return [[], from.position];
      case 'with': {
        const { event } = from;
        return [[event], event.via === 'COPY' ? await positionInHistory(reads, event) : event];
      }
    }
  }

  return {
    /** The places of this log as text. */
    cursors: createEventCursors(ledger.cursorKey),
    end,
    /** The last event that passes, also one that the feed passes over; `null` when there is none. */
    last: (filter: EventFilter): Promise<RefundEvent | null> => lastEvent(reads, asKept(filter)),
    /** The first events behind a place; `null` is the beginning of the log. Throws UnknownPositionError. */
    page: async (filter: EventFilter, after: EventPosition | null, first: number) => {
      const page = { filter: asKept(filter), after: after ?? FEED_START, limit: first + 1 };
      const { events } = await readLog(reads, page);
      return { events: events.slice(0, first), hasMore: events.length > first };
    },
    /**
     * Every event from there on: without end, or as far as the manner says. Throws UnknownPositionError for a
     * cursor that is not in the log.
     */
    follow: async (
      asked: EventFilter,
      from: FollowFrom,
      manner: Manner = { kind: 'follow' },
    ): Promise<AsyncIterableIterator<Delivery>> => {
      const filter = asKept(asked);
      const page = (after: EventPosition) => readLog(reads, { filter, after, limit: PAGE });
      const [first, after] = await begin(from);
      return new LogFollower({ tail, turns, page, mostWaiting, filter, manner }, after, first);
    },
    /**
     * Counts a reader that is told by another one, from this place on: it has just arrived there. It hears
     * when the log is set back. Returns how to stop it.
     */
    sit: (at: EventPosition, setBack: () => void): (() => void) =>
      tail.follow(at, { onEvent: () => undefined, setBack }),
    /** Most events that wait for one reader. */
    mostWaiting,
    /** Readers at the live end. */
    followers: (): number => tail.followers(),
    close: (): Promise<void> => tail.close(),
  };
}
