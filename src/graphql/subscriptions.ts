/** `refundUpdated` and `refundEvents`: the event feed, followed from a place on. */
import { NO_CONDITIONS } from '../refunds/filter.ts';
import type { EventFilter } from '../feed/filter.ts';
import { FEED_START, type EventPlace } from '../refunds/event-cursor.ts';
import type { RefundRef } from '../refunds/ids.ts';
import { builder } from './builder.ts';
import type { Context } from './context.ts';
import { badInput, notFound } from './errors.ts';
import { asFeed, readStart } from './event-cursor-argument.ts';
import { readGlobalId } from './global-id.ts';
import { eventIn, placeOf, untilExpired, type LiveItem } from './live.ts';
import { askByRef, forgetAll, loadRefund } from './loaders.ts';
import { RefundEventType } from './refund-event.ts';
import { readFilter, RefundFilterInput } from './refund-filter.ts';

builder.subscriptionType({ description: 'The event feed, live. Needs the scope refunds:read.' });

/**
 * Tells each event with what is true at that moment: a subscription's loaders would remember for its
 * lifetime.
 */
function tell(item: LiveItem, { loaders, stream }: Context) {
  const place = placeOf(item);
  if (place !== null) stream?.reached(place);
  forgetAll(loaders);
  return eventIn(item);
}

async function follow(context: Context, filter: EventFilter, after: EventPlace | null) {
  const { feed } = context.services;
  // A stream tells its reader where it begins, so that one that is cut off before the first event comes back
  // to that place.
  const from = after ?? (context.stream === null ? null : await feed.end());
  const events = await asFeed(() => feed.follow(filter, from));
  if (from !== null) context.stream?.reached(from);
  return untilExpired(events, context.caller);
}

builder.subscriptionField('refundEvents', (t) =>
  t.field({
    type: RefundEventType,
    description:
      'Every event that the filter lets through, from now or from `after`, in order, none twice, none missing. Keep the `cursor` of ' +
      'the last event: with it as `after` a new subscription, at whichever server, goes on right behind it.',
    args: {
      filter: t.arg({
        type: RefundFilterInput,
        description: 'Left out: every event of the accounts that your token names.',
      }),
      after: t.arg({ type: 'EventCursor', description: 'The events behind this place. Left out: from now on.' }),
    },
    subscribe: (_root, { filter, after }, context) =>
      follow(context, readFilter(filter, context), readStart(after, context.stream)),
    resolve: (item, _args, context) => tell(item, context),
  }),
);

builder.subscriptionField('refundUpdated', (t) =>
  t.field({
    type: RefundEventType,
    description:
      'One refund. Without `after` first its latest event, which holds its state now, then every event; with `after` all events since.',
    args: {
      id: t.arg.id({ required: true, description: 'The id of the refund.' }),
      after: t.arg({
        type: 'EventCursor',
        description: 'The events behind this place. Left out: from the latest event on.',
      }),
    },
    subscribe: async (_root, { id, after }, context) => {
      const named = readGlobalId(id);
      if (named?.type !== 'Refund') throw badInput('This is no id of a refund.', 'id');
      const place = readStart(after, context.stream);
      if (!context.caller.sees(named.ref.account)) throw notFound('There is no such refund.');
      const filter = only(named.ref);
      return follow(context, filter, place ?? (await beforeLatest(named.ref, filter, context)));
    },
    resolve: (item, _args, context) => tell(item, context),
  }),
);

const only = ({ account, merchantRefundId }: RefundRef): EventFilter => ({
  accounts: [account],
  conditions: { ...NO_CONDITIONS, merchantRefundId },
});

/** The place right before the refund's latest event. A refund that the ledger does not know is asked for first. */
async function beforeLatest(ref: RefundRef, filter: EventFilter, context: Context): Promise<EventPlace> {
  const latest = await context.services.feed.last(filter);
  if (latest !== null) return { transaction: latest.transaction, number: latest.number - 1n };
  if ((await loadRefund(context.loaders, askByRef(ref, 'AUTO'))) === null) throw notFound('There is no such refund.');
  return FEED_START;
}
