/** Checks the rules of the house over src/, or over another tree: `node scripts/check-floors.ts [folder]`. */
import { join } from 'node:path';
import { floorBreaches } from './floors.ts';
import { readSource } from './source.ts';

const breaches = floorBreaches(readSource(process.argv[2] ?? join(import.meta.dirname, '../src')));
for (const breach of breaches) console.error(breach);
if (breaches.length > 0) process.exitCode = 1;
