/** A list as a Relay component shows it with `usePaginationFragment`. */
import { createElement, Suspense, useEffect } from 'react';
import { RelayEnvironmentProvider, useLazyLoadQuery, usePaginationFragment } from 'react-relay';
import { create } from 'react-test-renderer';
import {
  Environment,
  Network,
  RecordSource,
  Store,
  type FragmentRefs,
  type GraphQLResponse,
  type OperationType,
} from 'relay-runtime';
import { until } from '../support/until.ts';
import { compileForRelay } from './relay-compile.ts';
import type { ClientWalk } from './walk.ts';

interface ListData {
  readonly refunds: {
    readonly edges: readonly { readonly node: { readonly id: string; readonly merchantRefundId: string } }[];
  };
}
interface ListKey {
  readonly ' $data': ListData;
  readonly ' $fragmentSpreads': FragmentRefs<'RefundList_query'>;
}
interface ListQuery extends OperationType {
  readonly variables: { readonly count: number };
  readonly response: ListKey;
}
type Shown = ReturnType<typeof usePaginationFragment<ListQuery, ListKey>>;

export const walkWithRelay: ClientWalk = async (url, first, between) => {
  const { query, fragment } = await compileForRelay(url);
  const network = Network.create(async ({ text }, variables): Promise<GraphQLResponse> => {
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify({ query: text, variables }) });
    return response.json();
  });
  const environment = new Environment({ network, store: new Store(new RecordSource()) });

  const shown: Shown[] = [];
  function List({ of }: { readonly of: ListKey }) {
    const page = usePaginationFragment<ListQuery, ListKey>(fragment, of);
    useEffect(() => void shown.push(page));
    return rowsOf(page.data).map(({ node }) => createElement('li', { key: node.id }, node.merchantRefundId));
  }
  function Screen() {
    return createElement(List, { of: useLazyLoadQuery<ListQuery>(query, { count: first }) });
  }

  const waiting = createElement(Suspense, { fallback: 'loading' }, createElement(Screen));
  const screen = create(createElement(RelayEnvironmentProvider, { environment, children: waiting }));
  const shownBeyond = async (rows: number): Promise<Shown> => {
    const latest = () => shown.findLast(({ data, isLoadingNext }) => !isLoadingNext && rowsOf(data).length > rows);
    await until(() => latest() !== undefined);
    return latest() ?? shownBeyond(rows);
  };

  let page = await shownBeyond(0);
  let pages = 1;
  for (; page.hasNext; pages++) {
    await between(pages);
    page.loadNext(first);
    page = await shownBeyond(rowsOf(page.data).length);
  }
  const ids = screen.root
    .findAllByType('li')
    .map(({ children }) => children.filter((child) => typeof child === 'string').join(''));
  screen.unmount();
  return { ids, pages };
};

const rowsOf = (data: ListData | null | undefined) => data?.refunds.edges ?? [];
