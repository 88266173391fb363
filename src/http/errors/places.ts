/** Where a part of a document stands: noted once when it is parsed, instead of counted for each error. */
import { visit, type ASTNode, type DocumentNode, type SourceLocation } from 'graphql';

const places = new WeakMap<ASTNode, SourceLocation>();

/**
 * Notes the place of every node, and takes its `loc` away: that holds every token of the text, comments too,
 * and graphql counts the lines in front of it for each error. Returns how many nodes there are.
 */
export function notePlaces(document: DocumentNode): number {
  let nodes = 0;
  visit(document, {
    enter: (node) => {
      nodes += 1;
      const first = node.loc?.startToken;
      if (first !== undefined) places.set(node, { line: first.line, column: first.column });
      Reflect.deleteProperty(node, 'loc');
    },
  });
  return nodes;
}

/** The places of an error's nodes; undefined where it has none. */
export function placesOf(nodes: readonly ASTNode[] | undefined): readonly SourceLocation[] | undefined {
  const found = (nodes ?? []).flatMap((node) => places.get(node) ?? []);
  return found.length === 0 ? undefined : found;
}
