/** Which requests are ordinary: a POST of JSON, of a known size, that asks for nothing special. */
import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';

/** What a request asks for, as GraphQL over HTTP has it. */
export interface Params {
  readonly query: string;
  readonly variables?: Readonly<Record<string, unknown>>;
  readonly operationName?: string;
  readonly extensions?: Readonly<Record<string, unknown>>;
}

/** Headers that change how a request is taken: with any of them it is none of the ordinary ones. */
const SPECIAL = ['content-encoding', 'transfer-encoding', 'x-graphql-cost', 'last-event-id', 'expect'] as const;

/** Whether the head of a request is ordinary. Nothing else of it is read here. */
export function isOrdinary({ method, url, headers }: IncomingMessage, mostBytes: number): boolean {
  if (method !== 'POST' || url !== '/graphql') return false;
  if (!/^application\/json(?:; ?charset=utf-8)?$/i.test(headers['content-type'] ?? '')) return false;
  if (SPECIAL.some((name) => headers[name] !== undefined)) return false;
  const bytes = Number(headers['content-length'] ?? Number.NaN);
  return bytes > 0 && bytes <= mostBytes;
}

/** The whole body; null when the client leaves before its end. */
export function bodyOf(request: IncomingMessage): Promise<Buffer | null> {
  const { promise, resolve } = Promise.withResolvers<Buffer | null>();
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.once('end', () => resolve(chunks.length === 1 ? (chunks[0] ?? null) : Buffer.concat(chunks)));
  request.once('close', () => resolve(null));
  return promise;
}

const MEMBERS: ReadonlySet<string> = new Set(['query', 'variables', 'operationName', 'extensions']);

/** What an ordinary body asks for; null: it is none. */
export function paramsOf(body: Buffer): Params | null {
  const read = isUtf8(body) ? jsonOf(body.toString()) : null;
  if (!isMembers(read) || !Object.keys(read).every((name) => MEMBERS.has(name))) return null;
  const { query, variables, operationName, extensions } = read;
  if (typeof query !== 'string' || query === '') return null;
  if (!isLeftOut(variables) && !isMembers(variables)) return null;
  if (!isLeftOut(extensions) && !isMembers(extensions)) return null;
  if (!isLeftOut(operationName) && typeof operationName !== 'string') return null;
  return {
    query,
    ...(isMembers(variables) && { variables }),
    ...(typeof operationName === 'string' && { operationName }),
    ...(isMembers(extensions) && { extensions }),
  };
}

const isLeftOut = (value: unknown): boolean => value === undefined || value === null;

const isMembers = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
