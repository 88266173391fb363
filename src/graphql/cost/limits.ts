/** The dearest operation that is answered. */
import { GraphQLError, type ASTNode } from 'graphql';
import type { Context } from '../context.ts';
import type { Cost } from './estimate.ts';

/** Most of each, in the order in which they are looked at. */
const LIMITS = {
  depth: { most: 14, words: 'depth', code: 'QUERY_DEPTH' },
  breadth: { most: 400, words: 'breadth', code: 'QUERY_BREADTH' },
  complexity: { most: 20_000, words: 'complexity', code: 'QUERY_COMPLEXITY' },
  mutations: { most: 10, words: 'mutations', code: 'QUERY_MUTATIONS' },
  providerCalls: { most: 150, words: 'provider calls', code: 'QUERY_PROVIDER_CALLS' },
  ledgerReads: { most: 500, words: 'ledger reads', code: 'QUERY_LEDGER_READS' },
} as const satisfies Record<keyof Cost, object>;

/** One list over every account is always let through, however many accounts there are. */
const CALLS_FOR_AN_ACCOUNT = 10;

/** Most of each for this caller. */
export function limitsFor({ accounts }: Context): Record<keyof Cost, number> {
  const listed = accounts.filter(({ list }) => list !== undefined).length;
  return {
    depth: LIMITS.depth.most,
    breadth: LIMITS.breadth.most,
    complexity: LIMITS.complexity.most,
    mutations: LIMITS.mutations.most,
    providerCalls: Math.max(LIMITS.providerCalls.most, CALLS_FOR_AN_ACCOUNT * listed),
    ledgerReads: LIMITS.ledgerReads.most,
  };
}

/** The refusal of a cost over the limits; null: it may run. */
export function tooDear(cost: Cost, context: Context, operation: ASTNode | null | undefined): GraphQLError | null {
  const limits = limitsFor(context);
  for (const name of ['depth', 'breadth', 'complexity', 'mutations', 'providerCalls', 'ledgerReads'] as const) {
    if (cost[name] <= limits[name]) continue;
    const { words, code } = LIMITS[name];
    return new GraphQLError(`Query exceeds maximum ${words} (${words}: ${cost[name]}, max: ${limits[name]})`, {
      extensions: { code },
      nodes: operation ?? null,
    });
  }
  return null;
}
