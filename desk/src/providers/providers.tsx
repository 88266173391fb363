/** How calls to each account's provider go. */
import { useEffect, useState, useTransition } from 'react';
import { graphql, useLazyLoadQuery } from 'react-relay/hooks';
import { useTry } from '../app/boundary.tsx';
import type { providersQuery } from '../generated/providersQuery.graphql.ts';
import { usePreferences } from '../shown/preferences.ts';
import { Age, Time } from '../shown/time.tsx';
import { useAllWords } from '../words/words.ts';
import '../look/screens.css';

/** How often it is looked at, in milliseconds. */
const LOOK_MS = 10_000;

type Account = providersQuery['response']['accounts'][number];

export function Providers() {
  const words = useAllWords();
  const [round, setRound] = useState(0);
  const [, startTransition] = useTransition();
  useEffect(() => {
    const timer = setInterval(() => startTransition(() => setRound((old) => old + 1)), LOOK_MS);
    return () => clearInterval(timer);
  }, []);
  const { accounts } = useLazyLoadQuery<providersQuery>(
    graphql`
      query providersQuery {
        accounts {
          id
          key
          provider
          displayName
          currency
          capabilities {
            list
            create
            callbacks
            partialRefund
          }
          health {
            status
            lastSuccessAt
            lastFailure {
              code
              message
              at
            }
            mirror {
              state
              copied
              total
              unreadable
              asOf
            }
          }
        }
      }
    `,
    {},
    { fetchPolicy: 'store-and-network', fetchKey: `${round} ${useTry()}` },
  );
  return (
    <section className="screen">
      <h1>{words.providers.title}</h1>
      <p className="lead">{words.providers.lead}</p>
      <ul className="cards">
        {accounts.map((account) => (
          <li key={account.id} className="panel">
            <Provider account={account} />
          </li>
        ))}
      </ul>
    </section>
  );
}

const HEALTH_BADGES = {
  HEALTHY: 'succeeded',
  DEGRADED: 'pending',
  UNAVAILABLE: 'failed',
  UNKNOWN: 'canceled',
} as const;
const HEALTH_SIGNS = { HEALTHY: '✓', DEGRADED: '!', UNAVAILABLE: '✕', UNKNOWN: '–' } as const;
const CAPABILITIES = ['create', 'list', 'callbacks', 'partialRefund'] as const;

function Provider({ account }: { readonly account: Account }) {
  const words = useAllWords();
  const { health, capabilities } = account;
  const { lastFailure, lastSuccessAt, status } = health;
  return (
    <>
      <div className="provider-head">
        <h2>{account.displayName}</h2>
        <span className={`badge badge-${HEALTH_BADGES[status]}`}>
          <span aria-hidden="true">{HEALTH_SIGNS[status]}</span>
          {words.providers.health[status]}
        </span>
      </div>
      <p className="quiet">
        {account.provider} · <span className="mono">{account.key}</span> · {account.currency}
      </p>
      {status === 'UNAVAILABLE' && <p className="wrong">{words.providers.breaker}</p>}
      <dl className="facts">
        <div>
          <dt>{words.providers.lastGood}</dt>
          <dd>
            {lastSuccessAt === null || lastSuccessAt === undefined ? (
              words.providers.never
            ) : (
              <>
                <Age at={lastSuccessAt} />{' '}
                <span className="quiet">
                  (<Time at={lastSuccessAt} />)
                </span>
              </>
            )}
          </dd>
        </div>
        <div>
          <dt>{words.providers.lastFailure}</dt>
          <dd>
            {lastFailure === null || lastFailure === undefined ? (
              words.providers.never
            ) : (
              <>
                <Age at={lastFailure.at} />: {words.providers.failureCode[lastFailure.code]}
                <p className="hint">{lastFailure.message}</p>
              </>
            )}
          </dd>
        </div>
        <div>
          <dt>{words.providers.mirror}</dt>
          <dd>
            <Mirror of={health.mirror} />
          </dd>
        </div>
        <div>
          <dt>{words.providers.can}</dt>
          <dd>
            {CAPABILITIES.filter((name) => capabilities[name])
              .map((name) => words.providers.capability[name])
              .join(' · ')}
          </dd>
        </div>
      </dl>
    </>
  );
}

function Mirror({ of }: { readonly of: Account['health']['mirror'] }) {
  const words = useAllWords();
  const { language } = usePreferences();
  if (of === null || of === undefined) return <span className="quiet">{words.providers.noMirror}</span>;
  const { copied, total } = of;
  return (
    <>
      {words.providers.mirrorState[of.state]}
      {total !== null && total !== undefined && (
        <>
          {' · '}
          {words.providers.mirrorOf(copied.toLocaleString(language), total.toLocaleString(language))}
          {of.state === 'COPYING' && (
            <progress max={Math.max(total, 1)} value={copied} aria-label={words.providers.mirror} />
          )}
        </>
      )}
      {of.unreadable > 0 && <p className="wrong">{words.providers.unreadable(of.unreadable)}</p>}
    </>
  );
}
