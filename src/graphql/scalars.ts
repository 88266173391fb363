/** The scalars of the contract: exact text in, exact text out. */
import { GraphQLError, Kind, type ValueNode } from 'graphql';
import { isCurrencyCode } from '../refunds/money.ts';
import type { Json } from '../refunds/refund.ts';
import { builder } from './builder.ts';

/** `node`: the literal, where it is one and no variable. */
const wrong = (scalar: string, expected: string, node?: ValueNode): GraphQLError =>
  new GraphQLError(`${scalar}: expected ${expected}`, { nodes: node });

/** Reads a text scalar, from a variable and from the query's own text alike. */
function textScalar<Value>(scalar: string, expected: string, read: (text: string) => Value | null) {
  const parse = (value: unknown, node?: ValueNode): Value => {
    const found = typeof value === 'string' ? read(value) : null;
    if (found === null) throw wrong(scalar, expected, node);
    return found;
  };
  return {
    parseValue: (value: unknown) => parse(value),
    parseLiteral: (node: ValueNode) => parse(node.kind === Kind.STRING ? node.value : undefined, node),
  };
}

const RFC3339 = /^\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:[Zz]|[+-]\d{2}:\d{2})$/;

function readInstant(text: string): Date | null {
  if (!RFC3339.test(text)) return null;
  const instant = new Date(text);
  // Date rolls 31 February over into March; such a day is a mistake, not another day.
  const day = Number(text.slice(8, 10));
  const month = Number(text.slice(5, 7));
  const lastDay = new Date(Date.UTC(Number(text.slice(0, 4)), month, 0)).getUTCDate();
  return Number.isNaN(instant.getTime()) || day > lastDay ? null : instant;
}

/** Milliseconds only where there are some: 2024-07-31T08:26:46Z. */
const printInstant = (instant: Date): string => instant.toISOString().replace('.000Z', 'Z');

builder.scalarType('DateTime', {
  description: 'RFC 3339 instant in UTC, e.g. 2024-07-31T08:26:46Z. Any offset is accepted as input.',
  serialize: printInstant,
  ...textScalar('DateTime', 'an RFC 3339 instant such as "2024-07-31T08:26:46Z"', readInstant),
});

builder.scalarType('Decimal', {
  description: 'Exact decimal number as text, e.g. "12.92". Never a float.',
  serialize: (text) => text,
  ...textScalar('Decimal', 'a decimal number as text, such as "12.92"', (text) =>
    /^-?\d{1,40}(\.\d{1,40})?$/.test(text) ? text : null,
  ),
});

builder.scalarType('CurrencyCode', {
  description: 'ISO 4217 code, e.g. CNY.',
  serialize: (text) => text,
  ...textScalar('CurrencyCode', 'an ISO 4217 code such as "CNY"', (text) => (isCurrencyCode(text) ? text : null)),
});

builder.scalarType('BigInt', {
  description: 'Integer beyond 32 bits, as text.',
  serialize: (value) => value.toString(),
  ...textScalar('BigInt', 'an integer as text, such as "1292"', (text) =>
    /^-?\d{1,40}$/.test(text) ? BigInt(text) : null,
  ),
});

builder.scalarType('EventCursor', {
  description:
    'A place in the event feed. Opaque, comparable only by the server. Any text is taken: the field that it is given to says what is ' +
    'wrong with it.',
  serialize: (text) => text,
  // A scalar that refuses takes the whole document with it; a field takes only itself.
  ...textScalar('EventCursor', 'a cursor as text', (text) => text),
});

builder.scalarType('JSON', {
  description:
    'JSON. As output it is what the provider sent, numbers as text, so that no digit is lost. As input any JSON; whole numbers beyond ' +
    '2^53 must be text.',
  serialize: (value): Json => value,
  parseValue: (value) => jsonOf(value),
  parseLiteral: (node, variables) => literalJson(node, variables ?? {}),
});

/** A variable's value as JSON text. Throws for a number that has lost digits on its way. */
function jsonOf(value: unknown): string {
  return JSON.stringify(value, (_, member: unknown) => {
    if (typeof member !== 'number' || !Number.isInteger(member) || Number.isSafeInteger(member)) return member;
    throw wrong('JSON', 'whole numbers within 2^53; write longer ones as text');
  });
}

/** A literal as JSON text; numbers keep the digits that they were written with. */
function literalJson(node: ValueNode, variables: Readonly<Record<string, unknown>>): string {
  switch (node.kind) {
    case Kind.NULL:
      return 'null';
    case Kind.BOOLEAN:
    case Kind.STRING:
      return JSON.stringify(node.value);
    case Kind.INT:
    case Kind.FLOAT:
      return node.value;
    case Kind.LIST:
      return `[${node.values.map((item) => literalJson(item, variables)).join(',')}]`;
    case Kind.OBJECT: {
      const members = node.fields.map(
        ({ name, value }) => `${JSON.stringify(name.value)}:${literalJson(value, variables)}`,
      );
      return `{${members.join(',')}}`;
    }
    case Kind.VARIABLE:
      return jsonOf(variables[node.name.value] ?? null);
    case Kind.ENUM:
      throw wrong('JSON', 'JSON; text stands between quotes', node);
  }
}
