/** RefundConnection: a page of refunds, and where its rows came from. */
import type { Refund } from '../../refunds/refund.ts';
import type { RefundPage, SourceReport } from '../../services/reading/list-answer.ts';
import { builder } from '../builder.ts';
import { RefundOriginEnum } from '../enums.ts';
import { MerchantAccountType, ProviderFailureType } from '../account/merchant-account.ts';
import { PageInfoType, type RelayEdge } from '../relay/page-info.ts';
import { accountOf, RefundType } from './refund.ts';

const SourceType = builder.objectRef<SourceReport>('RefundSource').implement({
  description: 'One account of a list: where its rows came from, and whether they are all.',
  fields: (t) => ({
    account: t.field({
      type: MerchantAccountType,
      description: 'The account that was read.',
      resolve: (source, _args, context) => accountOf(source, context),
    }),
    origin: t.expose('origin', {
      type: RefundOriginEnum,
      description:
        'Where its rows on this page come from. LEDGER with a failure: what is known here, while the provider is away.',
    }),
    complete: t.exposeBoolean('complete', {
      description: 'False when this source could not be read to the end of what was asked.',
    }),
    unreadable: t.exposeInt('unreadable', {
      description:
        'Rows of this page that can not be read; totalCount counts them. Over a whole walk each is counted once.',
    }),
    totalCount: t.exposeInt('totalCount', {
      nullable: true,
      description: "This account's rows that the filter lets through, on all pages; null when it can't count.",
    }),
    asOf: t.expose('asOf', { type: 'DateTime', description: 'The instant of which these rows tell.' }),
    failure: t.expose('failure', {
      type: ProviderFailureType,
      nullable: true,
      description: 'Why the provider could not be read; null: it was, or was not asked.',
    }),
  }),
});

const EdgeType = builder.objectRef<RelayEdge<Refund>>('RefundEdge').implement({
  description: 'A row and its place in the list.',
  fields: (t) => ({
    cursor: t.exposeString('cursor', { description: 'The place: for `after` or `before` of the same list.' }),
    node: t.expose('node', { type: RefundType, description: 'The row.' }),
  }),
});

type Page = RefundPage & { readonly eventCursor: string };

const edgesOf = (page: Page): readonly RelayEdge<Refund>[] =>
  page.edges.map((edge) => ({
    node: edge.refund,
    get cursor() {
      return edge.cursor;
    },
  }));

export const RefundConnectionType = builder.objectRef<Page>('RefundConnection').implement({
  description: 'A page of refunds.',
  fields: (t) => ({
    edges: t.field({ type: [EdgeType], description: 'The rows with their places.', resolve: edgesOf }),
    nodes: t.field({
      type: [RefundType],
      description: 'The rows alone.',
      resolve: ({ edges }) => edges.map(({ refund }) => refund),
    }),
    pageInfo: t.field({ type: PageInfoType, description: 'Where this page ends.', resolve: (page) => page }),
    eventCursor: t.expose('eventCursor', {
      type: 'EventCursor',
      description:
        "The feed's place before the first page of this walk was read: subscribe with it as `after`, and nothing is missed. Pages " +
        'asked with `after` or `before` repeat it, because caches keep that of the page that came last.',
    }),
    totalCount: t.exposeInt('totalCount', {
      nullable: true,
      description: "Rows on all pages. Null when a source can't count.",
    }),
    sources: t.field({
      type: [SourceType],
      description:
        'Where the rows came from, one per account asked; a source that failed is named here and does not fail the others.',
      resolve: ({ sources }) => sources,
    }),
  }),
});
