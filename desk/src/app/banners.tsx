/** What holds for every screen now: the connection, and accounts whose provider is away. */
import { Suspense, useEffect, useState } from 'react';
import { graphql, fetchQuery, useRelayEnvironment } from 'react-relay/hooks';
import { useConnection } from '../api/connection.ts';
import type { bannersQuery } from '../generated/bannersQuery.graphql.ts';
import { useStart } from './start.tsx';
import { useWords } from '../words/words.ts';

/** How often the health of the accounts is looked at, in milliseconds. */
const LOOK_MS = 20_000;
/** A connection that is back within this time is not spoken of, in milliseconds. */
const SHORT_MS = 800;

export function Banners() {
  return (
    <div className="banners">
      <Simulated />
      <Lost />
      <Suspense>
        <Away />
      </Suspense>
    </div>
  );
}

/** So that nobody takes play money for real, or real money for play. */
function Simulated() {
  const words = useWords();
  const { server } = useStart();
  return server.simulated ? <p className="banner banner-simulated">{words.simulated}</p> : null;
}

function Lost() {
  const words = useWords();
  const connection = useConnection();
  const [isLong, setLong] = useState(false);
  const isLost = connection === 'lost';
  useEffect(() => {
    const timer = setTimeout(() => setLong(isLost), isLost ? SHORT_MS : 0);
    return () => clearTimeout(timer);
  }, [isLost]);
  return (
    <div role="status">{isLost && isLong && <p className="banner banner-warning">{words.connection.lost}</p>}</div>
  );
}

function Away() {
  const words = useWords();
  const environment = useRelayEnvironment();
  const [away, setAway] = useState<readonly string[]>([]);
  useEffect(() => {
    const look = () =>
      fetchQuery<bannersQuery>(
        environment,
        graphql`
          query bannersQuery {
            accounts {
              displayName
              health {
                status
              }
            }
          }
        `,
        {},
        { fetchPolicy: 'network-only' },
      ).subscribe({
        next: ({ accounts }) =>
          setAway(
            accounts.flatMap(({ displayName, health }) => (health.status === 'UNAVAILABLE' ? [displayName] : [])),
          ),
        // Whoever can't ask is told so by the connection.
        error: () => undefined,
      });
    let asked = look();
    const timer = setInterval(() => {
      asked.unsubscribe();
      asked = look();
    }, LOOK_MS);
    return () => {
      clearInterval(timer);
      asked.unsubscribe();
    };
  }, [environment]);
  return (
    <div role="status">
      {away.length > 0 && <p className="banner banner-warning">{words.away(away.join(', '), away.length)}</p>}
    </div>
  );
}
