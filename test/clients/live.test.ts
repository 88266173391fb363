/**
 * Promise: the clients that frontends use follow refunds, lose their server, go on at another one, and get
 * every event once.
 */
import { ApolloClient, gql as apolloGql, InMemoryCache } from '@apollo/client';
import { GraphQLWsLink } from '@apollo/client/link/subscriptions';
import { Client as UrqlClient, gql as urqlGql, subscriptionExchange } from '@urql/core';
import { createClient } from 'graphql-ws';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, expect, it, onTestFinished, vi } from 'vitest';
import { z } from 'zod';
import { wholeLog, write } from '../feed/writing.ts';
import { describeOnEachDatabase } from '../support/database.ts';
import { openFrontDoor } from '../support/front-door.ts';
import { writeSnippets } from './snippets.ts';

/** The lines of docs/live.md. */
const snippets = writeSnippets({});
afterAll(snippets.remove);
const { carryOn } = await snippets.load('live.js');

const QUERY =
  'subscription Follow($after: EventCursor) { refundEvents(after: $after) { cursor status refund { id status } } }';
const told = z.object({ refundEvents: z.object({ cursor: z.string() }) });

/** Follows with a client; what it was told goes to `hear`. Returns how to stop. */
type Follow = (client: ReturnType<typeof createClient>, hear: (data: unknown) => void) => () => void;

const withUrql: Follow = (sockets, hear) => {
  const client = new UrqlClient({
    url: 'http://unused',
    preferGetMethod: false,
    exchanges: [
      subscriptionExchange({
        forwardSubscription: ({ query = '', variables }) => ({
          subscribe: (sink) => ({
            unsubscribe: sockets.subscribe(
              { query, variables: { ...variables } },
              {
                next: ({ data = null }) => sink.next({ data }),
                error: (problem) => sink.error(problem),
                complete: () => sink.complete(),
              },
            ),
          }),
        }),
      }),
    ],
  });
  const following = client.subscription(urqlGql(QUERY), {}).subscribe(({ data }) => hear(data));
  return () => following.unsubscribe();
};

const withApollo: Follow = (sockets, hear) => {
  const client = new ApolloClient({ link: new GraphQLWsLink(sockets), cache: new InMemoryCache() });
  const following = client.subscribe({ query: apolloGql(QUERY) }).subscribe(({ data }) => hear(data));
  return () => {
    following.unsubscribe();
    client.stop();
  };
};

describeOnEachDatabase('a client', (database) => {
  it.each([
    ['urql', withUrql],
    ['Apollo Client', withApollo],
  ] as const)('carries on: %s', async (_name, follow) => {
    const ledger = await database.open();
    const first = await openFrontDoor(ledger);
    const second = await openFrontDoor(await database.another());
    onTestFinished(() => second.stop());
    let url = first.socketUrl;
    const sockets = createClient({
      url: () => url,
      retryAttempts: 100,
      retryWait: () => pause(100),
      shouldRetry: () => true,
    });
    const cursors: string[] = [];
    const leave = follow(carryOn(sockets), (data) => cursors.push(told.parse(data).refundEvents.cursor));
    onTestFinished(leave);
    await vi.waitFor(() => expect(first.feed.followers()).toBe(1), 5_000);

    const tell = (...refunds: readonly number[]) =>
      write(ledger, { refunds, finished: false, holdMs: 0, undone: false });
    await tell(0, 1);
    await vi.waitFor(() => expect(cursors).toHaveLength(2));
    url = second.socketUrl;
    const stopped = first.stop();
    await tell(2, 3);
    await stopped;
    await tell(4);
    const log = (await wholeLog(ledger)).map(first.feed.cursors.write);
    await vi.waitFor(() => expect(cursors).toEqual(log), 10_000);
  });
});
