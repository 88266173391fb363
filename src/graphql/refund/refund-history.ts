/** Refund.events: what happened to one refund, oldest first. */
import type { RefundRef } from '../../refunds/ids.ts';
import { isUnsealedEventCursor, type EventCursors } from '../../refunds/event-cursor.ts';
import { PagingError, readWindow, type PageWindow } from '../../paging/window.ts';
import { builder } from '../builder.ts';
import { asPaging, pageCost, pagingArguments } from '../relay/paging-arguments.ts';
import { RefundEventConnectionType } from '../event/refund-event.ts';
import { RefundType } from './refund.ts';
import { pageOf } from '../relay/page-info.ts';
import type { Services } from '../services.ts';

builder.objectField(RefundType, 'events', (t) =>
  t.field({
    type: RefundEventConnectionType,
    nullable: true,
    description: 'What happened to this refund, oldest first. Give `first` (with `after`) or `last` (with `before`).',
    args: pagingArguments(),
    complexity: pageCost,
    resolve: (refund, args, { services }) => asPaging(() => readPage(services, refund, readWindow(args))),
  }),
);

/** One row more than is shown tells whether there are more. */
async function readPage({ events, feed }: Services, ref: RefundRef, window: PageWindow) {
  const { toward, limit } = window;
  const isForward = toward === 'after';
  const from = positionOf(feed.cursors, toward, window.from);
  const found = await events(ref, { direction: isForward ? 'ASC' : 'DESC', after: from, limit: limit + 1 });
  const shown = isForward ? found.slice(0, limit) : found.slice(0, limit).toReversed();
  const [isBegun, hasMore] = [from !== null, found.length > limit];
  return pageOf(shown, feed.cursors.write, {
    hasNextPage: isForward ? hasMore : isBegun,
    hasPreviousPage: isForward ? isBegun : hasMore,
  });
}

function positionOf(cursors: EventCursors, argument: 'after' | 'before', cursor: string | null): bigint | null {
  if (cursor === null) return null;
  if (isUnsealedEventCursor(cursor)) {
    throw new PagingError(argument, `"${argument}" is a cursor of an older version; start the list again.`);
  }
  const position = cursors.read(cursor);
  if (position === null) throw new PagingError(argument, `"${argument}" is no cursor of a refund's events.`);
  return position.number;
}
