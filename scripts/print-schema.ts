/**
 * Writes the schema that the server serves to schema/schema.graphql, so that a changed line is seen in review.
 * With `--check` it writes nothing: it fails when the file is out of date, or when the schema lacks a thing of the
 * contract that schema/open-promises.txt does not name (what is built later), or that file names one that it has.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildSchema, lexicographicSortSchema, printSchema } from 'graphql';
import { schema } from '../src/graphql/schema.ts';
import { brokenPromises, unsettledPromises } from './contract.ts';

const folder = join(import.meta.dirname, '../schema');
const printedPath = join(folder, 'schema.graphql');
const printed = `${printSchema(lexicographicSortSchema(schema))}\n`;
const contract = buildSchema(readFileSync(join(folder, 'contract.graphql'), 'utf8'));

function readPrinted(): string {
  try {
    return readFileSync(printedPath, 'utf8');
  } catch (problem) {
    if (problem instanceof Error && 'code' in problem && problem.code === 'ENOENT') return '';
    throw problem;
  }
}

const openPromises = readFileSync(join(folder, 'open-promises.txt'), 'utf8').split('\n').filter(Boolean);
const problems = [...unsettledPromises(brokenPromises(contract, schema), openPromises)];
if (!process.argv.includes('--check')) writeFileSync(printedPath, printed);
else if (readPrinted() !== printed) problems.push('schema/schema.graphql is out of date: run "npm run codegen"');

for (const problem of problems) console.error(problem);
if (problems.length > 0) process.exitCode = 1;
