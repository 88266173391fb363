/** One provider of the stand-in on HTTP: a create meets the fate of its plan, a query mostly the truth. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import { answerText, readBody } from '../../src/sandbox/http/http.ts';
import { routed } from '../../src/sandbox/http/route.ts';
import type { ProviderName } from '../../src/sandbox/model.ts';
import { parseJson } from '../../src/sandbox/parse.ts';
import type { Random } from '../../src/sandbox/random.ts';
import type { ShoutuKeys } from '../../src/sandbox/shoutu/keys.ts';
import type { Answer, ProviderRequest, Simulation, World, WorldWith } from '../../src/sandbox/simulation.ts';
import { between, pick } from '../../src/sandbox/random.ts';
import { weighted } from './chance.ts';
import { fateOf, type Answering, type Plan } from './plan.ts';
import type { Arrival, Moment } from './records.ts';
import { TRAITS } from './providers.ts';
import { shoutuCreate } from './shoutu-create.ts';

export interface ProviderServerParts {
  /** Carries creates out. */
  readonly simulation: Simulation;
  /** Answers queries. */
  readonly shown: Simulation;
  readonly world: World;
  /** The same, for Shoutu's create. */
  readonly shoutu: WorldWith<ShoutuKeys>;
  readonly plans: ReadonlyMap<string, Plan>;
  readonly arrivals: Arrival[];
  readonly instances: readonly string[];
  readonly random: Random;
  readonly later: (afterMs: number, work: () => void) => void;
  readonly moment: (moment: Moment, instance: number) => void;
}

/** The server, not listening yet. */
export function providerServer(parts: ProviderServerParts): Server {
  return createServer((request, response) => {
    handle(request, response, parts).catch(() => response.destroy());
  });
}

async function handle(request: IncomingMessage, response: ServerResponse, parts: ProviderServerParts): Promise<void> {
  const [path = '', search = ''] = (request.url ?? '').split(/\?(.*)/s);
  const { method = '', headers } = request;
  const found = routed(parts.simulation.routes, method, path);
  const body = await readBody(request);
  if (typeof found === 'number' || body === null) return void response.writeHead(404).end();
  const { operation } = found.route;
  const asked = { operation, method, path, parameters: found.parameters, search, headers, body };
  if (operation !== 'create') return question(asked, response, parts);
  return create(asked, response, parts);
}

const named = z.object({ key: z.string(), id: z.string(), amount: z.string(), notifyUrl: z.string() });

/** What a create says, by the wire's names. */
function readCreate(provider: ProviderName, body: string): z.infer<typeof named> | null {
  const outer = z.looseObject({ param: z.string().optional() }).safeParse(parseJson(body)).data ?? {};
  const wire = z.record(z.string(), z.unknown()).safeParse(parseJson(outer.param ?? body)).data ?? {};
  const [key, id, amount, notifyUrl] = TRAITS[provider].wireNames.map((name) => wire[name]);
  return named.safeParse({ key, id, amount: String(amount), notifyUrl }).data ?? null;
}

async function create(asked: ProviderRequest, response: ServerResponse, parts: ProviderServerParts): Promise<void> {
  const { simulation, plans, arrivals, instances, world, later, moment } = parts;
  const { provider } = simulation;
  const said = readCreate(provider, asked.body);
  const plan = plans.get(said?.key ?? '');
  if (said === null || plan === undefined) return void response.writeHead(400).end();
  const { key, account } = plan;
  const instance = instances.findIndex((url) => said.notifyUrl.startsWith(`${url}/`));
  const wasKnown = world.book.refund(provider, said.id) !== undefined;
  // A refund that the provider has can be refused, too: balances and sums may be checked before the id.
  const fate = fateOf(plan, arrivals.filter((one) => one.key === key).length);
  const arrival: Arrival = {
    at: Date.now(),
    key,
    account,
    merchantRefundId: said.id,
    amount: BigInt(said.amount.replace('.', '')),
    instance,
    fate,
    wasKnown,
  };
  arrivals.push(arrival);
  moment('create came', instance);
  const carryOut = async (): Promise<Answer> => {
    const answer =
      provider === 'SHOUTU' ? { body: await shoutuCreate(asked.body, parts.shoutu) } : await simulation.answer(asked);
    moment('create executed', instance);
    return answer;
  };
  response.on('finish', () => moment('create answered', instance));
  switch (fate.deed) {
    case 'late':
      later(fate.pauseMs, () => void carryOut());
      return give(response, fate.answer, null, simulation);
    case 'nothing':
      await pause(fate.pauseMs);
      return give(response, fate.answer, null, simulation);
    case 'execute': {
      await pause(fate.pauseMs);
      return give(response, fate.answer, await carryOut(), simulation);
    }
  }
}

/** Answers, in one of many ways. `whole` is the good answer, where there is one. */
function give(response: ServerResponse, how: Answering, whole: Answer | null, { provider, refusal }: Simulation): void {
  const traits = TRAITS[provider];
  const { saidKnown } = traits;
  const no = (code: string): void => answerText(response, refusal({ code, isInner: false }) ?? { body: '' });
  switch (how) {
    case 'well':
      return answerText(response, whole ?? { body: saidKnown });
    case 'refusal':
      return no(traits.refusal);
    case 'busy':
      return no(traits.busy);
    case 'unclear':
      return no(traits.unclear);
    case 'said known':
      return answerText(response, { body: saidKnown });
    case 'reset':
      return void response.socket?.resetAndDestroy();
    case 'hang':
      return undefined;
    case 'http 500':
      return answerText(response, { status: 500, body: '{"error":"Internal Server Error"}' });
    case 'html':
      return void response.writeHead(200, { 'content-type': 'text/html' }).end('<html><h1>Bad Gateway</h1></html>');
    case 'truncated':
      return answerText(response, { ...whole, body: (whole?.body ?? saidKnown).slice(0, 20) });
  }
}

const BAD_ANSWERS = [
  'reset',
  'hang',
  'http 500',
  'html',
  'truncated',
  'unclear',
] as const satisfies readonly Answering[];

async function question(asked: ProviderRequest, response: ServerResponse, parts: ProviderServerParts): Promise<void> {
  const { shown, random, moment, simulation } = parts;
  const how = weighted(random, [
    ['well', 80],
    ['slow', 8],
    ['bad', 12],
  ]);
  const late = how === 'slow' ? between(random, 50, 900) : 0;
  moment('query came', ASKER);
  // The answer is as old as the wait.
  const answer = await shown.answer(asked);
  if (late > 0) await pause(late);
  response.on('finish', () => moment('query answered', ASKER));
  give(response, how === 'bad' ? pick(random, BAD_ANSWERS) : 'well', answer, simulation);
}

/** A query does not say which instance sent it. */
const ASKER = -1;
