/** The feed: one subscription for the whole desk. Its events keep the cache true, and screens hear of each. */
import { useEffect, useEffectEvent } from 'react';
import { graphql, requestSubscription } from 'react-relay/hooks';
import { createOperationDescriptor, getRequest, type Environment } from 'relay-runtime';
import type { liveSubscription } from '../generated/liveSubscription.graphql.ts';
import { failureOf } from './failure.ts';

export type LiveEvent = liveSubscription['response']['refundEvents'];

const EVENTS = graphql`
  subscription liveSubscription($after: EventCursor) {
    refundEvents(after: $after) {
      cursor
      type
      refund {
        id
        status
        createdAt
        attention {
          reason
        }
        ...refundRow_refund
        ...summary_refund
        ...actions_refund
      }
    }
  }
`;

/** After so many events the cache is swept: what no screen shows is forgotten. */
const SWEEP_EACH = 200;

const listeners = new Set<(event: LiveEvent) => void>();

/**
 * Follows the feed behind a cursor. `anew`: the feed was set back, or can't be followed; what is shown must be
 * loaded again. Gives back how to stop.
 */
export function startLive(environment: Environment, after: string, anew: () => void): () => void {
  let seen = 0;
  const { dispose } = requestSubscription<liveSubscription>(environment, {
    subscription: EVENTS,
    variables: { after },
    onNext: (data) => {
      if (data === null || data === undefined) return;
      seen += 1;
      if (seen % SWEEP_EACH === 0) sweep(environment, after);
      for (const listener of listeners) listener(data.refundEvents);
    },
    onError: (error) => {
      if (failureOf(error).code !== 'FORBIDDEN') anew();
    },
  });
  return dispose;
}

/** Relay sweeps when something that was kept is let go. */
function sweep(environment: Environment, after: string): void {
  environment.retain(createOperationDescriptor(getRequest(EVENTS), { after })).dispose();
}

/** Hears every event while the component is there. */
export function useLiveEvents(hear: (event: LiveEvent) => void): void {
  const heard = useEffectEvent(hear);
  useEffect(() => {
    const listener = (event: LiveEvent) => heard(event);
    listeners.add(listener);
    return () => {
      listeners.delete(listener);
    };
  }, []);
}
