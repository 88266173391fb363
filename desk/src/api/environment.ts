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
import { setConnection } from './connection.ts';
import { ask } from './http.ts';

/** Queries that are kept after their screen has gone, so that going back shows it at once. */
const KEPT = 6;

/** The pause after which the socket's file is asked for again where it did not come, in milliseconds. */
const PAUSE_MS = 2_000;

/** The socket is no part of the first screen: it comes beside the first rows, and is asked for until it comes. */
const follow: SubscribeFunction = (request, variables) =>
  Observable.create((sink) => {
    let left = false;
    let following: Subscription | undefined;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const open = () =>
      void import('./socket.ts').then(
        (socket) => {
          if (!left) following = socket.follow(request, variables).subscribe(sink);
        },
        () => {
          if (left) return;
          setConnection('lost');
          timer = setTimeout(open, PAUSE_MS);
        },
      );
    open();
    return () => {
      left = true;
      clearTimeout(timer);
      following?.unsubscribe();
    };
  });

/** A new one, with nothing in its cache. */
export const createEnvironment = () =>
  new Environment({
    network: Network.create(ask, follow),
    store: new Store(new RecordSource(), { gcReleaseBufferSize: KEPT }),
  });
