/** Relay's environment: one cache for the whole desk, until the feed is set back. */
import { Environment, Network, RecordSource, Store } from 'relay-runtime';
import { ask } from './http.ts';
import { follow } from './socket.ts';

/** Queries that are kept after their screen has gone, so that going back shows it at once. */
const KEPT = 6;

/** A new one, with nothing in its cache. */
export const createEnvironment = () =>
  new Environment({
    network: Network.create(ask, follow),
    store: new Store(new RecordSource(), { gcReleaseBufferSize: KEPT }),
  });
