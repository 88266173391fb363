/**
 * What is wrong with a document, with a code, on every transport. Yoga gives codes to its own HTTP requests
 * only.
 */
import { BREAK, GraphQLError, isValueNode, Kind, parse, visit, type ASTNode, type DocumentNode } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { withCode } from './public-error.ts';

/** Longest document, in lexer tokens. Parsing comes before all limits of the schema. */
const MAX_TOKENS = 4_000;

function parseDocument(source: string): DocumentNode {
  try {
    return parse(source, { maxTokens: MAX_TOKENS });
  } catch (error) {
    throw error instanceof GraphQLError ? withCode(error, 'GRAPHQL_PARSE_FAILED') : error;
  }
}

/** Parses within the limit, and says of a wrong literal which argument it stands in. */
export const documentErrors: Plugin = {
  onParse: ({ setParseFn }) => setParseFn(parseDocument),
  onValidate: ({ params }) => {
    const document: unknown = params.documentAST;
    return ({ valid, result, setResult }) => {
      if (valid) return;
      const errors: readonly Error[] = result;
      setResult(
        errors.map((error) =>
          error instanceof GraphQLError
            ? withCode(error, 'GRAPHQL_VALIDATION_FAILED', argumentOf(error, document))
            : error,
        ),
      );
    };
  },
};

/** `{ argument: 'filter.createdAt.gte' }` for an error about a literal. */
function argumentOf({ nodes }: GraphQLError, document: unknown): { readonly argument?: string } {
  const [node] = nodes ?? [];
  if (node === undefined || !isValueNode(node) || !isDocument(document)) return {};
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

/** Yoga types what it validates as anything. */
const isDocument = (value: unknown): value is DocumentNode =>
  typeof value === 'object' && value !== null && 'kind' in value && value.kind === Kind.DOCUMENT;

function nameOf(above: ASTNode | readonly ASTNode[] | undefined): readonly string[] {
  if (above === undefined || !('kind' in above)) return [];
  return above.kind === Kind.ARGUMENT || above.kind === Kind.OBJECT_FIELD ? [above.name.value] : [];
}
