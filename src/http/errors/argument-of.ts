/** Which argument an error about a literal is about. */
import { BREAK, isValueNode, Kind, visit, type ASTNode, type DocumentNode, type GraphQLError } from 'graphql';

/** `{ argument: 'filter.createdAt.gte' }` for an error about a literal. */
export function argumentOf({ nodes }: GraphQLError, document: DocumentNode): { readonly argument?: string } {
  const [node] = nodes ?? [];
  if (node === undefined || !isValueNode(node)) return {};
  let names: readonly string[] = [];
  visit(document, {
    enter: (each, _key, parent, _path, ancestors) => {
      if (each !== node) return undefined;
      names = [...ancestors, parent].flatMap(nameOf);
      return BREAK;
    },
  });
  return names.length === 0 ? {} : { argument: names.join('.') };
}

function nameOf(above: ASTNode | readonly ASTNode[] | undefined): readonly string[] {
  if (above === undefined || !('kind' in above)) return [];
  return above.kind === Kind.ARGUMENT || above.kind === Kind.OBJECT_FIELD ? [above.name.value] : [];
}
