/** `after` of the event feed: read, and told apart from cursors that are none of it. */
import { UnknownPositionError } from '../../feed/log.ts';
import { readEventCursor, type EventPosition } from '../../refunds/event-cursor.ts';
import { badInput, beginAnew } from '../errors.ts';
import type { Context } from '../context.ts';

/** The place that an argument names; null when it is left out. Throws BAD_USER_INPUT. */
export function readAfter(after: string | null | undefined): EventPosition | null {
  if (after === null || after === undefined) return null;
  const position = readEventCursor(after);
  if (position === null) throw badInput('"after" is not a cursor of the event feed.', 'after');
  return position;
}

/**
 * Where a subscription begins; null: its `after` is left out. A browser that comes again asks the same
 * address again, with the same `after`: the last event that it heard wins. Throws BAD_USER_INPUT.
 */
export function readStart(after: string | null | undefined, stream: Context['stream']): EventPosition | null {
  const lastEventId = stream?.lastEventId ?? null;
  if (lastEventId === null) return readAfter(after);
  const position = readEventCursor(lastEventId);
  if (position === null) throw badInput('Last-Event-ID is not a cursor of the event feed.', 'Last-Event-ID');
  return position;
}

/** Runs a reading of the feed; a place that is not in it becomes BEGIN_ANEW. */
export async function asFeed<Result>(run: () => Promise<Result>): Promise<Result> {
  try {
    return await run();
  } catch (error) {
    if (!(error instanceof UnknownPositionError)) throw error;
    throw beginAnew('after');
  }
}
