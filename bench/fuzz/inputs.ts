/** Hostile inputs: pieces that have broken parsers before, put together by chance. */
import type { Random } from '../../src/sandbox/random.ts';

export interface Hostile {
  readonly kind: 'post' | 'get' | 'raw' | 'callback' | 'socket' | 'method';
  /** A body, an address' query, bytes, a message or a method. */
  readonly text: string;
}

const TEXTS = [
  '',
  'x',
  ' ',
  '\u0000',
  '\u202E',
  '\ud800',
  '😀',
  '-1',
  '1e400',
  '9007199254740993',
  '__proto__',
  'constructor',
  '${secret}',
  "' or 1=1 --",
  '<!DOCTYPE a [<!ENTITY b "c">]>',
  '../../etc/passwd',
  'x'.repeat(5_000),
  '%ff',
  '\r\nx: y',
] as const;
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

const pick = <Value>(random: Random, values: readonly Value[], none: Value): Value =>
  values[Math.floor(random() * values.length)] ?? none;
const several = (random: Random, most: number, make: () => string): string =>
  Array.from({ length: 1 + Math.floor(random() * most) }, make).join(' ');

function documentOf(random: Random): string {
  const field = (): string => pick(random, FIELDS, '').replaceAll('@', () => JSON.stringify(pick(random, TEXTS, '')));
  const depth = random() < 0.05 ? 2_000 : 1;
  const word = pick(random, ['', 'query', 'subscription', 'mutation', 'fragment a on Query'], '');
  return `${word} ${'{'.repeat(depth)} ${several(random, 5, field)} }`;
}

function jsonOf(random: Random): string {
  const deep = '['.repeat(random() < 0.1 ? 20_000 : 3);
  const member = (): string => `${JSON.stringify(pick(random, TEXTS, ''))}:${JSON.stringify(pick(random, TEXTS, ''))}`;
  return pick(random, [deep, `{${member()},${member()}}`, 'null', '[]', '{"query":1}', '{"query":', '\u0001'], '');
}

function requestOf(random: Random): string {
  if (random() < 0.3) return jsonOf(random);
  return JSON.stringify({ query: documentOf(random), variables: { a: pick(random, TEXTS, ''), b: { __proto__: 1 } } });
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

/** The next input of this chance. */
export function nextInput(random: Random): Hostile {
  const kind = pick(
    random,
    ['post', 'post', 'post', 'get', 'raw', 'callback', 'callback', 'socket', 'method'] as const,
    'post',
  );
  switch (kind) {
    case 'post':
      return { kind, text: requestOf(random) };
    case 'get':
      return { kind, text: encodeURIComponent(documentOf(random).slice(0, 3_000).toWellFormed()) };
    case 'raw':
      return { kind, text: bytesOf(random) };
    case 'callback':
      return { kind, text: jsonOf(random) };
    case 'socket':
      return { kind, text: `{"type":"subscribe","id":"1","payload":${requestOf(random)}}` };
    case 'method':
      return { kind, text: pick(random, ['PUT', 'DELETE', 'PATCH', 'OPTIONS', 'HEAD', 'PROPFIND'], 'PUT') };
  }
}
