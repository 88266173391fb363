/**
 * `npm run fuzz`: hostile inputs to a server of its own: documents, addresses, bytes, callbacks (signed ones,
 * too), WebSocket messages, methods. It ends with a verdict: no 500, no 4500, nothing that hangs, no secret
 * in an answer or in the log, a flat heap. Exit code 1: something did not hold.
 *
 * - --inputs N (100000)
 * - --seed S
 * - --minutes M: ends then, whatever is left
 */
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { runFuzz } from './fuzz/run.ts';

const { values } = parseArgs({
  options: {
    inputs: { type: 'string', default: '100000' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    minutes: { type: 'string', default: '600' },
  },
});
const whole = z.coerce.number().int().min(0);
const options = z.object({ inputs: whole, seed: whole, minutes: z.coerce.number().positive() }).parse(values);

console.log(`seed ${options.seed}: ${options.inputs} inputs`);
const began = performance.now();
const { sent, kinds, statuses, broken, heaps } = await runFuzz(options);
console.log(`${sent} inputs in ${((performance.now() - began) / 1000).toFixed(0)} s`);
const listed = (counts: ReadonlyMap<string | number, number>): string =>
  [...counts].map(([name, count]) => `${name} ${count}`).join(', ');
console.log(`of each kind: ${listed(kinds)}`);
console.log(`answered with: ${listed(statuses)} (0: the connection was cut)`);
console.log(`heap after collections: ${heaps.map((bytes) => `${Math.round(bytes / 2 ** 20)} MB`).join(', ')}`);
for (const line of broken.slice(0, 20)) console.log(`broken: ${line}`);
console.log(broken.length === 0 ? 'everything held' : `${broken.length} things did not hold`);
process.exitCode = broken.length === 0 ? 0 : 1;
