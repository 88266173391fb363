/**
 * The live end of the log: read once per process, whoever follows it.
 *
 * It is woken by the database's notification and, in case one is lost, by a poll each second. The last events stay in memory for
 * followers that are a little behind. While nobody follows, nothing is read.
 */
import { setImmediate as others } from 'node:timers/promises';
import type { Ledger } from '../ledger/database.ts';
import { EVENTS_CHANNEL, type RefundEvent } from '../ledger/events.ts';
import type { FeedTrouble, Tell } from '../operator/event.ts';
import { comparePlaces, FEED_START, type EventPlace } from '../refunds/event-cursor.ts';
import { readLog } from './log.ts';

/** Takes events as they come, in order. Must not throw or wait. */
export type Follower = (event: RefundEvent) => void;

export interface Tail {
  /** Events in memory behind a place, oldest first, at most `limit`; `null` when the place is too old, or nobody follows. */
  readonly since: (place: EventPlace, limit: number) => readonly RefundEvent[] | null;
  /**
   * Hands over every event that `since` did not have yet. `from` is where the first follower begins, at the log's end;
   * others call it right after `since` gave them nothing more. Returns how to stop it.
   */
  readonly follow: (from: EventPlace, follower: Follower) => () => void;
  readonly followers: () => number;
  readonly close: () => Promise<void>;
}

const POLL_MS = 1_000;
const PAGE = 500;
/** A reader that hears nothing for this long reads anew. */
const DEADLINE_MS = 10_000;
/** Events that wait for a slower transaction are looked for again soon, then less and less often. */
const FIRST_LOOK_MS = 10;
/** Events handed to followers before everything else in this process has a turn. */
const WITHOUT_BREAK = 5_000;
/** After this long the operator hears of it. */
const LONG_HELD_MS = 10_000;

/** Opens the live end; `keep` events stay in memory. */
export function openTail(ledger: Ledger, tell: Tell, keep: number): Tail {
  const followers = new Set<Follower>();
  /** All events in (start, end], unless nobody follows. */
  let recent: RefundEvent[] = [];
  let start: EventPlace = FEED_START;
  let end: EventPlace = FEED_START;
  /** Counts the times that following began anew. */
  let began = 0;
  let reading: Promise<void> | null = null;
  let readAgain = false;
  let hearing: 'no' | 'soon' | (() => Promise<void>) = 'no';
  let look: NodeJS.Timeout | null = null;
  let lookAfter = FIRST_LOOK_MS;
  let closed = false;
  const failing = new Set<FeedTrouble>();
  let heldFor: NodeJS.Timeout | null = null;

  const disturbed = (what: FeedTrouble, error: unknown): void => {
    if (!failing.has(what)) tell({ kind: 'feed-disturbed', what, error });
    failing.add(what);
  };
  const mended = (what: FeedTrouble): void => {
    if (failing.delete(what)) tell({ kind: 'feed-works', what });
  };

  function wake(): void {
    readAgain = true;
    reading ??= read().finally(() => {
      reading = null;
      // Somebody came after the last look and before this line.
      if (readAgain && followers.size > 0 && !closed) wake();
    });
  }

  async function read(): Promise<void> {
    while (readAgain && followers.size > 0 && !closed) {
      readAgain = false;
      try {
        await readOn();
        mended('reading');
      } catch (error) {
        disturbed('reading', error);
      }
    }
  }

  async function readOn(): Promise<void> {
    const from = end;
    const page = await inTime(readLog(ledger.db, { filter: null, after: from, limit: PAGE }));
    // Everybody may have gone meanwhile and somebody else come, from another place.
    if (comparePlaces(from, end) !== 0) return;
    end = page.readTo;
    keepRecent(page.events);
    await handOver(page.events);
    if (page.full) readAgain = true;
    else if (page.held) lookSoon();
    else settled();
  }

  /** Who comes in a break has what is in memory already, and passes over it here. */
  async function handOver(events: readonly RefundEvent[]): Promise<void> {
    let handed = 0;
    const mine = began;
    for (const event of events) {
      for (const follower of followers) follower(event);
      handed += followers.size;
      if (handed < WITHOUT_BREAK) continue;
      handed = 0;
      await others();
      // Everybody went in the break, and whoever came since reads from another place.
      if (began !== mine) return;
    }
  }

  function keepRecent(events: readonly RefundEvent[]): void {
    recent.push(...events);
    if (recent.length < 2 * keep) return;
    const dropped = recent.length - keep;
    start = recent[dropped - 1] ?? start;
    recent = recent.slice(dropped);
  }

  function settled(): void {
    lookAfter = FIRST_LOOK_MS;
    if (heldFor === null) return;
    clearTimeout(heldFor);
    heldFor = null;
    mended('settling');
  }

  function lookSoon(): void {
    heldFor ??= setTimeout(
      () => disturbed('settling', new Error('committed events wait for an older transaction of this database')),
      LONG_HELD_MS,
    );
    if (look !== null) return;
    look = setTimeout(() => {
      look = null;
      wake();
    }, lookAfter);
    lookAfter = Math.min(2 * lookAfter, POLL_MS);
  }

  async function listen(): Promise<void> {
    if (hearing !== 'no' || closed) return;
    hearing = 'soon';
    let lost = false;
    try {
      const stop = await ledger.listen(EVENTS_CHANNEL, wake, () => {
        lost = true;
        hearing = 'no';
        disturbed('listening', new Error('the connection broke'));
        wake();
      });
      if (lost) return;
      hearing = stop;
      mended('listening');
      // What was told before we listened.
      wake();
    } catch (error) {
      hearing = 'no';
      disturbed('listening', error);
    }
  }

  let listening = listen();
  const poll = setInterval(() => {
    if (hearing === 'no') listening = listen();
    wake();
  }, POLL_MS);

  return {
    since: (place, limit) => {
      if (followers.size === 0 || comparePlaces(place, start) < 0) return null;
      const first = firstBehind(recent, place);
      return recent.slice(first, first + limit);
    },
    follow: (from, follower) => {
      if (followers.size === 0) {
        began += 1;
        recent = [];
        start = from;
        end = from;
      }
      followers.add(follower);
      wake();
      return () => followers.delete(follower);
    },
    followers: () => followers.size,
    close: async () => {
      closed = true;
      clearInterval(poll);
      for (const timer of [look, heldFor]) if (timer !== null) clearTimeout(timer);
      followers.clear();
      await listening;
      if (typeof hearing === 'function') await hearing();
      await reading;
    },
  };
}

/** The index of the first event behind a place. */
function firstBehind(events: readonly RefundEvent[], place: EventPlace): number {
  let [low, high] = [0, events.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const event = events[middle];
    if (event !== undefined && comparePlaces(event, place) <= 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Gives a read up that hangs, so that the next one can try another connection. */
async function inTime<Value>(answer: Promise<Value>): Promise<Value> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${DEADLINE_MS} ms`)), DEADLINE_MS);
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}
