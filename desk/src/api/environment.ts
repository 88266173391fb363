/** Relay's environment: one cache for the whole desk, until the feed is set back. */
import {
  Environment,
  Network,
  Observable,
  RecordSource,
  Store,
  type SubscribeFunction,
  type Subscription,
} from 'relay-runtime';
import { ask } from './http.ts';

/** Queries that are kept after their screen has gone, so that going back shows it at once. */
const KEPT = 6;

/** The socket is no part of the first screen: it comes beside the first rows. */
const follow: SubscribeFunction = (request, variables) =>
  Observable.create((sink) => {
    let left = false;
    let following: Subscription | undefined;
    import('./socket.ts').then(
      (socket) => {
        if (!left) following = socket.follow(request, variables).subscribe(sink);
      },
      (error: unknown) => sink.error(error instanceof Error ? error : new Error(String(error))),
    );
    return () => {
      left = true;
      following?.unsubscribe();
    };
  });

/** A new one, with nothing in its cache. */
export const createEnvironment = () =>
  new Environment({
    network: Network.create(ask, follow),
    store: new Store(new RecordSource(), { gcReleaseBufferSize: KEPT }),
  });
