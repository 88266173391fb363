/**
 * `npm run crowd`: what others can do to those who make refunds. First the time of `createRefund`, calm and
 * under readers who all ask what is dearest, in turns; then the memory that a stranger's sockets hold. Exit
 * code 1: a bound does not hold.
 *
 * - --readers N (12)
 * - --refunds N: in each turn (100)
 * - --turns N (3)
 * - --sockets N: of the stranger (300)
 */
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { startMeasured } from './dearest/measured.ts';
import { timeCreates } from './crowd/creates.ts';
import { holdSockets } from './crowd/strangers.ts';

/** How many times as long the slowest of a hundred may take under readers. */
const MOST_TIMES = 4;
const MOST_MEBIBYTES = 50;

const { values } = parseArgs({
  options: {
    readers: { type: 'string', default: '12' },
    refunds: { type: 'string', default: '100' },
    turns: { type: 'string', default: '3' },
    sockets: { type: 'string', default: '300' },
  },
});
const whole = z.coerce.number().int().min(1);
const options = z.object({ readers: whole, refunds: whole, turns: whole, sockets: whole }).parse(values);

const server = await startMeasured('crowd');
try {
  const { calm, crowded, answers } = await timeCreates(server, options);
  const times = crowded.p99 / calm.p99;
  console.log(`createRefund, calm:          p50 ${calm.p50.toFixed(0)} ms, p99 ${calm.p99.toFixed(0)} ms`);
  console.log(`createRefund, under readers: p50 ${crowded.p50.toFixed(0)} ms, p99 ${crowded.p99.toFixed(0)} ms`);
  console.log(`p99 ${times.toFixed(1)} times as long; the readers had ${answers} answers meanwhile`);
  const held = await holdSockets(server, options.sockets);
  for (const [what, mebibytes] of Object.entries(held)) {
    console.log(`${options.sockets} sockets, ${what}: ${mebibytes.toFixed(1)} MiB`);
  }
  const holds = times < MOST_TIMES && Object.values(held).every((mebibytes) => mebibytes < MOST_MEBIBYTES);
  console.log(holds ? 'the bounds hold' : 'a bound does not hold');
  process.exitCode = holds ? 0 : 1;
} finally {
  await server.close();
}
