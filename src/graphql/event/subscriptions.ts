/** `refundUpdated` and `refundEvents`: the event feed, followed from a place on. */
import { NO_CONDITIONS } from '../../refunds/filter.ts';
import type { FollowFrom } from '../../feed/feed.ts';
import type { EventFilter } from '../../feed/filter.ts';
import { FEED_START, type EventPosition } from '../../refunds/event-cursor.ts';
import type { RefundRef } from '../../refunds/ids.ts';
import { exactly } from '../../refunds/numbers.ts';
import { builder } from '../builder.ts';
import type { Context } from '../context.ts';
import { badInput, notFound } from '../errors.ts';
import { asFeed, readStart } from './event-cursor-argument.ts';
import { readGlobalId } from '../relay/global-id.ts';
import { eventIn, only, untilExpired, positionOf } from './live.ts';
import type { LiveItem } from './telling.ts';
import { requestByRef, forgetAll, loadRefund } from '../loaders.ts';
import { RefundEventType } from './refund-event.ts';
import { eventFilterArguments, readEventFilter } from './event-filter-arguments.ts';

builder.subscriptionType({ description: 'The event feed, live. Needs the scope refunds:read.' });

/**
 * Tells each event with what is true at that moment: a subscription's loaders would remember for its
 * lifetime.
 */
function tell(item: LiveItem, { loaders, stream, telling, services }: Context) {
  const { cursors } = services.feed;
  const position = positionOf(item);
  if (telling?.kind === 'shared') telling.reached(position);
  if (position !== null) stream?.reached(cursors.write(position));
  forgetAll(loaders);
  return eventIn(item, cursors);
}

async function follow(context: Context, filter: EventFilter, asked: () => FollowFrom | Promise<FollowFrom>) {
  const { feed } = context.services;
  const { caller, stream, telling } = context;
  if (telling?.kind === 'last-word') return only(telling.item);
  if (telling?.kind === 'shared')
    return feed.follow(filter, { kind: 'there', position: telling.from }, { kind: 'lead' });
  const from = await asked();
  // A stream tells its reader where it begins: one that is cut off before the first event comes back to it.
  const begin = from.kind === 'end' && stream !== null ? behind(await feed.end()) : from;
  const manner = telling === null ? undefined : { kind: 'arrive' as const, arrive: telling.arrive };
  const events = await asFeed(() => feed.follow(filter, begin, manner));
  if (begin.kind === 'after') stream?.reached(feed.cursors.write(begin.position));
  return untilExpired(events, caller, telling?.hasArrived);
}

function behind(position: EventPosition): FollowFrom {
  return { kind: 'after', position };
}

builder.subscriptionField('refundEvents', (t) =>
  t.field({
    type: RefundEventType,
    description:
      'Every event that the filter lets through, from now or from `after`, in order, none twice, none missing. Keep the `cursor` of ' +
      'the last event: with it as `after` a new subscription, at whichever server, goes on right behind it.',
    args: {
      ...eventFilterArguments(),
      after: t.arg({ type: 'EventCursor', description: 'The events behind this place. Left out: from now on.' }),
    },
    subscribe: async (_root, { after, ...which }, context) =>
      follow(context, await readEventFilter(which, context), () => {
        const place = readStart(after, context);
        return place === null ? { kind: 'end' } : behind(place);
      }),
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
    subscribe: (_root, { id, after }, context) => {
      const named = readGlobalId(id);
      if (named?.type !== 'Refund') throw badInput('This is no id of a refund.', 'id');
      const filter = ofRefund(named.ref);
      return follow(context, filter, () => {
        const position = readStart(after, context);
        if (!context.caller.sees(named.ref.account)) throw notFound('There is no such refund.');
        return position === null ? withLatest(named.ref, filter, context) : behind(position);
      });
    },
    resolve: (item, _args, context) => tell(item, context),
  }),
);

const ofRefund = ({ account, merchantRefundId }: RefundRef): EventFilter => ({
  accounts: [account],
  conditions: { ...NO_CONDITIONS, merchantRefundId: exactly(merchantRefundId) },
});

/** With the refund's latest event. A refund that the ledger does not know is asked for first. */
async function withLatest(ref: RefundRef, filter: EventFilter, context: Context): Promise<FollowFrom> {
  const { feed } = context.services;
  const known = await feed.last(filter);
  if (known !== null) return { kind: 'with', event: known };
  if ((await loadRefund(context.loaders, requestByRef(ref, 'AUTO'))) === null)
    throw notFound('There is no such refund.');
  const found = await feed.last(filter);
  // Written, and behind a transaction that still runs: the log has no other event of this refund.
  return found === null ? behind(FEED_START) : { kind: 'with', event: found };
}
