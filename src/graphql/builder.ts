/** The schema builder: every type and field of `graphql/` is hung onto it. */
import SchemaBuilder from '@pothos/core';
import ComplexityPlugin from '@pothos/plugin-complexity';
import type { Json } from '../refunds/refund.ts';
import type { Context } from './context.ts';

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
  // The plugin gives fields the option. `cost/estimate.ts` reads it, for every operation and before it runs.
  complexity: { defaultComplexity: 1, defaultListMultiplier: 5, disabled: true },
});

builder.queryType({ description: 'Reads. Needs the scope refunds:read.' });
builder.mutationType({
  description:
    'Changes. Needs the scope refunds:write. What you can act on is a type of the result; look at `__typename`.',
});
