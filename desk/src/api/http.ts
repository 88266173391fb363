/** Queries and mutations over HTTP. An answer with errors is thrown: a list that came as null would empty a screen. */
import type { GraphQLResponse, RequestParameters, Variables } from 'relay-runtime';
import { failureIn, isFields, type Fields } from './answer.ts';
import { ApiFailure } from './failure.ts';
import { renewToken, tokenNow } from './token.ts';

/** An answer that takes longer than this is given up, in milliseconds. */
const PATIENCE_MS = 30_000;

async function send(body: string, token: string | null): Promise<Fields> {
  const headers: Record<string, string> = { 'content-type': 'application/json' };
  if (token !== null) headers['authorization'] = `Bearer ${token}`;
  const signal = AbortSignal.timeout(PATIENCE_MS);
  try {
    const response = await fetch('/graphql', { method: 'POST', headers, body, signal });
    const answer: unknown = await response.json();
    if (isFields(answer)) return answer;
  } catch {
    // No connection, or an answer that is no JSON.
  }
  throw new ApiFailure('OFFLINE', 'The server can not be reached.');
}

const underWay = new Map<string, Set<Promise<unknown>>>();

/** Resolves when no question of this name is under way. */
export async function answered(name: string): Promise<void> {
  for (let asked = underWay.get(name); asked !== undefined && asked.size > 0;) await Promise.allSettled(asked);
}

/** Asks, for Relay. Rejects with an `ApiFailure`. */
export function ask(request: RequestParameters, variables: Variables): Promise<GraphQLResponse> {
  const asked = underWay.get(request.name) ?? new Set();
  underWay.set(request.name, asked);
  const answer = askNow(request, variables).finally(() => asked.delete(answer));
  asked.add(answer);
  return answer;
}

/** Asks once, and a second time with a fresh token where the first was refused. */
async function askNow({ name, text }: RequestParameters, variables: Variables): Promise<GraphQLResponse> {
  const body = JSON.stringify({ operationName: name, query: text, variables });
  const token = tokenNow();
  let answer = await send(body, token);
  const isRefused = failureIn(answer['errors'])?.code === 'UNAUTHENTICATED';
  if (isRefused && (await renewToken(token))) answer = await send(body, tokenNow());
  const failure = failureIn(answer['errors']);
  if (failure !== null) throw failure;
  if (!isFields(answer['data'])) throw new ApiFailure('OFFLINE', 'The answer has no data.');
  return { data: answer['data'] };
}
