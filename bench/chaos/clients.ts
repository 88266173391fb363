/** Frontends: each call as a client makes it over HTTP, and what came of it. */
import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import { SIMULATED } from '../../src/sandbox/providers.ts';
import type { Plan } from './plan.ts';
import { currencyOf, providerOf } from './providers.ts';
import type { Call, SeenRefund } from './records.ts';

const REFUND = '{ id merchantRefundId status }';
const VERBS = {
  create: `mutation ($input: CreateRefundInput!) { result: createRefund(input: $input) { __typename
    ... on CreateRefundSuccess { replayed refund ${REFUND} }
    ... on Error { message }
    ... on IdempotencyConflictError { existing ${REFUND} }
    ... on ProviderRejectedError { refund ${REFUND} } } }`,
  retry: `mutation ($id: ID!) { result: retryRefund(id: $id) { __typename
    ... on RetryRefundSuccess { refund ${REFUND} }
    ... on Error { message }
    ... on ProviderRejectedError { refund ${REFUND} } } }`,
  refresh: `mutation ($id: ID!) { result: refreshRefund(id: $id) { __typename
    ... on RefreshRefundSuccess { refund ${REFUND} }
    ... on Error { message } } }`,
} as const;

const seen = z.object({ id: z.string(), merchantRefundId: z.string(), status: z.string() });
const answered = z.object({
  data: z
    .object({
      result: z
        .object({
          __typename: z.string(),
          replayed: z.boolean().optional(),
          message: z.string().optional(),
          refund: seen.optional(),
          existing: seen.nullable().optional(),
        })
        .nullable(),
    })
    .nullish(),
  errors: z
    .array(z.object({ message: z.string(), extensions: z.looseObject({ code: z.string().optional() }).optional() }))
    .optional(),
});

const DEADLINE_MS = 30_000;

export interface Clients {
  /** Every call that was made, in the order in which they ended. */
  readonly calls: readonly Call[];
  readonly create: (plan: Plan, instance: number, how?: CreateHow) => Promise<Call>;
  readonly retry: (plan: Plan, instance: number, refund: SeenRefund) => Promise<Call>;
  readonly refresh: (plan: Plan, instance: number, refund: SeenRefund) => Promise<Call>;
  /** How many refunds an instance knows in a status. Throws when it does not answer. */
  readonly count: (instance: number) => Promise<ReadonlyMap<string, number>>;
}

interface CreateHow {
  readonly verb?: 'create' | 'misuse' | 'replay';
  readonly hangUpAfterMs?: number | null;
}

/** Clients of the instances at these addresses. */
export function openClients(instances: readonly string[]): Clients {
  const calls: Call[] = [];

  async function ask(instance: number, query: string, variables: object, signal: AbortSignal): Promise<unknown> {
    const response = await fetch(`${instances[instance % instances.length] ?? ''}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query, variables }),
      signal,
    });
    return response.json();
  }

  async function call(
    { key }: Plan,
    instance: number,
    verb: Call['verb'],
    query: string,
    variables: object,
    hangUpAfterMs: number | null = null,
  ): Promise<Call> {
    const at = Date.now();
    const leaving = new AbortController();
    const left = hangUpAfterMs === null ? null : setTimeout(() => leaving.abort(), hangUpAfterMs);
    let answer: Call['answer'] = null;
    try {
      const signal = AbortSignal.any([leaving.signal, AbortSignal.timeout(DEADLINE_MS)]);
      answer = answerOf(await ask(instance, query, variables, signal));
    } catch {
      // Killed meanwhile, not running, or the client itself hung up: no answer.
    }
    if (left !== null) clearTimeout(left);
    const ended = { at, key, verb, instance: instance % instances.length, endedAt: Date.now(), answer };
    calls.push(ended);
    return ended;
  }

  return {
    calls,
    create: (plan, instance, { verb = 'create', hangUpAfterMs = null } = {}) =>
      call(plan, instance, verb, VERBS.create, { input: inputOf(plan, verb === 'misuse') }, hangUpAfterMs),
    retry: (plan, instance, { id }) => call(plan, instance, 'retry', VERBS.retry, { id }),
    refresh: (plan, instance, { id }) => call(plan, instance, 'refresh', VERBS.refresh, { id }),
    count: async (instance) => {
      const query = '{ refundSummary(groupBy: [STATUS]) { status count } }';
      const json = await ask(instance, query, {}, AbortSignal.timeout(DEADLINE_MS));
      const { data } = summary.parse(json);
      return new Map(data.refundSummary.map(({ status, count }) => [status, count]));
    },
  };
}

const summary = z.object({
  data: z.object({ refundSummary: z.array(z.object({ status: z.string(), count: z.number() })) }),
});

function answerOf(json: unknown): Call['answer'] {
  const { data, errors } = answered.parse(json);
  const result = data?.result;
  if (result === null || result === undefined) {
    const [error] = errors ?? [];
    const type = `error ${error?.extensions?.code ?? 'without a code'}`;
    return { type, replayed: null, refund: null, message: error?.message ?? null };
  }
  const { __typename: type, replayed = null, message = null, refund, existing } = result;
  return { type, replayed, refund: refund ?? existing ?? null, message };
}

function inputOf({ key, account, merchantRefundId, payment, amount }: Plan, misused: boolean): object {
  const minor = (misused ? amount + 1n : amount).toString().padStart(3, '0');
  return {
    idempotencyKey: key,
    account,
    ...(merchantRefundId === null ? {} : { merchantRefundId }),
    [SIMULATED[providerOf(account)].createNames]: payment,
    amount: { amount: `${minor.slice(0, -2)}.${minor.slice(-2)}`, currency: currencyOf(account) },
    reason: key,
  };
}

/** Whether the client need not ask again: the refund is recorded, or will not be. */
const isDefinite = ({ answer }: Call): boolean =>
  answer !== null && !answer.type.startsWith('error') && answer.type !== 'PaymentBusyError';

const LONGEST_PAUSE_MS = 2_000;

/** A client that comes again, here and there, with growing pauses, until it knows; null when it gave up. */
export async function insist(clients: Clients, plan: Plan, from: number, tries = 60): Promise<Call | null> {
  for (let attempt = 0; attempt < tries; attempt += 1) {
    const call = await clients.create(plan, from + attempt);
    if (isDefinite(call)) return call;
    await pause(Math.min(200 * 1.5 ** attempt, LONGEST_PAUSE_MS));
  }
  return null;
}

/** All that the client of a plan does, to its end. */
export async function live(clients: Clients, plan: Plan): Promise<void> {
  const { calls, hangsUpAfterMs, retries, refreshes, misuses } = plan.client;
  const first = calls[0]?.instance ?? 0;
  if (hangsUpAfterMs !== null) {
    await clients.create(plan, first, { hangUpAfterMs: hangsUpAfterMs });
    return;
  }
  const made = await Promise.all(
    calls.map(async ({ afterMs, instance }) => {
      await pause(afterMs);
      return clients.create(plan, instance);
    }),
  );
  const known = made.find(isDefinite) ?? (await insist(clients, plan, first, 8));
  const refund = known?.answer?.refund ?? null;
  if (refund === null) return;
  if (misuses) await clients.create(plan, first, { verb: 'misuse' });
  if (refreshes) await clients.refresh(plan, first, refund);
  for (let again = 0; again < retries; again += 1) {
    await pause(1_500);
    // Of two at once one sends.
    await Promise.all([clients.retry(plan, first, refund), clients.retry(plan, first + 1, refund)]);
  }
}
