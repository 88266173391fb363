/**
 * `npm run dearest`: looks for the dearest request that passes the limits. Operations are made from the
 * schema by chance and changed for the worse as long as they are answered; what each costs is measured at a
 * server of its own over PostgreSQL and the sandbox. Exit code 1: one costs too much, or is a defect.
 *
 * - --seconds N (600)
 * - --seed S
 */
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { climb, type Found } from './dearest/climb.ts';
import { startMeasured } from './dearest/measured.ts';

/** Most processor time of a request, and most of it at once, in milliseconds. */
const MOST_CPU_MS = 300;
const MOST_HELD_MS = 50;

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '600' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
  },
});
const whole = z.coerce.number().int().min(0);
const options = z.object({ seconds: whole, seed: whole }).parse(values);

console.log(`seed ${options.seed}, for ${options.seconds} s`);
const server = await startMeasured('dearest');
try {
  const { tried, refused, defects, byCpu, byHeld } = await climb(server, { ...options, say: console.log });
  console.log(`${tried} operations, of which ${refused} were refused`);
  const tell = (what: string, { text, cpuMs, heldMs, tookMs, bytes }: Found): void =>
    console.log(
      `${what}: ${cpuMs.toFixed(0)} ms of processor, ${heldMs.toFixed(0)} ms at once, ${tookMs.toFixed(0)} ms, ${bytes} bytes back\n  ${text}`,
    );
  tell('the dearest', byCpu);
  tell('the one that holds the loop longest', byHeld);
  for (const defect of defects.slice(0, 10)) console.log(`defect: ${defect}`);
  const holds = byCpu.cpuMs < MOST_CPU_MS && byHeld.heldMs < MOST_HELD_MS && defects.length === 0;
  console.log(holds ? 'all are within the bounds' : 'not all are within the bounds');
  process.exitCode = holds ? 0 : 1;
} finally {
  await server.close();
}
