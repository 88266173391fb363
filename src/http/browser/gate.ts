/**
 * The gate: what is looked at before anything else of a request, and what browsers are told with every
 * answer, refusals included.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AllowsOrigin } from './origin.ts';

/** Nothing of an answer is a page, unless its route says so. */
const HEADERS = {
  'x-content-type-options': 'nosniff',
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
} as const;

/** How long a browser may remember what a preflight said, in seconds: the longest that any keeps it. */
const PREFLIGHT_SECONDS = 7_200;

const METHODS = 'GET, POST, OPTIONS';
/** What a page may read of an answer beside its body. */
const READABLE = 'retry-after, x-request-id';

/** What is wrong with the Host of a request, or null. Node itself refuses an HTTP/1.1 request without one. */
export function hostProblem({ headers, rawHeaders }: IncomingMessage): string | null {
  const sent = rawHeaders.filter((text, index) => index % 2 === 0 && text.toLowerCase() === 'host').length;
  if (sent > 1) return 'Send one Host.';
  const { host } = headers;
  if (host === undefined) return null;
  const isName = /^(?:[\w.~-]+|\[[\da-f:.]+\])(?::\d{1,5})?$/i.test(host) && URL.canParse(`http://${host}`);
  return isName ? null : 'The Host is no name of a server.';
}

/**
 * Makes the gate. It answers a request itself, and then says true: a Host that is no name (400), a page that
 * may not call (403), a browser's question before a call (204).
 */
export const createGate =
  (allowsOrigin: AllowsOrigin) =>
  (request: IncomingMessage, response: ServerResponse): boolean => {
    for (const [name, value] of Object.entries(HEADERS)) response.setHeader(name, value);
    const problem = hostProblem(request);
    if (problem !== null) {
      response.setHeader('connection', 'close');
      refuse(response, 400, { message: problem, code: 'BAD_REQUEST' });
      return true;
    }
    if (isForMachines(request)) return false;
    const { origin = null, host = '' } = request.headers;
    response.setHeader('vary', 'Origin, Accept-Encoding');
    if (!allowsOrigin(origin, host)) {
      const message =
        origin === null
          ? `This server does not go by the name ${host}. If it should, set PUBLIC_URL to it.`
          : `Pages of ${origin.slice(0, 100)} may not call this server.`;
      refuse(response, 403, { message, code: 'FORBIDDEN' });
      return true;
    }
    if (origin !== null) {
      response.setHeader('access-control-allow-origin', origin);
      response.setHeader('access-control-expose-headers', READABLE);
    }
    if (request.method !== 'OPTIONS') return false;
    answerPreflight(request, response);
    return true;
  };

/** Providers and probes come under any name, and never from a page. */
const isForMachines = ({ url = '' }: IncomingMessage): boolean => /^\/(?:notify\/|health\/)/.test(url);

function refuse(
  response: ServerResponse,
  status: number,
  { message, code }: { readonly message: string; readonly code: string },
): void {
  response
    .writeHead(status, { 'content-type': 'application/json' })
    .end(JSON.stringify({ errors: [{ message, extensions: { code } }] }));
}

/** A token is sent by the page itself: nothing that a browser would add by itself counts here. */
function answerPreflight({ headers }: IncomingMessage, response: ServerResponse): void {
  response.setHeader('allow', METHODS);
  if (headers.origin !== undefined && headers['access-control-request-method'] !== undefined) {
    response.setHeader('vary', 'Origin, Access-Control-Request-Headers');
    response.setHeader('access-control-allow-methods', METHODS);
    response.setHeader('access-control-max-age', PREFLIGHT_SECONDS);
    const asked = headers['access-control-request-headers'] ?? '';
    if (/^[\w\-, ]+$/.test(asked)) response.setHeader('access-control-allow-headers', asked);
  }
  response.writeHead(204).end();
}
