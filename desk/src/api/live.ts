/** The feed: one subscription for the whole desk. Its events keep the cache true, and screens hear of each. */
import { useEffect, useEffectEvent } from 'react';
import { graphql, requestSubscription } from 'react-relay/hooks';
import { createOperationDescriptor, getRequest, type Environment } from 'relay-runtime';
import type { liveSubscription, RefundFilter } from '../generated/liveSubscription.graphql.ts';
import { failureOf } from './failure.ts';

export type LiveEvent = liveSubscription['response']['refundEvents'];

const EVENTS = graphql`
  subscription liveSubscription($after: EventCursor, $filter: RefundFilter!) {
    refundEvents(after: $after) {
      cursor
      type
      matches(filter: $filter)
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

/** What the list is filtered by: every event says whether its refund is in it. */
const NO_FILTER: RefundFilter = {};
let listFilter = NO_FILTER;
/** Opens the subscription again, right behind its last event. */
let openAgain: (() => void) | null = null;

/**
 * Follows the feed behind a cursor. `anew`: the feed was set back, or can't be followed; what is shown must be
 * loaded again. Gives back how to stop.
 */
export function startLive(environment: Environment, from: string, anew: () => void): () => void {
  let after = from;
  let seen = 0;
  let stop = () => {};
  const open = () => {
    const variables = { after, filter: listFilter };
    stop = requestSubscription<liveSubscription>(environment, {
      subscription: EVENTS,
      variables,
      onNext: (data) => {
        if (data === null || data === undefined) return;
        after = data.refundEvents.cursor;
        seen += 1;
        if (seen % SWEEP_EACH === 0) sweep(environment, variables);
        for (const listener of listeners) listener(data.refundEvents);
      },
      onError: (error) => {
        const { code } = failureOf(error);
        // The list itself says what is wrong with its filter.
        if (code === 'BAD_USER_INPUT' && listFilter !== NO_FILTER) followFilter(NO_FILTER);
        else if (code !== 'FORBIDDEN') anew();
      },
    }).dispose;
  };
  open();
  openAgain = () => {
    stop();
    open();
  };
  return () => {
    openAgain = null;
    stop();
  };
}

/** From now on events say whether their refund meets this filter. */
function followFilter(filter: RefundFilter): void {
  if (JSON.stringify(filter) === JSON.stringify(listFilter)) return;
  listFilter = filter;
  openAgain?.();
}

/** `matches` of the events is about this filter while the component is there. */
export function useListFilter(filter: RefundFilter): void {
  const text = JSON.stringify(filter);
  const follow = useEffectEvent(() => followFilter(filter));
  useEffect(() => follow(), [text]);
}

/** Relay sweeps when something that was kept is let go. */
function sweep(environment: Environment, variables: liveSubscription['variables']): void {
  environment.retain(createOperationDescriptor(getRequest(EVENTS), variables)).dispose();
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
