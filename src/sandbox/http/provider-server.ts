/** One simulated provider on HTTP: routes, counts, misbehaves when told to, else answers as its simulation does. */
import { createServer, STATUS_CODES, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { type Behaviour, type Behaviours, executes } from './behaviour.ts';
import type { Calls } from './calls.ts';
import { answerJson, readBody } from './http.ts';
import { misbehave } from './misbehave.ts';
import type { Simulation } from '../simulation.ts';

export interface ProviderServerParts {
  readonly simulation: Simulation;
  readonly behaviours: Behaviours;
  readonly calls: Calls;
  /** Brings the world up to now; called right before a request is carried out. */
  readonly catchUp: () => void;
  readonly log: (line: string) => void;
  /** Ends what waits when the sandbox closes. */
  readonly closing: AbortSignal;
}

const httpError = (status: number): string => JSON.stringify({ status, error: STATUS_CODES[status] ?? 'Error' });

/** The server, not listening yet. */
export function providerServer(parts: ProviderServerParts): Server {
  return createServer((request, response) => {
    handle(request, response, parts).catch((error: unknown) => {
      if (parts.closing.aborted || request.destroyed) return response.destroy();
      parts.log(`${parts.simulation.provider} sandbox: ${String(error)}`);
      return response.headersSent ? response.destroy() : answerJson(response, 500, httpError(500));
    });
  });
}

async function handle(request: IncomingMessage, response: ServerResponse, parts: ProviderServerParts): Promise<void> {
  const { simulation, behaviours, calls } = parts;
  const [path = '', search = ''] = (request.url ?? '').split(/\?(.*)/s);
  const onPath = simulation.routes.filter((route) => route.path === path);
  const route = onPath.find(({ method }) => method === request.method);
  response.on('close', calls.arrived(simulation.provider, route?.operation ?? 'other'));
  const body = await readBody(request);
  if (!route) return answerJson(response, onPath.length > 0 ? 405 : 404, httpError(onPath.length > 0 ? 405 : 404));
  const isJson = /^application\/json\b/i.test(request.headers['content-type'] ?? '');
  if (route.method === 'POST' && !isJson) return answerJson(response, 415, httpError(415));
  const { operation } = route;
  const { headers } = request;
  const carryOut = async (): Promise<string> => {
    if (body === null) throw new Error('a body that is too large or not UTF-8');
    parts.catchUp();
    return simulation.answer({ operation, search, headers, body });
  };
  if (body === null) return answerJson(response, 400, httpError(400));
  const behaviour = behaviours.take(simulation.provider, operation);
  if (!behaviour) return answerJson(response, 200, await carryOut());
  return misbehaving(behaviour, response, carryOut, parts);
}

/** A wait does not end when the caller hangs up: what was sent is carried out all the same, as at a real provider. */
async function misbehaving(
  behaviour: Behaviour,
  response: ServerResponse,
  carryOut: () => Promise<string>,
  parts: ProviderServerParts,
): Promise<void> {
  const { latencyMs = 0, answerDelayMs = 0, code, status = 200 } = behaviour;
  if (latencyMs > 0) await pause(latencyMs, undefined, { signal: parts.closing });
  const answer = executes(behaviour) ? await carryOut() : null;
  if (answerDelayMs > 0) await pause(answerDelayMs, undefined, { signal: parts.closing });
  const asIfWell = code === undefined ? answer : parts.simulation.refusal(code);
  const hidden = asIfWell === null || (code === undefined && status >= 300);
  misbehave(response, behaviour, hidden ? httpError(status) : asIfWell);
}
