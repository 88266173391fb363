/** `after` of the event feed: read, and told apart from cursors that are none of it. */
import { UnknownPositionError } from '../../feed/log.ts';
import { isUnsealedEventCursor, type EventCursors, type EventPosition } from '../../refunds/event-cursor.ts';
import { badInput, beginAnew } from '../errors.ts';
import type { Context } from '../context.ts';

/**
 * The place that an argument names; null when it is left out. Throws BAD_USER_INPUT, and BEGIN_ANEW at a
 * cursor of an older version.
 */
export function readAfter(after: string | null | undefined, { services }: Context): EventPosition | null {
  if (after === null || after === undefined) return null;
  return positionIn(services.feed.cursors, after, { argument: 'after', words: '"after"' });
}

function positionIn(
  cursors: EventCursors,
  text: string,
  { argument, words }: { readonly argument: string; readonly words: string },
): EventPosition {
  if (isUnsealedEventCursor(text)) throw beginAnew(argument);
  const position = cursors.read(text);
  if (position === null) throw badInput(`${words} is not a cursor of the event feed.`, argument);
  return position;
}

/**
 * Where a subscription begins; null: its `after` is left out. A browser that comes again asks the same
 * address again, with the same `after`: the last event that it heard wins. Throws BAD_USER_INPUT.
 */
export function readStart(after: string | null | undefined, context: Context): EventPosition | null {
  const lastEventId = context.stream?.lastEventId ?? null;
  if (lastEventId === null) return readAfter(after, context);
  const named = { argument: 'Last-Event-ID', words: 'Last-Event-ID' };
  return positionIn(context.services.feed.cursors, lastEventId, named);
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
