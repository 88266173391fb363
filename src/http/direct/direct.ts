/**
 * The short way to an answer, for ordinary requests with good answers: from Node's request through Yoga's
 * pipeline (parser, validator, context, plugins, executor, masking) to Node's response. Left out are the
 * fetch objects around it, which cost as much as a small query.
 *
 * Every rule of HTTP stands in Yoga and its plugins alone. What is not ordinary goes there as it came. So
 * does a result with errors or extensions, and becomes an answer there. How a good answer is labelled for an
 * `Accept` is learnt from the first that Yoga gave.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { getOperationAST, type DocumentNode, type ExecutionResult, type GraphQLSchema } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { LRUCache } from 'lru-cache';
import { senderOf, type Addresses } from '../../callbacks/sender.ts';
import type { Caller } from '../../graphql/context.ts';
import { packed } from '../compress.ts';
import type { Identify } from '../identity.ts';
import { shown } from '../limits/answers.ts';
import { bodyOf, isOrdinary, paramsOf, type Params } from './ordinary.ts';

/** Yoga's pipeline for one request. */
interface Pipeline {
  readonly parse: (text: string) => DocumentNode;
  readonly validate: (schema: GraphQLSchema, document: DocumentNode) => readonly unknown[];
  readonly contextFactory: () => unknown;
  readonly execute: (args: {
    readonly schema: GraphQLSchema;
    readonly document: DocumentNode;
    readonly contextValue: unknown;
    readonly variableValues: Params['variables'];
    readonly operationName: string | undefined;
  }) => unknown;
}

/** How an operation ended that was begun here. */
type Outcome =
  | { readonly kind: 'result'; readonly result: ExecutionResult }
  | { readonly kind: 'thrown'; readonly error: unknown };

/** Values of `Accept` that are known; clients have few. */
const MOST_LABELS = 200;

/** Makes the short way. Its plugin is one of Yoga's. */
export function createDirect(parts: {
  readonly schema: GraphQLSchema;
  readonly identify: Identify;
  readonly isTrustedProxy: Addresses;
  readonly mostBodyBytes: number;
  /** Yoga itself. */
  readonly whole: (request: IncomingMessage, response: ServerResponse) => unknown;
  readonly pipelineOf: (initial: {
    readonly connection: { readonly caller: Caller; readonly address: string; readonly signal: AbortSignal };
    readonly params: Params;
  }) => Pipeline;
}) {
  const { schema, identify, isTrustedProxy, mostBodyBytes, whole, pipelineOf } = parts;
  const outcomes = new WeakMap<object, Outcome>();
  const labels = new LRUCache<string, string>({ max: MOST_LABELS });

  /** Lets Yoga do it, from its beginning or from an outcome on. */
  function handOver(
    request: IncomingMessage,
    response: ServerResponse,
    given: { body?: Buffer; outcome?: Outcome },
  ): void {
    const { body, outcome } = given;
    if (body !== undefined) Object.assign(request, { body });
    if (outcome !== undefined) outcomes.set(request, outcome);
    void whole(request, response);
  }

  /** Notes the label of a good answer that Yoga gives. */
  function learn({ headers }: IncomingMessage, response: ServerResponse): void {
    const { accept = '' } = headers;
    response.once('finish', () => {
      const label = response.getHeader('content-type');
      const isGood = response.statusCode === 200 && typeof label === 'string' && /json/.test(label);
      if (isGood) labels.set(accept, label);
    });
  }

  /** Answers a request of `/graphql`. */
  async function take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (!isOrdinary(request, mostBodyBytes)) return handOver(request, response, {});
    const label = labels.get(request.headers.accept ?? '');
    if (label === undefined) {
      learn(request, response);
      return handOver(request, response, {});
    }
    const reading = bodyOf(request);
    const caller = await identify(request.headers.authorization ?? null).catch(() => null);
    const body = await reading;
    if (body === null) return undefined;
    const params = paramsOf(body);
    if (caller === null || params === null) return handOver(request, response, { body });
    const left = new AbortController();
    response.once('close', () => {
      if (!response.writableFinished) left.abort();
    });
    const address = senderOf(request, isTrustedProxy) ?? '';
    const outcome = await run(pipelineOf({ connection: { caller, address, signal: left.signal }, params }), params);
    if (outcome === null) return handOver(request, response, { body });
    if (outcome.kind === 'thrown' || !isGood(outcome.result)) return handOver(request, response, { body, outcome });
    return send(response, JSON.stringify(shown(outcome.result)), {
      label,
      accepted: request.headers['accept-encoding'] ?? '',
    });
  }

  /** Null: nothing was run, and Yoga must say why. */
  async function run(pipeline: Pipeline, { query, variables, operationName }: Params): Promise<Outcome | null> {
    let ready: { readonly document: DocumentNode; readonly contextValue: unknown };
    try {
      const document = pipeline.parse(query);
      if (pipeline.validate(schema, document).length > 0) return null;
      const operation = getOperationAST(document, operationName)?.operation ?? 'subscription';
      if (operation === 'subscription') return null;
      ready = { document, contextValue: await pipeline.contextFactory() };
    } catch {
      return null;
    }
    try {
      const result = await pipeline.execute({ schema, ...ready, variableValues: variables, operationName });
      return isResult(result) ? { kind: 'result', result } : { kind: 'thrown', error: new Error('no single result') };
    } catch (error) {
      return { kind: 'thrown', error };
    }
  }

  const plugin: Plugin<object, { readonly req?: IncomingMessage }> = {
    onParams: ({ context, setResult }) => {
      const outcome = context.req === undefined ? undefined : outcomes.get(context.req);
      if (outcome === undefined) return;
      if (outcome.kind === 'thrown') throw outcome.error;
      setResult(outcome.result);
    },
  };
  return { plugin, take };
}

const isResult = (value: unknown): value is ExecutionResult =>
  typeof value === 'object' && value !== null && !(Symbol.asyncIterator in value);

const isGood = ({ data, errors, extensions }: ExecutionResult): boolean =>
  data !== undefined && data !== null && errors === undefined && extensions === undefined;

async function send(
  response: ServerResponse,
  text: string,
  { label, accepted }: { readonly label: string; readonly accepted: string | readonly string[] },
): Promise<void> {
  const body = await packed(text, String(accepted));
  if (response.destroyed) return;
  response.setHeader('content-type', label);
  if (typeof body === 'string') response.setHeader('content-length', Buffer.byteLength(body));
  else response.setHeader('content-encoding', 'gzip');
  response.writeHead(200, 'OK');
  response.write(body);
  response.end();
}
