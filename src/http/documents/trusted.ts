/**
 * Trusted documents: with a manifest, only its documents are run. A client names one by its hash, or sends
 * its text.
 */
import { createHash } from 'node:crypto';
import { GraphQLError, Kind, parse, print, visit, type FieldNode } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { z } from 'zod';

/** Finds the text of what a request asks for. Throws a GraphQLError for what is not in a manifest. */
export type TrustedDocuments = ReturnType<typeof createTrustedDocuments>;

/**
 * The members by which clients name a document: Relay sends `id` or `doc_id` (its documentation has both),
 * Apollo and urql `extensions.persistedQuery.sha256Hash`, the draft of the specification `documentId`.
 */
const named = z.object({
  id: z.string().optional(),
  doc_id: z.string().optional(),
  documentId: z.string().optional(),
  extensions: z.object({ persistedQuery: z.object({ sha256Hash: z.string() }).optional() }).nullish(),
});

/**
 * Of texts that clients make of one document by themselves: as it is, printed, with `__typename` in each
 * part.
 */
function variantsOf(body: string): readonly string[] {
  const document = parse(body);
  const typename: FieldNode = { kind: Kind.FIELD, name: { kind: Kind.NAME, value: '__typename' } };
  const withTypename = visit(document, {
    SelectionSet: {
      leave: (node, _key, parent) => {
        const isRoot = parent !== undefined && 'kind' in parent && parent.kind === Kind.OPERATION_DEFINITION;
        const hasTypename = node.selections.some(
          (each) => each.kind === Kind.FIELD && each.name.value === '__typename',
        );
        if (isRoot || hasTypename) return undefined;
        return { ...node, selections: [...node.selections, typename] };
      },
    },
  });
  return [body, body.trim(), print(document), print(withTypename)];
}

/** Some tools write the algorithm in front of a hash. */
const plainId = (id: string): string => id.toLowerCase().replace(/^sha256:/, '');

const hash = (algorithm: 'md5' | 'sha1' | 'sha256', text: string): string =>
  createHash(algorithm).update(text).digest('hex');

/**
 * From the documents of manifests, by the name that each manifest gives. Throws GraphQLError at one that
 * can't be parsed.
 */
export function createTrustedDocuments(documents: ReadonlyMap<string, string>) {
  const bodies = new Map<string, string>();
  for (const [id, body] of documents) {
    bodies.set(plainId(id), body);
    for (const text of variantsOf(body)) {
      for (const algorithm of ['sha256', 'sha1', 'md5'] as const) bodies.set(hash(algorithm, text), text);
    }
  }
  return (request: unknown, query: string | null | undefined): string => {
    const parsed = named.safeParse(request);
    const { id, doc_id: relayId, documentId, extensions } = parsed.data ?? {};
    const name = id ?? relayId ?? documentId ?? extensions?.persistedQuery?.sha256Hash ?? null;
    const text = typeof query === 'string' && query !== '' ? bodies.get(hash('sha256', query)) : undefined;
    const body = text ?? (query || name === null ? undefined : bodies.get(plainId(name)));
    if (body !== undefined) return body;
    throw new GraphQLError('Only documents that this server was given beforehand are run, and this is none of them.', {
      extensions: { code: 'DOCUMENT_NOT_TRUSTED', http: { status: 400 } },
    });
  };
}

/** Puts the text of a trusted document in the place of what was sent, and refuses every other. */
export const trustedOnly = (find: TrustedDocuments): Plugin => ({
  onParams: ({ params, setParams }) => {
    const { variables, operationName, extensions } = params;
    const query = find(params, params.query);
    setParams({
      query,
      ...(variables && { variables }),
      ...(operationName && { operationName }),
      ...(extensions && { extensions }),
    });
  },
});
