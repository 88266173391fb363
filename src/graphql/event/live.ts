/** What a subscription sends: events, then perhaps the reason of its end. */
import type { Delivery } from '../../feed/follower.ts';
import type { RefundEvent } from '../../ledger/events.ts';
import type { EventCursors, EventPosition } from '../../refunds/event-cursor.ts';
import type { Caller } from '../context.ts';
import { beginAnew, expiredToken, tooSlow } from '../errors.ts';
import type { LiveItem } from './telling.ts';

/**
 * The same events until the caller's token expires; then that is told and the subscription ends. Events that
 * wait for a slow reader at that moment are not sent any more. One that has arrived at the live end is told
 * there.
 */
export function untilExpired(
  events: AsyncIterableIterator<Delivery>,
  caller: Caller,
  hasArrived: () => boolean = () => false,
): AsyncIterableIterator<LiveItem> {
  const expiry = caller.expiry();
  if (expiry === null) return events;
  let ended = false;
  const stop = () => void events.return?.();
  if (expiry.aborted) stop();
  expiry.addEventListener('abort', stop);
  const end = (): IteratorResult<LiveItem, undefined> => {
    ended = true;
    expiry.removeEventListener('abort', stop);
    return { done: true, value: undefined };
  };
  return {
    [Symbol.asyncIterator]() {
      return this;
    },
    next: async () => {
      if (ended) return end();
      const result = await events.next();
      if (result.done !== true) return result;
      end();
      return expiry.aborted && !hasArrived() ? { done: false, value: { kind: 'token-expired' } } : result;
    },
    return: async () => {
      await events.return?.();
      return end();
    },
  };
}

/** One item, and the end. */
export async function* only(item: LiveItem): AsyncGenerator<LiveItem, undefined> {
  yield item;
}

/** The place from which a reader goes on behind an item; null where it stays where it was. */
export function positionOf(item: LiveItem): EventPosition | null {
  switch (item.kind) {
    case 'event':
      return item.event;
    case 'too-slow':
      return item.position;
    case 'set-back':
    case 'token-expired':
      return null;
  }
}

/** The event of an item. Throws what the others say. */
export function eventIn(item: LiveItem, cursors: EventCursors): RefundEvent {
  switch (item.kind) {
    case 'event':
      return item.event;
    case 'too-slow':
      throw tooSlow(cursors.write(item.position));
    case 'set-back':
      throw beginAnew();
    case 'token-expired':
      throw expiredToken();
  }
}
