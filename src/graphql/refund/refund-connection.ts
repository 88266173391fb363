/** RefundConnection: a page of refunds, and where its rows came from. */
import type { Refund } from '../../refunds/refund.ts';
import type { RefundPage, SourceReport } from '../../services/reading/list-answer.ts';
import { builder } from '../builder.ts';
import { RefundOriginEnum } from '../enums.ts';
import { MerchantAccountType, ProviderFailureType } from '../account/merchant-account.ts';
import { PageInfoType, type Edge } from '../relay/page-info.ts';
import { accountOf, RefundType } from './refund.ts';

const SourceType = builder.objectRef<SourceReport>('RefundSource').implement({
  fields: (t) => ({
    account: t.field({ type: MerchantAccountType, resolve: (source, _args, context) => accountOf(source, context) }),
    origin: t.expose('origin', {
      type: RefundOriginEnum,
      description:
        'Where its rows on this page come from. LEDGER with a failure: what is known here, while the provider is away.',
    }),
    complete: t.exposeBoolean('complete', {
      description: 'False when this source could not be read to the end of what was asked.',
    }),
    totalCount: t.exposeInt('totalCount', { nullable: true }),
    asOf: t.expose('asOf', { type: 'DateTime', description: 'The instant of which these rows tell.' }),
    failure: t.expose('failure', { type: ProviderFailureType, nullable: true }),
  }),
});

const EdgeType = builder.objectRef<Edge<Refund>>('RefundEdge').implement({
  fields: (t) => ({
    cursor: t.exposeString('cursor'),
    node: t.expose('node', { type: RefundType }),
  }),
});

const edgesOf = (page: RefundPage): readonly Edge<Refund>[] =>
  page.edges.map(({ cursor, refund }) => ({ cursor, node: refund }));

export const RefundConnectionType = builder.objectRef<RefundPage>('RefundConnection').implement({
  fields: (t) => ({
    edges: t.field({ type: [EdgeType], resolve: edgesOf }),
    nodes: t.field({ type: [RefundType], resolve: ({ edges }) => edges.map(({ refund }) => refund) }),
    pageInfo: t.field({ type: PageInfoType, resolve: (page) => page }),
    totalCount: t.exposeInt('totalCount', { nullable: true, description: "Null when a source can't count." }),
    sources: t.field({
      type: [SourceType],
      description:
        'Where the rows came from, one per account asked; a source that failed is named here and does not fail the others.',
      resolve: ({ sources }) => sources,
    }),
  }),
});
