/** A list as an Apollo Client has it: `relayStylePagination` puts the pages together. */
import { ApolloClient, gql, HttpLink, InMemoryCache, type TypedDocumentNode } from '@apollo/client';
import { relayStylePagination } from '@apollo/client/utilities';
import type { ClientWalk, Listed } from './walk.ts';
import { LIST } from './walk.ts';

const QUERY: TypedDocumentNode<Listed, { first: number; after?: string | null }> = gql(LIST);

export const walkWithApollo: ClientWalk = async (url, first, between) => {
  const typePolicies = { Query: { fields: { refunds: relayStylePagination(['filter', 'orderBy', 'read']) } } };
  const client = new ApolloClient({
    link: new HttpLink({ uri: url }),
    cache: new InMemoryCache({ typePolicies }),
  });
  const list = client.watchQuery({ query: QUERY, variables: { first } });
  const watching = list.subscribe(() => undefined);
  try {
    await client.query({ query: QUERY, variables: { first } });
    for (let pages = 1; ; pages++) {
      // What a component would show: all pages so far, out of the cache.
      const shown = client.readQuery({ query: QUERY, variables: { first } });
      if (shown === null) throw new Error('The list is not in the cache.');
      const { edges, pageInfo } = shown.refunds;
      if (!pageInfo.hasNextPage) return { ids: edges.map(({ node }) => node.merchantRefundId), pages };
      await between(pages);
      await list.fetchMore({ variables: { after: pageInfo.endCursor } });
    }
  } finally {
    watching.unsubscribe();
    client.stop();
  }
};
