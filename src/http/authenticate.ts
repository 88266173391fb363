/** Callers of HTTP requests: asked for before anything of the request is read. */
import type { Plugin } from 'graphql-yoga';
import type { Caller } from '../graphql/context.ts';
import type { Tell } from '../operator/event.ts';
import { KeysUnavailableError, UnauthenticatedError, type Identify } from './identity.ts';

/**
 * Answers a request without a valid token with 401 and a GraphQL error. GraphiQL's page is served without
 * one, so that a token can be typed in there.
 */
export function createAuthentication(identify: Identify, tell: Tell) {
  const callers = new WeakMap<Request, Caller>();
  const plugin: Plugin = {
    onRequestParse: async ({ request, endResponse, fetchAPI }) => {
      try {
        callers.set(request, await identify(request.headers.get('authorization')));
      } catch (error) {
        const { status, code, message } = refusal(error, tell);
        const headers = status === 401 ? { 'www-authenticate': 'Bearer' } : { 'retry-after': '5' };
        endResponse(fetchAPI.Response.json({ errors: [{ message, extensions: { code } }] }, { status, headers }));
      }
    },
  };
  return {
    plugin,
    /** The caller of a request that passed. */
    callerOf: (request: Request): Caller => {
      const caller = callers.get(request);
      if (caller === undefined) throw new Error('the request came around the gate');
      return caller;
    },
  };
}

/** What a caller is told whose token was not taken. Rethrows what has nothing to do with tokens. */
export function refusal(error: unknown, tell: Tell) {
  if (error instanceof UnauthenticatedError) {
    return { status: 401, code: 'UNAUTHENTICATED', message: error.message } as const;
  }
  if (!(error instanceof KeysUnavailableError)) throw error;
  tell({ kind: 'tokens-unchecked', error });
  return { status: 503, code: 'UNAVAILABLE', message: 'Tokens can not be checked now; try again.' } as const;
}
