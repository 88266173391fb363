/**
 * Writes the schema that the server serves to schema/schema.graphql, so that a changed line is seen in
 * review, and beside it what normalised caches must be told of it. With `--check` it writes nothing: it fails
 * when a file is out of date. It always fails when the schema lacks a thing of the contract that
 * schema/open-promises.txt does not name (what is built later), when that file names one that it has, or when
 * something has no description.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildSchema, lexicographicSortSchema, printSchema } from 'graphql';
import { schema } from '../src/graphql/schema.ts';
import { graphcacheKeys, graphcacheSchema, possibleTypes } from './cache-files.ts';
import { brokenPromises, unsettledPromises } from './contract.ts';
import { undescribed } from './described.ts';

const folder = join(import.meta.dirname, '../schema');
const contract = buildSchema(readFileSync(join(folder, 'contract.graphql'), 'utf8'));
const files: Readonly<Record<string, string>> = {
  'schema.graphql': `${printSchema(lexicographicSortSchema(schema))}\n`,
  'generated/possible-types.json': possibleTypes(schema),
  'generated/graphcache-keys.json': graphcacheKeys(schema),
  'generated/graphcache-schema.json': graphcacheSchema(schema),
};

function readWritten(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (problem) {
    if (problem instanceof Error && 'code' in problem && problem.code === 'ENOENT') return '';
    throw problem;
  }
}

const openPromises = readFileSync(join(folder, 'open-promises.txt'), 'utf8').split('\n').filter(Boolean);
const problems = [
  ...unsettledPromises(brokenPromises(contract, schema), openPromises),
  ...undescribed(schema).map((name) => `without a description: ${name}`),
];
for (const [name, text] of Object.entries(files)) {
  const path = join(folder, name);
  if (!process.argv.includes('--check')) writeFileSync(path, text);
  else if (readWritten(path) !== text) problems.push(`schema/${name} is out of date: run "npm run codegen"`);
}

for (const problem of problems) console.error(problem);
if (problems.length > 0) process.exitCode = 1;
