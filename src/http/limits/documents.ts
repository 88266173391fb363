/** Documents: read within bounds, and remembered as long as their bytes have room. */
import {
  GraphQLError,
  Lexer,
  parse,
  Source,
  TokenKind,
  validate,
  type DocumentNode,
  type GraphQLSchema,
} from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { LRUCache } from 'lru-cache';
import { argumentOf } from '../errors/argument-of.ts';
import { notePlaces } from '../errors/places.ts';
import { withCode } from '../errors/public-error.ts';

/** Longest document, in lexer tokens. Parsing comes before all limits of the schema. */
const MAX_TOKENS = 4_000;
/**
 * Deepest nesting of brackets. The parser calls itself for each: it must not come near the end of the stack.
 */
const MAX_NESTING = 100;
/** Most errors of one answer. */
export const MAX_ERRORS = 50;
/** What is remembered of all documents together, in bytes. */
const MEMORY_BYTES = 16 * 1024 * 1024;
/** What a node of a document takes in memory, with its place; measured. */
const NODE_BYTES = 300;

/** Parses within the limits, and says of a wrong literal which argument it stands in. */
export function boundedDocuments({ hints }: { readonly hints: boolean }): Plugin {
  const remembered = new LRUCache<string, DocumentNode>({ maxSize: MEMORY_BYTES });
  const valid = new WeakSet<DocumentNode>();

  function read(text: string): DocumentNode {
    const known = remembered.get(text);
    if (known !== undefined) return known;
    const document = parseDocument(text);
    remembered.set(text, document, { size: 2 * text.length + NODE_BYTES * notePlaces(document) });
    return document;
  }

  function check(schema: GraphQLSchema, document: DocumentNode, rules: Parameters<typeof validate>[2]) {
    if (valid.has(document)) return [];
    const errors = validate(schema, document, rules, { maxErrors: MAX_ERRORS - 1, hideSuggestions: !hints });
    if (errors.length === 0) valid.add(document);
    return errors.map((error) => withCode(error, 'GRAPHQL_VALIDATION_FAILED', argumentOf(error, document)));
  }

  return {
    onParse: ({ params, setParseFn }) => {
      const source: unknown = params.source;
      setParseFn(() => read(source instanceof Source ? source.body : String(source)));
    },
    onValidate: ({ setValidationFn }) => setValidationFn(check),
  };
}

function parseDocument(text: string): DocumentNode {
  try {
    refuseNesting(text);
    return parse(text, { maxTokens: MAX_TOKENS });
  } catch (error) {
    throw error instanceof GraphQLError ? withCode(error, 'GRAPHQL_PARSE_FAILED') : error;
  }
}

const STEPS: Readonly<Record<string, number>> = {
  [TokenKind.BRACE_L]: 1,
  [TokenKind.BRACKET_L]: 1,
  [TokenKind.PAREN_L]: 1,
  [TokenKind.BRACE_R]: -1,
  [TokenKind.BRACKET_R]: -1,
  [TokenKind.PAREN_R]: -1,
};

/** Counts brackets before anything calls itself for them. */
function refuseNesting(text: string): void {
  // Most documents have fewer brackets than may be nested.
  if ((text.match(/[[{(]/g)?.length ?? 0) <= MAX_NESTING) return;
  const lexer = new Lexer(new Source(text));
  let depth = 0;
  for (let tokens = 0; tokens <= MAX_TOKENS; tokens++) {
    const { kind } = lexer.advance();
    if (kind === TokenKind.EOF) return;
    depth += STEPS[kind] ?? 0;
    if (depth > MAX_NESTING) {
      throw new GraphQLError(`The document is nested more than ${MAX_NESTING} levels deep.`, {
        extensions: { code: 'QUERY_DEPTH' },
      });
    }
  }
}
