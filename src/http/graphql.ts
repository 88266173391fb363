/** GraphQL over HTTP by Yoga, with GraphiQL served from this server and no other. */
import type { IncomingMessage } from 'node:http';
import { createYoga, type GraphiQLOptions, type Plugin, type YogaServerInstance } from 'graphql-yoga';
import { GraphQLError, type DocumentNode, type GraphQLSchema } from 'graphql';
import type { ServerOptions, SubscribePayload } from 'graphql-ws';
import type { Caller, Context } from '../graphql/context.ts';
import { createLoaders } from '../graphql/loaders.ts';
import { createAudit } from '../graphql/personal-data.ts';
import type { Services } from '../graphql/services.ts';
import { senderOf } from '../callbacks/sender.ts';
import type { Bills } from '../ledger/bills.ts';
import type { Tell } from '../operator/event.ts';
import type { NewId } from '../flow/clock.ts';
import { createAuthentication } from './authenticate.ts';
import { compressJson } from './compress.ts';
import { createDirect } from './direct/direct.ts';
import { switchedOff } from './documents/switches.ts';
import { trustedOnly, type TrustedDocuments } from './documents/trusted.ts';
import { wellFormedOnly } from './documents/well-formed.ts';
import { createEventStreams } from './event-stream.ts';
import type { Identify } from './identity.ts';
import { packPage } from './graphiql-page.ts';
import { billed } from './limits/bill.ts';
import { boundedAnswers } from './limits/answers.ts';
import { boundedCost } from './limits/cost.ts';
import { boundedTime } from './limits/deadline.ts';
import { boundedDocuments } from './limits/documents.ts';
import { createMaskError } from './errors/masking.ts';
import type { Subscribe } from './live/broadcast.ts';
import { shareSubscriptions } from './live/sharing.ts';
import { readableOnly } from './readable.ts';
import { requireScopes } from './scopes.ts';

/** Largest request body, in bytes; the biggest sensible query is a tenth of it. */
const MAX_BODY_BYTES = 256 * 1024;

export type GraphqlYoga = ReturnType<typeof createGraphql>;

/** An HTTP request as Node has it; of a WebSocket its caller, who is known since it was opened. */
interface ServerContext {
  readonly req?: IncomingMessage;
  readonly connection?: { readonly caller: Caller; readonly address: string; readonly signal: AbortSignal };
}

/** Makes the handler of `/graphql`. */
export function createGraphql(parts: {
  readonly schema: GraphQLSchema;
  readonly services: Services;
  readonly identify: Identify;
  readonly doors: { readonly graphiql: boolean; readonly introspection: boolean; readonly hints: boolean };
  /** Null: any document is run. */
  readonly trusted: TrustedDocuments | null;
  readonly renderGraphiQL: (options?: GraphiQLOptions) => Promise<string>;
  /** Longest time for a query or mutation, in milliseconds. */
  readonly requestTimeoutMs: number;
  readonly isTrustedProxy: (address: string) => boolean;
  readonly bills: Bills;
  readonly tell: Tell;
  readonly newId: NewId;
}) {
  const { schema, services, identify, doors, trusted, renderGraphiQL, tell, newId } = parts;
  const authentication = createAuthentication(identify, tell);
  const live = shareSubscriptions({
    subscribe: () => envelopedOf(yoga).subscribe,
    bills: parts.bills,
    newId,
  });
  const streams = createEventStreams(live.seatOf);
  const direct = createDirect({
    schema,
    identify,
    isTrustedProxy: parts.isTrustedProxy,
    // With trusted documents Yoga's plugin must see what names one.
    mostBodyBytes: trusted === null ? MAX_BODY_BYTES : 0,
    whole: (request, response) => yoga(request, response),
    pipelineOf: (initial) => envelopedOf(yoga, initial),
  });
  const yoga = createYoga<ServerContext, Context>({
    schema,
    graphqlEndpoint: '/graphql',
    // Yoga's own health route matches the end of any URL, even in a query string. Our routes match the exact
    // path.
    healthCheckEndpoint: '\n',
    landingPage: false,
    multipart: false,
    batching: false,
    // Remembers by number, however large they are. `boundedDocuments` does it by size.
    parserAndValidationCache: false,
    maxRequestBodySize: MAX_BODY_BYTES,
    maskedErrors: { maskError: createMaskError(tell, newId), isDev: false },
    logging: {
      debug: () => {},
      info: () => {},
      warn: (...words: unknown[]) => tell({ kind: 'yoga-warned', words: words.map(String) }),
      // Yoga reports here what was just masked, and that is in the log already, with its id.
      error: () => {},
    },
    renderGraphiQL,
    graphiql: doors.graphiql && { title: 'refund-graph', defaultQuery: FIRST_QUERY },
    // The gate answers for all routes.
    cors: false,
    plugins: [
      direct.plugin,
      authentication.plugin,
      jsonOnly,
      readableOnly,
      jsonInAddress,
      ...(trusted === null ? [] : [trustedOnly(trusted)]),
      boundedDocuments({ hints: doors.hints }),
      switchedOff(doors),
      wellFormedOnly,
      requireScopes,
      live.plugin,
      boundedCost(),
      billed(parts.bills, tell),
      boundedTime(parts.requestTimeoutMs),
      boundedAnswers,
      streams.plugin,
      packPage(),
      compressJson,
    ],
    context: ({ request, connection, req }): Context => {
      const { caller, signal } = connection ?? { caller: authentication.callerOf(request), signal: request.signal };
      return {
        caller: withoutFormer(caller, services),
        accounts: [...services.accounts.values()].filter(({ key }) => caller.sees(key)),
        tell,
        audit: createAudit(caller, tell),
        services,
        loaders: createLoaders(services),
        stream: connection === undefined ? streams.of(request) : null,
        telling: null,
        address: connection?.address ?? (req === undefined ? '' : (senderOf(req, parts.isTrustedProxy) ?? '')),
        signal,
      };
    },
  });
  return Object.assign(yoga, { seatOf: live.seatOf, take: direct.take });
}

/** What Yoga's plugins have made of graphql's functions; Yoga itself types them as anything. */
export const envelopedOf = (
  yoga: Pick<YogaServerInstance<ServerContext, Context>, 'getEnveloped'>,
  initial: Pick<ServerContext, 'connection'> & { readonly params?: Pick<SubscribePayload, 'extensions'> } = {},
): {
  readonly parse: (text: string) => DocumentNode;
  readonly validate: (schema: GraphQLSchema, document: DocumentNode) => readonly GraphQLError[];
  readonly contextFactory: () => unknown;
  readonly execute: NonNullable<ServerOptions['execute']>;
  readonly subscribe: Subscribe;
} => yoga.getEnveloped(initial);

/**
 * The caller, for whom an account that has left the configuration does not exist. Only who may end its
 * refunds by hand sees them.
 */
const withoutFormer = (caller: Caller, { formerAccounts }: Services): Caller => ({
  ...caller,
  sees: (account) => caller.sees(account) && (!formerAccounts.has(account) || caller.may('refunds:operate')),
});

/**
 * Takes POST bodies as JSON only (CSRF). A web page can send a form or plain text to another origin without a
 * preflight, and a mutation moves money.
 */
const jsonOnly: Plugin = {
  onRequestParse: ({ request, endResponse, fetchAPI }) => {
    const contentType = request.headers.get('content-type') ?? '';
    if (request.method !== 'POST' || /^application\/(graphql\+)?json *(;|$)/i.test(contentType)) return;
    const message = 'Send the request as JSON, with content-type application/json.';
    const extensions = { code: 'UNSUPPORTED_MEDIA_TYPE' };
    endResponse(fetchAPI.Response.json({ errors: [{ message, extensions }] }, { status: 415 }));
  },
};

/** Looks at what a GET has as JSON in its address: Yoga takes it for a mistake of ours when it is none. */
const jsonInAddress: Plugin = {
  onRequestParse: ({ request, url }) => {
    if (request.method !== 'GET') return;
    for (const name of ['variables', 'extensions']) {
      const text = url.searchParams.get(name) ?? '';
      if (text === '' || isJson(text)) continue;
      throw new GraphQLError(`The parameter "${name}" is not JSON: write an object, percent-encoded.`, {
        extensions: { code: 'BAD_REQUEST', http: { status: 400 } },
      });
    }
  },
};

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

// Without a name: GraphiQL would look for that name in whatever is typed over it.
const FIRST_QUERY = `# Every refund of every provider in one shape. Press the triangle.
{
  refunds(first: 10) {
    nodes {
      id
      provider
      status
      amount { amount currency }
      createdAt
    }
    pageInfo { hasNextPage endCursor }
    sources { account { key } origin complete failure { code message } }
  }
}
`;
