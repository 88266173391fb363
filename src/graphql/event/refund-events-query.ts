/** `refundEvents` and `latestEventCursor`: the event feed, page by page. `subscriptions.ts` follows it. */
import { readRows } from '../../paging/window.ts';
import { builder } from '../builder.ts';
import { asFeed, readAfter } from './event-cursor-argument.ts';
import { asPaging, pageCost, ROWS } from '../relay/paging-arguments.ts';
import { badInput } from '../errors.ts';
import { pageOf } from '../relay/page-info.ts';
import { RefundEventConnectionType } from './refund-event.ts';
import { eventFilterArguments, readEventFilter } from './event-filter-arguments.ts';

builder.queryField('refundEvents', (t) =>
  t.field({
    type: RefundEventConnectionType,
    nullable: true,
    description:
      'The feed that the subscriptions carry on from; oldest first. The filter looks at the refund as it was right before ' +
      'and right after each event. The first whole copy of a list is not in it.',
    args: {
      ...eventFilterArguments(),
      first: t.arg.int({ description: `Needed: how many events behind \`after\`, ${ROWS}.` }),
      after: t.arg({
        type: 'EventCursor',
        description: 'The events behind this place. Left out: from the beginning of the feed.',
      }),
    },
    complexity: pageCost,
    resolve: (_root, { first, after, ...which }, context) =>
      asFeed(() =>
        asPaging(async () => {
          if (first === null || first === undefined) throw badInput(`Say how many events: "first", ${ROWS}.`, 'first');
          const rows = readRows('first', first);
          const page = await context.services.feed.page(
            await readEventFilter(which, context),
            readAfter(after, context),
            rows,
          );
          return pageOf(page.events, context.services.feed.cursors.write, {
            hasNextPage: page.hasMore,
            hasPreviousPage: typeof after === 'string',
          });
        }),
      ),
  }),
);

builder.queryField('latestEventCursor', (t) =>
  t.field({
    type: 'EventCursor',
    description:
      'Where the feed ends now. Ask for it first, then load a list, then subscribe with it as `after`: nothing is missed.',
    resolve: async (_root, _args, { services }) => services.feed.cursors.write(await services.feed.end()),
  }),
);
