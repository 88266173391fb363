/** The schema builder: every type and field of `graphql/` is hung onto it. */
import SchemaBuilder from '@pothos/core';
import ComplexityPlugin from '@pothos/plugin-complexity';
import type { Json } from '../refunds/refund.ts';
import type { Context } from './context.ts';

export interface SchemaTypes {
  Context: Context;
  DefaultFieldNullability: false;
  Scalars: {
    ID: { Input: string; Output: string };
    DateTime: { Input: Date; Output: Date };
    Decimal: { Input: string; Output: string };
    CurrencyCode: { Input: string; Output: string };
    BigInt: { Input: bigint; Output: bigint };
    JSON: { Input: Json; Output: Json };
    EventCursor: { Input: string; Output: string };
  };
}

/** Deepest, broadest and costliest query that is answered; a list costs its page size times what hangs on each row. */
const LIMITS = { depth: 14, breadth: 400, complexity: 20_000 } as const;

export const builder = new SchemaBuilder<SchemaTypes>({
  plugins: [ComplexityPlugin],
  defaultFieldNullability: false,
  complexity: { defaultComplexity: 1, defaultListMultiplier: 5, limit: LIMITS },
});

builder.queryType();
builder.mutationType();
