/** What providers sent by themselves: what was made of each, why, and what it said. */
import { Suspense, useEffect, useState } from 'react';
import { graphql, useLazyLoadQuery, usePaginationFragment } from 'react-relay/hooks';
import { go, hrefOf, useAddress } from '../app/address.ts';
import { useTry } from '../app/boundary.tsx';
import { Link } from '../app/link.tsx';
import { useStart } from '../app/start.tsx';
import type { CallbackFilter, callbacksQuery } from '../generated/callbacksQuery.graphql.ts';
import type { callbacks_page$key } from '../generated/callbacks_page.graphql.ts';
import { hrefOfRefund } from '../refunds/refund-row.tsx';
import { useAllWords } from '../words/words.ts';
import { CallbackRow } from './callback-row.tsx';
import { CALLBACK_STATES } from './callback-state.tsx';
import '../look/screens.css';

/** How often new ones are looked for while only the newest are shown, in milliseconds. */
const LOOK_MS = 10_000;
/** Rows that are loaded at once. */
const PAGE = 30;

export function Callbacks() {
  const words = useAllWords();
  const { search } = useAddress();
  const { accounts } = useStart();
  const state = CALLBACK_STATES.find((known) => known === search.get('state')) ?? null;
  const account = accounts.find(({ key }) => key === search.get('account')) ?? null;
  const refund = search.get('refund');
  const choose = (name: string, value: string) => {
    const next = new URLSearchParams(search);
    if (value === '') next.delete(name);
    else next.set(name, value);
    go(hrefOf('/callbacks', next), 'replace');
  };
  const filter: CallbackFilter = {
    ...(state === null ? {} : { states: [state] }),
    ...(account === null ? {} : { accounts: [account.key] }),
    ...(refund === null ? {} : { refund }),
  };
  return (
    <section className="screen">
      <h1>{words.callbacks.title}</h1>
      <p className="lead">{words.callbacks.lead}</p>
      <div className="filters">
        <label className="inline">
          <span className="unseen">{words.callbacks.state}</span>
          <select value={state ?? ''} onChange={({ target }) => choose('state', target.value)}>
            <option value="">{words.callbacks.anyState}</option>
            {CALLBACK_STATES.map((known) => (
              <option key={known} value={known}>
                {words.callbacks.states[known]}
              </option>
            ))}
          </select>
        </label>
        <label className="inline">
          <span className="unseen">{words.refunds.accounts}</span>
          <select value={account?.key ?? ''} onChange={({ target }) => choose('account', target.value)}>
            <option value="">{words.refunds.allAccounts}</option>
            {accounts.map(({ key, displayName }) => (
              <option key={key} value={key}>
                {displayName}
              </option>
            ))}
          </select>
        </label>
        {refund !== null && (
          <>
            <Link className="button" href={hrefOfRefund(refund)}>
              {words.callbacks.ofRefund}
            </Link>
            <button type="button" className="button" onClick={() => choose('refund', '')}>
              {words.callbacks.ofAll}
            </button>
          </>
        )}
      </div>
      <Suspense fallback={<div className="screen-loading" aria-busy="true" />}>
        <Found key={JSON.stringify(filter)} filter={filter} />
      </Suspense>
    </section>
  );
}

function Found({ filter }: { readonly filter: CallbackFilter }) {
  const [round, setRound] = useState(0);
  const [isNewest, setNewest] = useState(true);
  useEffect(() => {
    if (!isNewest) return undefined;
    const timer = setInterval(() => setRound((old) => old + 1), LOOK_MS);
    return () => clearInterval(timer);
  }, [isNewest]);
  const query = useLazyLoadQuery<callbacksQuery>(
    graphql`
      query callbacksQuery($filter: CallbackFilter!, $first: Int!, $after: String) {
        ...callbacks_page
      }
    `,
    { filter, first: PAGE },
    { fetchPolicy: 'store-and-network', fetchKey: `${round} ${useTry()}` },
  );
  return <Page of={query} onMore={() => setNewest(false)} />;
}

function Page({ of, onMore }: { readonly of: callbacks_page$key; readonly onMore: () => void }) {
  const words = useAllWords();
  const { data, loadNext, hasNext, isLoadingNext } = usePaginationFragment<callbacksQuery, callbacks_page$key>(
    graphql`
      fragment callbacks_page on Query @refetchable(queryName: "callbacksPageQuery") {
        callbacks(filter: $filter, first: $first, after: $after) @connection(key: "callbacks_callbacks") {
          edges {
            node {
              id
              ...callbackRow_callback
            }
          }
        }
      }
    `,
    of,
  );
  const rows = data.callbacks?.edges ?? [];
  if (rows.length === 0) return <p className="empty">{words.callbacks.none}</p>;
  return (
    <>
      <ul className="panel callbacks">
        {rows.map(({ node }) => (
          <CallbackRow key={node.id} of={node} />
        ))}
      </ul>
      {hasNext && (
        <button
          type="button"
          className="button more"
          disabled={isLoadingNext}
          onClick={() => {
            onMore();
            loadNext(PAGE);
          }}
        >
          {isLoadingNext ? words.refund.working : words.callbacks.more}
        </button>
      )}
    </>
  );
}
