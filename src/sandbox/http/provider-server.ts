/**
 * One simulated provider on HTTP: counts, misbehaves when told to, and else answers as its simulation does.
 */
import { createServer, STATUS_CODES, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import type { Answer, Simulation } from '../simulation.ts';
import { type Behaviour, type Behaviours, codeOf, executes } from './behaviour.ts';
import type { Calls } from './calls.ts';
import { answerText, readBody } from './http.ts';
import { misbehave } from './misbehave.ts';
import { routed } from './route.ts';

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

const httpError = (status: number): Answer & { readonly status: number } => ({
  status,
  body: JSON.stringify({ status, error: STATUS_CODES[status] ?? 'Error' }),
});

/** The server, not listening yet. */
export function providerServer(parts: ProviderServerParts): Server {
  return createServer((request, response) => {
    handle(request, response, parts).catch((error: unknown) => {
      if (parts.closing.aborted || request.destroyed) return response.destroy();
      parts.log(`${parts.simulation.provider} sandbox: ${String(error)}`);
      return response.headersSent ? response.destroy() : answerText(response, httpError(500));
    });
  });
}

async function handle(request: IncomingMessage, response: ServerResponse, parts: ProviderServerParts): Promise<void> {
  const { simulation, behaviours, calls } = parts;
  const [path = '', search = ''] = (request.url ?? '').split(/\?(.*)/s);
  const { method = '', headers } = request;
  const found = routed(simulation.routes, method, path);
  const operation = typeof found === 'number' ? 'other' : found.route.operation;
  response.on('close', calls.arrived(simulation.provider, operation));
  const body = await readBody(request);
  if (typeof found === 'number') return answerText(response, httpError(found));
  const isJson = /^application\/json\b/i.test(headers['content-type'] ?? '');
  if (method === 'POST' && !isJson) return answerText(response, httpError(415));
  if (body === null) return answerText(response, httpError(400));
  const { route, parameters } = found;
  const carryOut = (): Promise<Answer> => {
    parts.catchUp();
    return simulation.answer({ operation: route.operation, method, path, parameters, search, headers, body });
  };
  const behaviour = behaviours.take(simulation.provider, route.operation, `${request.url} ${body}`);
  if (!behaviour) return answerText(response, await carryOut());
  const answer = await answerUnder(behaviour, carryOut, parts);
  return misbehave(response, behaviour, answer);
}

/** A wait goes on when the caller hangs up: a request that was sent is carried out, as at a real provider. */
async function answerUnder(
  behaviour: Behaviour,
  carryOut: () => Promise<Answer>,
  parts: ProviderServerParts,
): Promise<Answer> {
  const { latencyMs = 0, answerDelayMs = 0, status = 200 } = behaviour;
  if (latencyMs > 0) await pause(latencyMs, undefined, { signal: parts.closing });
  const answer = executes(behaviour) ? await carryOut() : null;
  if (answerDelayMs > 0) await pause(answerDelayMs, undefined, { signal: parts.closing });
  const code = codeOf(behaviour);
  const said = code === null ? (status < 300 ? answer : null) : parts.simulation.refusal(code);
  return said ?? httpError(status);
}
