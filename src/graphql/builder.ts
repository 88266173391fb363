/** The schema builder: every type and field of `graphql/` is hung onto it. */
import SchemaBuilder from '@pothos/core';
import ComplexityPlugin, { type ComplexityErrorFn } from '@pothos/plugin-complexity';
import { GraphQLError } from 'graphql';
import type { Json } from '../refunds/refund.ts';
import type { Context } from './context.ts';

/**
 * Deepest, broadest and costliest query that is answered; a list costs its page size times what hangs on each
 * row.
 */
const LIMITS = { depth: 14, breadth: 400, complexity: 20_000 } as const;

/** In Pothos' words, with a code: QUERY_DEPTH, QUERY_BREADTH or QUERY_COMPLEXITY. */
const tooMuch: ComplexityErrorFn = (kind, { depth, breadth, complexity }) => {
  const name = kind.toLowerCase();
  const [found, most] = {
    Depth: [depth, LIMITS.depth],
    Breadth: [breadth, LIMITS.breadth],
    Complexity: [complexity, LIMITS.complexity],
  }[kind];
  return new GraphQLError(`Query exceeds maximum ${name} (${name}: ${found}, max: ${most})`, {
    extensions: { code: `QUERY_${kind.toUpperCase()}` },
  });
};

export const builder = new SchemaBuilder<{
  Context: Context;
  DefaultFieldNullability: false;
  Scalars: {
    ID: { Input: string; Output: string };
    DateTime: { Input: Date; Output: Date };
    Decimal: { Input: string; Output: string };
    CurrencyCode: { Input: string; Output: string };
    BigInt: { Input: bigint; Output: bigint };
    /** As input the JSON text. */
    JSON: { Input: string; Output: Json };
    EventCursor: { Input: string; Output: string };
  };
}>({
  plugins: [ComplexityPlugin],
  defaultFieldNullability: false,
  complexity: { defaultComplexity: 1, defaultListMultiplier: 5, limit: LIMITS, complexityError: tooMuch },
});

builder.queryType({ description: 'Reads. Needs the scope refunds:read.' });
builder.mutationType({
  description:
    'Changes. Needs the scope refunds:write. What you can act on is a type of the result; look at `__typename`.',
});
