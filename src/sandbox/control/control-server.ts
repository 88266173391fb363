/** The control server: plain JSON over HTTP, one verb a path. For tests and for people at a terminal. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { z } from 'zod';
import { type Behaviour, behaviourSchema, type Behaviours, codeOf } from '../http/behaviour.ts';
import {
  add,
  addSchema,
  bendRow,
  bendSchema,
  ControlError,
  type Hand,
  move,
  moveSchema,
  refundName,
  remove,
  resend,
  resendSchema,
} from './by-hand.ts';
import type { Calls } from '../http/calls.ts';
import { answerText, readBody } from '../http/http.ts';
import { PROVIDERS } from '../model.ts';
import { OPERATIONS } from '../simulation.ts';
import { explain, parseJson } from '../parse.ts';
import { quirkSchema, switchQuirk } from './quirks.ts';

export interface ControlParts extends Hand {
  readonly behaviours: Behaviours;
  readonly calls: Calls;
  readonly quirks: Set<string>;
  /** Brings the world up to now. */
  readonly catchUp: () => void;
  /** Has everything that changed kept and followed up. */
  readonly settle: () => Promise<void>;
  readonly log: (line: string) => void;
}

interface Verb {
  readonly about: string;
  /** Takes the parsed body (undefined for GET) and gives the answer's JSON value. */
  readonly run: (body: unknown) => unknown;
}

/** A verb that reads its body by a schema. */
const reading = <Schema extends z.ZodType>(
  schema: Schema,
  about: string,
  run: (asked: z.output<Schema>) => unknown,
): Verb => ({
  about,
  run(body) {
    const read = schema.safeParse(body);
    if (!read.success) throw new ControlError(`The request is wrong: ${explain(read.error)}.`);
    return run(read.data);
  },
});

function verbs(parts: ControlParts): Readonly<Record<string, Verb>> {
  const { behaviours, calls, world, post } = parts;
  return {
    'GET /calls': {
      about: 'requests received by provider and operation since the last reset',
      run: () => calls.report(),
    },
    'POST /calls/reset': { about: 'counts from nought again', run: () => (calls.reset(), { reset: true }) },
    'POST /behave': reading(
      behaviourSchema,
      `a bad day: {provider: ${PROVIDERS.join('|')}|ALL, operations?: [${OPERATIONS.join('|')}], containing?, times?, ` +
        'latencyMs?, answerDelayMs?, status?, hang?, garbage?: html|truncated|huge|empty, reset?, answerLost?, code?, innerCode?, ' +
        'message?, retryAfterS?, redirect?, gzip?, execute?}',
      (asked) => (checkCode(asked, parts), behaviours.set(asked), { behaving: asked }),
    ),
    'POST /behave/reset': { about: 'good days for all', run: () => (behaviours.reset(), { reset: true }) },
    'GET /quirks': { about: 'the quirks that are on', run: () => [...parts.quirks] },
    'POST /quirks': reading(
      quirkSchema,
      `what a provider may do otherwise: {quirk, on? (true)}; ${menuOfQuirks(parts)}`,
      (asked) => switchQuirk(parts, asked),
    ),
    'POST /refunds/move': reading(
      moveSchema,
      "{provider, refundId, status, notify?}: sets a refund's state; status is PENDING, PROCESSING, SUCCEEDED, FAILED, " +
        "CANCELED or a word of the provider's own, e.g. SUSPEND",
      (asked) => move(parts, asked),
    ),
    'POST /refunds/add': reading(
      addSchema,
      'a refund made elsewhere: {provider, merchantRefundId, amount (minor units), providerPaymentId? or merchantPaymentId?, ' +
        'status?, reason?, createdAt? (RFC 3339), members?, without? (as in bend), notify?}',
      (asked) => add(parts, asked),
    ),
    'POST /refunds/bend': reading(
      bendSchema,
      'a row as no page documents it: {provider, refundId, members?: {NAME: any JSON}, without?: [NAME]}',
      (asked) => bendRow(parts, asked),
    ),
    'POST /refunds/remove': reading(refundName, '{provider, refundId}', (asked) => remove(parts, asked)),
    'GET /executed': {
      about: 'per merchant refund id: how often a create was accepted and how often money really moved',
      run: () => executed(world.book.executed()),
    },
    'GET /callbacks': {
      about: 'callbacks still being sent, and the last ones that are done with',
      run: () => ({
        waiting: [...world.book.letters()].map(({ content: _content, id: _id, ...letter }) => letter),
        done: post.done(),
      }),
    },
    'POST /callbacks/resend': reading(
      resendSchema,
      "{provider, refundId, times?}: sends the callback of the refund's present state again",
      (asked) => resend(parts, asked),
    ),
  };
}

const menuOfQuirks = ({ simulations }: ControlParts): string =>
  Object.values(simulations)
    .flatMap(({ quirks }) => Object.entries(quirks))
    .map(([name, about]) => `${name}: ${about}`)
    .join('; ');

function checkCode(behaviour: Behaviour, { simulations }: ControlParts): void {
  const asked = codeOf(behaviour);
  if (asked === null) return;
  for (const name of behaviour.provider === 'ALL' ? PROVIDERS : [behaviour.provider]) {
    if (simulations[name].refusal(asked) !== null) continue;
    if (asked.isInner) throw new ControlError(`${name} has no codes inside its data.`);
    throw new ControlError(`${name}'s codes are whole numbers, not ${asked.code}.`);
  }
}

/** Counts by provider, then by merchant refund id. */
function executed(counts: Readonly<Record<string, object>>): object {
  const answer: Record<string, Record<string, object>> = Object.fromEntries(PROVIDERS.map((name) => [name, {}]));
  for (const [name, count] of Object.entries(counts)) {
    const [provider = '', ...id] = name.split(' ');
    answer[provider] = { ...answer[provider], [id.join(' ')]: count };
  }
  return answer;
}

/** The server, not listening yet. */
export function controlServer(parts: ControlParts): Server {
  const known = verbs(parts);
  const menu = Object.fromEntries(Object.entries(known).map(([name, { about }]) => [name, about]));
  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const text = await readBody(request);
    const name = `${request.method ?? ''} ${(request.url ?? '').split('?', 1).join('')}`;
    const send = (status: number, value: unknown): void =>
      answerText(response, { status, body: `${JSON.stringify(value, null, 2)}\n` });
    if (name === 'GET /') return send(200, menu);
    const verb = known[name];
    if (!verb) return send(404, { error: `There is no ${name}; GET / says what there is.` });
    try {
      parts.catchUp();
      const answer = verb.run(text === null || text === '' ? undefined : parseJson(text));
      if (request.method === 'POST') await parts.settle();
      return send(200, answer);
    } catch (error) {
      if (error instanceof ControlError) return send(400, { error: error.message });
      throw error;
    }
  }
  return createServer((request, response) => {
    handle(request, response).catch((error: unknown) => {
      if (request.destroyed) return response.destroy();
      parts.log(`The control server failed: ${String(error)}`);
      return answerText(response, { status: 500, body: '{"error":"The control server failed."}' });
    });
  });
}
