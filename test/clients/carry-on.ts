/**
 * The lines of docs/live.md: a graphql-ws client whose subscriptions go on from their last cursor after a
 * reconnect.
 */
import type { Client } from 'graphql-ws';

export const carryOn = (client: Client): Client => ({
  ...client,
  subscribe: (payload, sink) => {
    const variables = { ...payload.variables };
    return client.subscribe<Record<string, { cursor?: string } | null>>(
      { ...payload, variables },
      {
        ...sink,
        next: (result) => {
          // Read again at each connection. The document passes it on: refundEvents(after: $after).
          for (const event of Object.values(result.data ?? {}))
            variables['after'] = event?.cursor ?? variables['after'];
          // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the type of the caller
          sink.next(result as Parameters<typeof sink.next>[0]);
        },
      },
    );
  },
});
