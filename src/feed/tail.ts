/**
 * The live end of the log: read once per process, for all followers.
 *
 * The last events stay in memory for followers that are a little behind. Without followers nothing is
 * read.
 */
import { setImmediate as others } from 'node:timers/promises';
import { untilAborted } from '../flow/abort.ts';
import type { Ledger } from '../ledger/database/database.ts';
import type { RefundEvent } from '../ledger/events.ts';
import type { Tell } from '../operator/event.ts';
import { FEED_START, type EventPosition } from '../refunds/event-cursor.ts';
import { LivingRefunds } from './living-refunds.ts';
import { createAlarm } from './alarm.ts';
import { readLog, UnknownPositionError } from './log.ts';
import { RecentEvents } from './recent-events.ts';
import { openWakeUps } from './wake-ups.ts';

/** Who follows the live end. Neither function may throw or wait. */
export interface Follower {
  /** Takes events as they come, in order. */
  readonly onEvent: (event: RefundEvent) => void;
  /** Events that were handed over are not in the log any more: nothing more will come. */
  readonly setBack: () => void;
  /** It reads for others, which are counted in its place. */
  readonly leads?: boolean;
}

export type Tail = ReturnType<typeof openTail>;

const PAGE = 500;
/** A reader without a notification for this long reads again. */
const DEADLINE_MS = 10_000;
/** Events handed to followers before everything else in this process has a turn. */
const WITHOUT_BREAK = 5_000;
/** After this long the operator hears that events wait for an older transaction. */
const LONG_HELD_MS = 10_000;
const HELD = new Error('committed events wait for an older transaction of this database');

/** Opens the live end; `keep` events stay in memory. */
export function openTail(ledger: Ledger, tell: Tell, keep: number) {
  const alarm = createAlarm(tell);
  const followers = new Set<Follower>();
  let leaders = 0;
  /** Another one each time that following starts again. */
  let recent = new RecentEvents<RefundEvent>(keep, FEED_START);
  /** As many as the memory can hold events. */
  const living = new LivingRefunds(2 * keep);
  let reading: Promise<void> | null = null;
  let readAgain = false;
  let closed = false;

  function wake(): void {
    readAgain = true;
    reading ??= read().finally(() => {
      reading = null;
      // A wake-up came after the last look and before this line.
      if (readAgain && followers.size > 0 && !closed) wake();
    });
  }

  async function read(): Promise<void> {
    while (readAgain && followers.size > 0 && !closed) {
      readAgain = false;
      const memory = recent;
      try {
        await readOn(memory);
        alarm.clear('reading');
      } catch (error) {
        if (!(error instanceof UnknownPositionError)) alarm.raise('reading', error);
        else if (memory === recent) setBack();
      }
    }
  }

  async function readOn(memory: RecentEvents<RefundEvent>): Promise<void> {
    const query = { filter: null, after: memory.end, limit: PAGE };
    const page = await untilAborted(readLog(ledger.db, query), AbortSignal.timeout(DEADLINE_MS));
    // All followers left meanwhile, and another one began at another place.
    if (memory !== recent) return;
    const events = living.share(page.events);
    memory.add(events);
    await handOver(events, memory);
    if (page.full) readAgain = true;
    else if (page.held) {
      alarm.raiseAfter('settling', LONG_HELD_MS, HELD);
      wakeUps.soon();
    } else {
      alarm.clear('settling');
      wakeUps.calm();
    }
  }

  /** A follower that joins during a break has read these events from memory; its place makes it skip them. */
  async function handOver(events: readonly RefundEvent[], memory: RecentEvents<RefundEvent>): Promise<void> {
    let handed = 0;
    for (const event of events) {
      for (const follower of followers) follower.onEvent(event);
      handed += followers.size;
      if (handed < WITHOUT_BREAK) continue;
      handed = 0;
      await others();
      // All followers left in the break, and new ones read from another cursor.
      if (memory !== recent) return;
    }
  }

  /** The memory goes with the followers: the next one begins at a place that is in the log. */
  function setBack(): void {
    const told = [...followers];
    const readers = told.length - leaders;
    followers.clear();
    leaders = 0;
    tell({ kind: 'feed-set-back', followers: readers });
    for (const follower of told) follower.setBack();
  }

  const wakeUps = openWakeUps(ledger, wake, alarm);
  return {
    /**
     * Events in memory behind a place, oldest first, at most `limit`; `null` when the place is not in memory.
     */
    since: (position: EventPosition, limit: number): readonly RefundEvent[] | null =>
      followers.size === 0 ? null : recent.since(position, limit),
    /**
     * Hands over every event that `since` did not have yet. `from` is where the first follower begins, at the
     * log's end; others call it right after `since` gave them nothing more. Returns how to stop it.
     */
    follow: (from: EventPosition, follower: Follower): (() => void) => {
      if (followers.size === 0) recent = new RecentEvents<RefundEvent>(keep, from);
      const counted = follower.leads === true ? 1 : 0;
      followers.add(follower);
      leaders += counted;
      wake();
      return () => {
        if (followers.delete(follower)) leaders -= counted;
      };
    },
    /** Nobody follows, and nothing is read. */
    isIdle: (): boolean => followers.size === 0,
    /** Readers at the live end. */
    followers: (): number => followers.size - leaders,
    close: async (): Promise<void> => {
      closed = true;
      followers.clear();
      leaders = 0;
      alarm.close();
      await wakeUps.close();
      await reading;
    },
  };
}
