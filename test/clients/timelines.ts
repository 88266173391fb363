/** A page of a timeline and one refund followed, through the cache of each client. */
const EVENT = `id snapshot { status version amount { amount currency } } refund { id version status }`;
const timeline = (name: string) => `query ${name}($id: ID!) {
  node(id: $id) { __typename id ... on Refund { events(first: 2) { nodes { ${EVENT} } } } } }`;
const updated = (name: string) => `subscription ${name}($id: ID!) { refundUpdated(id: $id) { ${EVENT} } }`;

export const TIMELINES = {
  'apollo-timeline.js': `
    import { gql } from '@apollo/client';
    const query = gql\`${timeline('Timeline')}\`;
    export const openTimeline = (client, id) =>
      client.query({ query, variables: { id }, fetchPolicy: 'network-only' });
    export const follow = (client, id) => {
      const following = client.subscribe({ query: gql\`${updated('Updated')}\`, variables: { id } }).subscribe({});
      return () => following.unsubscribe();
    };`,
  'urql-timeline.js': `
    import { gql } from '@urql/core';
    const query = gql\`${timeline('Timeline')}\`;
    export const openTimeline = (client, id) => client.query(query, { id }, { requestPolicy: 'network-only' }).toPromise();
    export const follow = (client, id) => {
      const following = client.subscription(gql\`${updated('Updated')}\`, { id }).subscribe(() => {});
      return () => following.unsubscribe();
    };`,
  'Refunds-timeline.js': `
    import { fetchQuery, graphql, requestSubscription } from 'relay-runtime';
    const query = graphql\`${timeline('RefundsTimelineQuery')}\`;
    export const openTimeline = (environment, id) => fetchQuery(environment, query, { id }).toPromise();
    export const follow = (environment, id) => {
      const subscription = graphql\`${updated('RefundsTimelineSubscription')}\`;
      const following = requestSubscription(environment, { subscription, variables: { id } });
      return () => following.dispose();
    };`,
} as const;
