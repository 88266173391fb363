import { Kind, parse, type FieldNode, type FragmentDefinitionNode } from 'graphql';
import { expect, test } from 'vitest';
import { asksForTotals } from '../../../src/graphql/refund/asked-totals.ts';

/** What a resolver is told of `refunds` in a query. */
function infoOf(text: string) {
  const { definitions } = parse(text);
  const fragments: Record<string, FragmentDefinitionNode> = {};
  const fieldNodes: FieldNode[] = [];
  for (const definition of definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments[definition.name.value] = definition;
    if (definition.kind !== Kind.OPERATION_DEFINITION) continue;
    for (const node of definition.selectionSet.selections) if (node.kind === Kind.FIELD) fieldNodes.push(node);
  }
  return { fieldNodes, fragments };
}

test.each([
  ['{ refunds { totalCount } }', true],
  ['{ refunds { all: totalCount } }', true],
  ['{ refunds { sources { origin totalCount } } }', true],
  ['{ refunds { nodes { id } } refunds { totalCount } }', true],
  ['{ refunds { ... on RefundConnection { totalCount } } }', true],
  [
    '{ refunds { ...Page } } fragment Page on RefundConnection { sources { ...Source } } fragment Source on RefundSource { totalCount }',
    true,
  ],
  ['{ refunds { nodes { id } pageInfo { endCursor } sources { complete } } }', false],
  // Another connection's total.
  ['{ refunds { nodes { payment { refunds { totalCount } } } } }', false],
])('%s: %s', (text, asked) => {
  expect(asksForTotals(infoOf(text))).toBe(asked);
});
