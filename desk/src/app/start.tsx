/** What every screen needs: who there is, and where the feed stands. */
import { createContext, Fragment, Suspense, use, useEffect, useEffectEvent, useState, type ReactNode } from 'react';
import { graphql, RelayEnvironmentProvider, useLazyLoadQuery } from 'react-relay/hooks';
import type { Environment } from 'relay-runtime';
import { createEnvironment } from '../api/environment.ts';
import { startLive } from '../api/live.ts';
import type { startQuery } from '../generated/startQuery.graphql.ts';
import { useTry } from './boundary.tsx';

type Start = startQuery['response'];

const Started = createContext<Start | null>(null);

/** Who the caller is, what the token allows, its accounts, and which server this is. */
export function useStart(): Start {
  const start = use(Started);
  if (start === null) throw new Error('there is no start around this screen');
  return start;
}

export type Scope = 'refunds:write' | 'refunds:operate' | 'refunds:raw';

/** Whether the token allows it. What it does not allow has no button. */
export const useMay = (scope: Scope): boolean => useStart().viewer.scopes.includes(scope);

/** Whether the caller may make a refund of some account. */
export function useMayCreate(): boolean {
  const { accounts } = useStart();
  return useMay('refunds:write') && accounts.some(({ capabilities }) => capabilities.create);
}

/** Loads it, and follows the feed from then on. All is loaded anew, into an empty cache, when the feed was set back. */
export function Startup({ children }: { readonly children: ReactNode }) {
  const [environment, setEnvironment] = useState(createEnvironment);
  return (
    <RelayEnvironmentProvider environment={environment}>
      <Suspense fallback={<div className="frame" aria-busy="true" />}>
        <Loaded environment={environment} anew={() => setEnvironment(createEnvironment())}>
          {children}
        </Loaded>
      </Suspense>
    </RelayEnvironmentProvider>
  );
}

function Loaded(props: { readonly environment: Environment; readonly anew: () => void; readonly children: ReactNode }) {
  const { environment, children } = props;
  const start = useLazyLoadQuery<startQuery>(
    graphql`
      query startQuery {
        latestEventCursor
        viewer {
          subject
          scopes
        }
        server {
          simulated
        }
        accounts {
          id
          key
          provider
          displayName
          currency
          timeZone
          capabilities {
            create
            partialRefund
          }
        }
      }
    `,
    {},
    { fetchPolicy: 'store-or-network', fetchKey: useTry() },
  );
  const anew = useEffectEvent(props.anew);
  const cursor = start.latestEventCursor;
  useEffect(() => startLive(environment, cursor, () => anew()), [environment, cursor]);
  return (
    <Started value={start}>
      <Fragment key={cursor}>{children}</Fragment>
    </Started>
  );
}
