/** Hostile inputs: pieces that have broken parsers before, put together by chance. */
import { schema } from '../../src/graphql/schema.ts';
import type { Random } from '../../src/sandbox/random.ts';
import { grow, textOf } from '../dearest/documents.ts';
import type { SignedCallback } from './callbacks.ts';
import { pick, several, TEXTS } from './pieces.ts';
import { messagesOf } from './messages.ts';

export type Hostile =
  /** A body, an address' query, bytes, or a method. */
  | { readonly kind: 'post' | 'get' | 'raw' | 'callback' | 'method'; readonly text: string }
  | { readonly kind: 'signed'; readonly callback: SignedCallback }
  /** What is sent over one WebSocket, in this order. */
  | { readonly kind: 'socket'; readonly messages: readonly string[] };

const FIELDS = [
  'accounts { key displayName }',
  'refunds(first: 2) { nodes { id } }',
  '__schema { types { name } }',
  '__typename',
  'node(id: @) { id }',
  'nodes(ids: [@, @]) { id }',
  'refund(by: { id: @ }) { id status }',
  'refundEvents(first: 1, after: @) { nodes { id } }',
  'refunds(first: 1, after: @) { nodes { id } }',
  'refund(by: { key: { account: "chain", merchantRefundId: @ } }) { id }',
  'payment(by: { account: @, providerPaymentId: @ }) { providerPaymentId }',
  'refundSummary(groupBy: [DAY]) { count }',
  '...{',
  '{a',
  '#',
  '"""',
] as const;

/** Of our pieces, or of everything that the schema has. */
function documentOf(random: Random): string {
  if (random() < 0.15) return grownDocument(random);
  const field = (): string => pick(random, FIELDS, '').replaceAll('@', () => JSON.stringify(pick(random, TEXTS, '')));
  const depth = random() < 0.05 ? 2_000 : 1;
  const word = pick(random, ['', 'query', 'subscription', 'mutation', 'fragment a on Query'], '');
  return `${word} ${'{'.repeat(depth)} ${several(random, 5, field)} }`;
}

/** Valid but for its arguments. */
function grownDocument(random: Random): string {
  const valueOf = (): string =>
    pick(random, ['1', '-1', '1e400', 'true', 'null', '[]', '{}', idLiteral(random)], '0').replace(
      '0',
      JSON.stringify(pick(random, TEXTS, '')),
    );
  return textOf(grow({ schema, random, valueOf }, random() < 0.3 ? 'mutation' : 'query'));
}

/** An id in our form, with anything inside. */
function idLiteral(random: Random): string {
  const inside = `Refund:${pick(random, ['chain', 'library', 'nobody', ''], '')}:${pick(random, TEXTS, '')}`;
  return JSON.stringify(Buffer.from(inside).toString('base64url'));
}

/** Brackets in brackets, closed or not. */
const deep = (random: Random): string => {
  const levels = pick(random, [3, 60, 2_000, 20_000, 60_000], 3);
  const [open, close] = random() < 0.5 ? ['[', ']'] : ['{"a":', '}'];
  return `${open.repeat(levels)}${random() < 0.7 ? '1' : ''}${random() < 0.7 ? close.repeat(levels) : ''}`;
};

function jsonOf(random: Random): string {
  const member = (): string => `${JSON.stringify(pick(random, TEXTS, ''))}:${JSON.stringify(pick(random, TEXTS, ''))}`;
  const whole = [deep(random), `{${member()},${member()}}`, 'null', '[]', '{"query":1}', '{"query":', '\u0001'];
  return pick(random, whole, '');
}

/** A request as JSON. */
function requestOf(random: Random): string {
  if (random() < 0.2) return jsonOf(random);
  const query = documentOf(random);
  if (random() < 0.1)
    return `{"query":${JSON.stringify(query)},"variables":{"a":${deep(random)}},"extensions":{"b":${deep(random)}}}`;
  return JSON.stringify({ query, variables: { a: pick(random, TEXTS, ''), b: { __proto__: 1 } } });
}

function bytesOf(random: Random): string {
  const host = pick(random, ['x', '[::1', 'a b', 'x:99999', '@', ''], 'x');
  const line = pick(
    random,
    ['GET /graphql HTTP/1.1', 'GET / HTTP/9.9', 'POST //notify HTTP/1.1', 'PRI * HTTP/2.0', '\u0000\u0001'],
    '',
  );
  const header = pick(
    random,
    ['content-length: +4', 'transfer-encoding: xchunked', 'upgrade: h2c\r\nconnection: upgrade', 'x: \u0000'],
    '',
  );
  return `${line}\r\nhost: ${host}\r\n${header}\r\n\r\n${jsonOf(random)}`;
}

const KINDS = [
  'post',
  'post',
  'post',
  'post',
  'get',
  'raw',
  'callback',
  'signed',
  'signed',
  'socket',
  'socket',
  'method',
] as const;

/** The next input of this chance. `sign` makes a callback that its provider would have signed. */
export function nextInput(random: Random, sign: (random: Random) => SignedCallback): Hostile {
  const kind = pick(random, KINDS, 'post');
  switch (kind) {
    case 'post':
      return { kind, text: requestOf(random) };
    case 'get':
      return { kind, text: encodeURIComponent(documentOf(random).slice(0, 3_000).toWellFormed()) };
    case 'raw':
      return { kind, text: bytesOf(random) };
    case 'callback':
      return { kind, text: jsonOf(random) };
    case 'signed':
      return { kind, callback: sign(random) };
    case 'socket':
      return { kind, messages: messagesOf(random, requestOf) };
    case 'method':
      return { kind, text: pick(random, ['PUT', 'DELETE', 'PATCH', 'OPTIONS', 'HEAD', 'PROPFIND'], 'PUT') };
  }
}
