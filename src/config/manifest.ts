/** Manifests of trusted documents, in the form of whichever tool wrote them. */
import { readFileSync } from 'node:fs';
import { parse } from 'graphql';
import { z } from 'zod';
import type { SettingProblem } from './problem.ts';
import { shown } from './shown.ts';

/**
 * A map from hash to text (Relay's compiler, GraphQL Code Generator), or Apollo's
 * `generate-persisted-query-manifest`.
 */
const manifest = z.union([
  z
    .object({
      format: z.literal('apollo-persisted-query-manifest'),
      operations: z.array(z.object({ id: z.string(), body: z.string() })),
    })
    .transform(({ operations }) => operations.map(({ id, body }) => [id, body] as const)),
  z.record(z.string(), z.string()).transform((texts) => Object.entries(texts)),
]);

/** Every document of the manifests at these paths, by its id; the problems say which could not be read. */
export function readManifests(paths: readonly string[]) {
  const documents = new Map<string, string>();
  const problems: SettingProblem[] = [];
  for (const path of paths) {
    try {
      const read = manifest.parse(JSON.parse(readFileSync(path, 'utf8')));
      for (const [id, body] of read) {
        parse(body);
        documents.set(id, body);
      }
    } catch (cause) {
      const code = cause instanceof Error && 'code' in cause ? ` (${String(cause.code)})` : '';
      const problem = `expected a manifest of documents in JSON, as Relay, Apollo or Code Generator write it, got ${shown(path)}`;
      problems.push({ setting: 'TRUSTED_DOCUMENTS', problem: `${problem}${code}` });
    }
  }
  return { documents, problems };
}
