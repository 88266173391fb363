/** RefundEvent: one thing that happened to a refund, with the refund as it was after it, and as it is now. */
import type { EVENT_TYPES } from '../../ledger/tables.ts';
import type { RefundEvent } from '../../ledger/events.ts';
import { asKept } from '../../feed/filter.ts';
import { meetsConditions } from '../../refunds/filter.ts';
import { builder } from '../builder.ts';
import { ObservedViaEnum, RefundStatusEnum } from '../enums.ts';
import { eventGlobalId } from '../relay/global-id.ts';
import { NodeInterface } from '../relay/node.ts';
import { PageInfoType, type RelayEdge } from '../relay/page-info.ts';
import { ActorType } from '../refund/actor.ts';
import { RefundType } from '../refund/refund.ts';
import { readFilterLeniently, RefundFilterInput } from '../refund/refund-filter.ts';
import { ContradictionType, SnapshotType } from './refund-snapshot.ts';

export const RefundEventTypeEnum = builder.enumType('RefundEventType', {
  description: 'What happened.',
  values: {
    REQUESTED: { description: 'Recorded by `createRefund`, before the provider heard of it.' },
    DISCOVERED: { description: 'First seen at the provider: it was made elsewhere.' },
    STATUS_CHANGED: { description: '`previousStatus` became `status`.' },
    DETAILS_CHANGED: { description: 'The same status; something else of the refund is new.' },
    CONFLICT_DETECTED: {
      description:
        'The provider told something that can not be true. The refund was left as it was, and is asked about.',
    },
    ATTENTION_CHANGED: { description: '`attention` began, changed or ended.' },
  } satisfies Record<(typeof EVENT_TYPES)[number], object>,
});

export const RefundEventType = builder.objectRef<RefundEvent>('RefundEvent').implement({
  description: 'One thing that happened to a refund.',
  interfaces: [NodeInterface],
  fields: (t) => ({
    id: t.id({ description: 'The same for ever, at every server.', resolve: ({ number }) => eventGlobalId(number) }),
    cursor: t.field({
      type: 'EventCursor',
      description: 'The place of this event in the feed. Give it back as `after` to go on behind it.',
      resolve: (event, _args, { services }) => services.feed.cursors.write(event),
    }),
    type: t.expose('type', { type: RefundEventTypeEnum, description: 'What happened.' }),
    refund: t.field({
      type: RefundType,
      description: 'The refund as it is now, not as it was: that is `snapshot`.',
      resolve: ({ living }) => living.refund,
    }),
    snapshot: t.expose('snapshot', { type: SnapshotType, description: 'The refund as it was right after this event.' }),
    matches: t.boolean({
      description:
        'Whether the refund meets this filter after the event; give the one that you subscribed with. False: it did before, ' +
        'and has left. An argument, because caches store an event under its id: two panels with two filters share it. An ' +
        'account that your token does not name meets nothing.',
      args: { filter: t.arg({ type: RefundFilterInput, required: true, description: 'The filter.' }) },
      resolve: async ({ account, snapshot }, { filter }, context) => {
        const { accounts, conditions } = asKept(await readFilterLeniently(filter, context));
        return accounts.includes(account) && meetsConditions(snapshot, conditions);
      },
    }),
    changes: t.exposeStringList('changes', {
      description:
        'Members of the refund that this event changed, e.g. ["status", "completedAt"]; none on its first event. `version`, ' +
        '`updatedAt` and `observedAt` move with each event and are not named.',
    }),
    contradiction: t.expose('contradiction', {
      type: ContradictionType,
      nullable: true,
      description: 'Of CONFLICT_DETECTED: what was told, and which members contradict what is known.',
    }),
    previousStatus: t.expose('previousStatus', {
      type: RefundStatusEnum,
      nullable: true,
      description: 'Null on the first event of a refund.',
    }),
    status: t.expose('status', { type: RefundStatusEnum, description: "The refund's status right after this event." }),
    via: t.expose('via', { type: ObservedViaEnum, description: 'How it became known here.' }),
    occurredAt: t.expose('occurredAt', {
      type: 'DateTime',
      nullable: true,
      description: "The provider's time, where it gives one.",
    }),
    recordedAt: t.expose('recordedAt', { type: 'DateTime', description: 'When this server wrote it down.' }),
    actor: t.expose('actor', {
      type: ActorType,
      nullable: true,
      description: 'Who asked for it; null where nobody did (callback, poll).',
    }),
    requestId: t.exposeString('requestId', {
      nullable: true,
      description:
        'The id of the request, callback or job that caused it: that of `x-request-id`, which the log has, too.',
    }),
    note: t.exposeString('note', {
      nullable: true,
      description: 'What the person wrote who ended the refund by `closeRefund`.',
    }),
  }),
});

const EdgeType = builder.objectRef<RelayEdge<RefundEvent>>('RefundEventEdge').implement({
  description: 'An event and its place.',
  fields: (t) => ({
    cursor: t.exposeString('cursor', { description: 'The place: for `after` or `before`.' }),
    node: t.expose('node', { type: RefundEventType, description: 'The event.' }),
  }),
});

export const RefundEventConnectionType = builder
  .objectRef<typeof PageInfoType.$inferType & { readonly edges: readonly RelayEdge<RefundEvent>[] }>(
    'RefundEventConnection',
  )
  .implement({
    description: 'A page of events.',
    fields: (t) => ({
      edges: t.field({ type: [EdgeType], description: 'The events with their places.', resolve: ({ edges }) => edges }),
      nodes: t.field({
        type: [RefundEventType],
        description: 'The events alone.',
        resolve: ({ edges }) => edges.map(({ node }) => node),
      }),
      pageInfo: t.field({ type: PageInfoType, description: 'Where this page ends.', resolve: (page) => page }),
    }),
  });
