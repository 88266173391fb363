/** The event log as everybody else sees it: where it ends, pages of it, and following it. */
import type { Ledger } from '../ledger/database.ts';
import type { RefundEvent } from '../ledger/events.ts';
import { FEED_START, type EventPlace } from '../refunds/event-cursor.ts';
import { asKept, type EventFilter } from './filter.ts';
import { LogFollower, type Delivery } from './follower.ts';
import { demandPlace, lastEvent, lastPlace, readLog } from './log.ts';
import { openTail, type FeedObserver } from './tail.ts';
import { createTurns } from '../flow/turns.ts';

export interface Feed {
  /** Where the log ends now. What is read from the ledger afterwards has everything up to here. */
  readonly end: () => Promise<EventPlace>;
  /** The first events behind a place; `null` is the beginning of the log. Throws UnknownPlaceError. */
  readonly page: (
    filter: EventFilter,
    after: EventPlace | null,
    first: number,
  ) => Promise<{ readonly events: readonly RefundEvent[]; readonly hasMore: boolean }>;
  /** The last event that passes; `null` when there is none. */
  readonly last: (filter: EventFilter) => Promise<RefundEvent | null>;
  /** Every event behind a place, without end; `null` is the log's end now. Throws UnknownPlaceError. */
  readonly follow: (filter: EventFilter, after: EventPlace | null) => Promise<AsyncIterableIterator<Delivery>>;
  /** Readers at the live end. */
  readonly followers: () => number;
  readonly close: () => Promise<void>;
}

export interface FeedOptions {
  /** Events kept in memory for readers that are a little behind. Default 2000. */
  readonly keep?: number;
  /** Most events that wait for one reader at the live end before it is sent away. Default 1000. */
  readonly mostWaiting?: number;
}

/** Events that are read from the database at once. */
const PAGE = 200;

/** Events that are handed over without a break: some 20 ms, with all that becomes of them. */
const AT_ONCE = 200;

/** Opens the feed. It must be closed before the ledger is. */
export function openFeed(
  ledger: Ledger,
  observer: FeedObserver,
  { keep = 2_000, mostWaiting = 1_000 }: FeedOptions = {},
): Feed {
  const tail = openTail(ledger, observer, keep);
  const turns = createTurns(AT_ONCE);
  return {
    end: () => lastPlace(ledger.db),
    last: (filter) => lastEvent(ledger.db, asKept(filter)),
    page: async (filter, after, first) => {
      if (after !== null) await demandPlace(ledger.db, after);
      const ask = { filter: asKept(filter), after: after ?? FEED_START, limit: first + 1 };
      const { events } = await readLog(ledger.db, ask);
      return { events: events.slice(0, first), hasMore: events.length > first };
    },
    follow: async (asked, after) => {
      const filter = asKept(asked);
      const page = (from: EventPlace) => readLog(ledger.db, { filter, after: from, limit: PAGE });
      // A place that is none is told before the first event is waited for.
      if (after !== null) await demandPlace(ledger.db, after);
      return new LogFollower({ tail, turns, page, mostWaiting }, filter, after ?? (await lastPlace(ledger.db)));
    },
    followers: () => tail.followers(),
    close: () => tail.close(),
  };
}
