/**
 * Writes the manifest of our own documents, for TRUSTED_DOCUMENTS: of each its text, as clients print it,
 * under its SHA-256. With --check it only says whether the file is up to date.
 */
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Kind, print, type DocumentNode } from 'graphql';
import * as generated from '../schema/generated/graphql.ts';

const PATH = join(import.meta.dirname, '../schema/generated/persisted-documents.json');

const documents: readonly DocumentNode[] = Object.values(generated);
const operations = documents.filter(({ definitions }) =>
  definitions.some(({ kind }) => kind === Kind.OPERATION_DEFINITION),
);
const texts = operations.map(print).toSorted();
const manifest = Object.fromEntries(texts.map((text) => [createHash('sha256').update(text).digest('hex'), text]));
const wanted = `${JSON.stringify(manifest, null, 2)}\n`;

if (!process.argv.includes('--check')) writeFileSync(PATH, wanted);
else if (readFileSync(PATH, 'utf8') !== wanted) {
  console.error('schema/generated/persisted-documents.json is not up to date: npm run codegen');
  process.exitCode = 1;
}
