/** A list as urql has it: Graphcache's `relayPagination` puts the pages together. */
import { Client, fetchExchange, type OperationResult } from '@urql/core';
import { cacheExchange } from '@urql/exchange-graphcache';
import { relayPagination } from '@urql/exchange-graphcache/extras';
import { LIST, type ClientWalk, type Listed } from './walk.ts';

export const walkWithUrql: ClientWalk = async (url, first, between) => {
  const cache = cacheExchange({
    resolvers: { Query: { refunds: relayPagination() } },
    keys: { RefundConnection: () => null, RefundEdge: () => null, PageInfo: () => null },
  });
  const client = new Client({ url, exchanges: [cache, fetchExchange], preferGetMethod: false });
  let after: string | null = null;
  for (let pages = 1; ; pages++) {
    const answer: OperationResult<Listed> = await client.query<Listed>(LIST, { first, after }).toPromise();
    if (answer.data === undefined) throw answer.error ?? new Error('urql has no answer.');
    const { edges, pageInfo } = answer.data.refunds;
    if (!pageInfo.hasNextPage) return { ids: edges.map(({ node }) => node.merchantRefundId), pages };
    await between(pages);
    after = pageInfo.endCursor;
  }
};
