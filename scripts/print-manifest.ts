/**
 * Writes the manifests for TRUSTED_DOCUMENTS, of our own documents and of the desk's: of each its text, as
 * clients send it, under its SHA-256. With --check it only says whether the files are up to date.
 */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Kind, print, type DocumentNode } from 'graphql';
import { z } from 'zod';
import * as generated from '../schema/generated/graphql.ts';

const root = join(import.meta.dirname, '..');
const artifacts = join(root, 'desk/src/generated');

const documents: readonly DocumentNode[] = Object.values(generated);
const operations = documents.filter(({ definitions }) =>
  definitions.some(({ kind }) => kind === Kind.OPERATION_DEFINITION),
);

/** What the desk sends, out of the files that Relay's compiler wrote. */
const textsOfDesk = readdirSync(artifacts).flatMap((name) => {
  const [, text] = /^ {4}"text": ("(?:[^"\\]|\\.)*")$/m.exec(readFileSync(join(artifacts, name), 'utf8')) ?? [];
  return text === undefined ? [] : [z.string().parse(JSON.parse(text))];
});

const manifestOf = (texts: readonly string[]): string => {
  const entries = texts.toSorted().map((text) => [createHash('sha256').update(text).digest('hex'), text] as const);
  return `${JSON.stringify(Object.fromEntries(entries), null, 2)}\n`;
};

const MANIFESTS = [
  ['schema/generated/persisted-documents.json', operations.map(print)],
  ['schema/generated/desk-documents.json', textsOfDesk],
] as const;

for (const [path, texts] of MANIFESTS) {
  const wanted = manifestOf(texts);
  if (!process.argv.includes('--check')) writeFileSync(join(root, path), wanted);
  else if (readFileSync(join(root, path), 'utf8') !== wanted) {
    console.error(`${path} is not up to date: npm run codegen`);
    process.exitCode = 1;
  }
}
