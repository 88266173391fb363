/** A reader of the feed that leaves and comes again, at any of several servers, from where it was. */
import type { Feed } from '../../src/feed/feed.ts';
import type { EventFilter } from '../../src/feed/filter.ts';
import type { Delivery } from '../../src/feed/follower.ts';
import type { RefundEvent } from '../../src/ledger/events.ts';
import type { EventPosition } from '../../src/refunds/event-cursor.ts';

export interface Reader {
  readonly filter: EventFilter;
  readonly from: EventPosition;
  readonly received: readonly RefundEvent[];
  readonly stop: () => Promise<void>;
}

/** Starts a reader. It leaves each time after so many events, in turn, and goes to the next server. */
export function startReader(
  feeds: readonly Feed[],
  filter: EventFilter,
  from: EventPosition,
  leaveAfter: readonly number[],
): Reader {
  const received: RefundEvent[] = [];
  let current: AsyncIterableIterator<Delivery> | null = null;
  let stopped = false;

  async function read(): Promise<void> {
    for (let visit = 0; !stopped; visit += 1) {
      const feed = feeds[visit % feeds.length];
      if (feed === undefined) throw new Error('no feed');
      current = await feed.follow(filter, { kind: 'after', position: received.at(-1) ?? from });
      if (stopped) return;
      let stay = leaveAfter[visit % leaveAfter.length] ?? Number.POSITIVE_INFINITY;
      for await (const delivery of current) {
        if (delivery.kind !== 'event') throw new Error(`the reader was told ${delivery.kind}`);
        received.push(delivery.event);
        stay -= 1;
        if (stay <= 0 || stopped) break;
      }
    }
  }

  const reading = read();
  return {
    filter,
    from,
    received,
    stop: async () => {
      stopped = true;
      await current?.return?.();
      await reading;
    },
  };
}
