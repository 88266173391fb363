/** What goes on while servers are restarted: clients query, make refunds and listen, all by the proxy. */
import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import { subscribe, TRANSPORTS } from '../../test/support/live-clients.ts';
import { openClients } from '../chaos/clients.ts';
import { calmPlan, type Plan } from '../chaos/plan.ts';
import { ACCOUNTS } from '../chaos/providers.ts';
import type { Call } from '../chaos/records.ts';
import type { StandIn } from '../chaos/stand-in.ts';

/** Clients that query all the time, and clients that make refunds with a pause between them. */
const READERS = 4;
const MAKERS = 3;
const MAKERS_PAUSE_MS = 150;
/** Subscribers over each transport. They come again when they are cut, as clients do. */
const LISTENERS = 2;

const QUERIES = [
  '{ accounts { key } }',
  '{ refunds(first: 5, read: LEDGER) { nodes { id status amount { amount currency } } } }',
  '{ refundSummary(groupBy: [STATUS]) { status count } }',
];
const told = z.object({ data: z.object({ refundEvents: z.object({ cursor: z.string() }) }) });
const EVENTS = 'subscription ($after: EventCursor) { refundEvents(after: $after) { cursor } }';

export interface Failure {
  readonly at: number;
  readonly what: string;
}

/** Begins. Everybody asks the server at `url` and no other. */
export async function startLoad(url: string, standIn: StandIn) {
  const clients = openClients([url]);
  // All listen from here on, whenever each of them is connected.
  const beginning = await latestCursor(url);
  const plans: Plan[] = [];
  const failures: Failure[] = [];
  const tookMs: number[] = [];
  let going = true;

  async function read(reader: number): Promise<void> {
    for (let nth = reader; going; nth += 1) {
      const at = performance.now();
      const failure = await ask(url, QUERIES[nth % QUERIES.length] ?? '');
      tookMs.push(performance.now() - at);
      if (failure !== null) failures.push({ at: Date.now(), what: `query: ${failure}` });
    }
  }

  async function make(): Promise<void> {
    while (going) {
      const nth = plans.length;
      const plan = calmPlan(`roll-${nth}`, ACCOUNTS[nth % ACCOUNTS.length] ?? 'chain', `OWN${nth}`, 100n);
      plans.push(plan);
      standIn.expect(plan);
      const call = await clients.create(plan, 0);
      const failure = failureOf(call);
      if (failure !== null) failures.push({ at: Date.now(), what: `create ${plan.key}: ${failure}` });
      await pause(MAKERS_PAUSE_MS);
    }
  }

  const listeners = TRANSPORTS.flatMap((transport) =>
    Array.from({ length: LISTENERS }, () => {
      const cursors: string[] = [];
      const variables: Record<string, unknown> = { after: beginning };
      const listening = subscribe({
        transport,
        url: `${url}/graphql`,
        query: EVENTS,
        variables,
        retries: 10_000,
        onResult: (result) => {
          const { cursor } = told.parse(result).data.refundEvents;
          variables['after'] = cursor;
          cursors.push(cursor);
        },
      });
      return { transport, cursors, leave: listening.leave, ended: listening.ended };
    }),
  );

  const working = [...Array.from({ length: READERS }, (_, nth) => read(nth)), ...Array.from({ length: MAKERS }, make)];
  return {
    clients,
    plans,
    failures,
    /** How long each query took, in milliseconds. */
    tookMs,
    listeners,
    /** Lets all calls finish. The listeners stay. */
    stop: async (): Promise<void> => {
      going = false;
      await Promise.all(working);
    },
  };
}

async function latestCursor(url: string): Promise<string> {
  const response = await post(url, '{ latestEventCursor }');
  return z.object({ data: z.object({ latestEventCursor: z.string() }) }).parse(await response.json()).data
    .latestEventCursor;
}

const post = (url: string, query: string): Promise<Response> =>
  fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query }),
    signal: AbortSignal.timeout(30_000),
  });

/** What failed; null: it was answered. */
async function ask(url: string, query: string): Promise<string | null> {
  try {
    const response = await post(url, query);
    const text = await response.text();
    return response.status === 200 && !text.includes('"errors"') ? null : `${response.status} ${text.slice(0, 200)}`;
  } catch (error) {
    return String(error instanceof Error ? (error.cause ?? error) : error);
  }
}

function failureOf({ answer }: Call): string | null {
  if (answer === null) return 'no answer';
  return answer.type === 'CreateRefundSuccess' ? null : `${answer.type} ${answer.message ?? ''}`;
}
