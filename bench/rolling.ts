/**
 * `npm run rolling`: real servers over one PostgreSQL, behind nginx and behind HAProxy as docs/ has them, are
 * restarted one after the other while clients query, make refunds and listen. In the end everything is
 * counted: what failed, what was lost, what came twice. Exit code 1: something did.
 *
 * - --rounds N: restarts of each server (10)
 * - --servers N (2)
 * - --proxy nginx|haproxy|both
 */
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { PROXIES } from '../test/support/proxies.ts';
import { runRolling } from './rolling/run.ts';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '10' },
    servers: { type: 'string', default: '2' },
    proxy: { type: 'string', default: 'both' },
  },
});
const whole = z.coerce.number().int().min(1).max(100);
const options = z
  .object({ rounds: whole, servers: whole.min(2), proxy: z.enum(['nginx', 'haproxy', 'both']) })
  .parse(values);

for (const { name, absent, start } of PROXIES) {
  if (options.proxy !== 'both' && options.proxy !== name) continue;
  if (absent !== '') {
    console.log(`${name}${absent}`);
    process.exitCode = 1;
    continue;
  }
  console.log(`${name}: ${options.servers} servers, each restarted ${options.rounds} times`);
  const { figures, wrong } = await runRolling({ ...options, name, start, say: console.log });
  for (const [what, figure] of Object.entries(figures)) console.log(`  ${what.padEnd(34)} ${figure}`);
  for (const line of wrong.slice(0, 20)) console.log(`  wrong: ${line}`);
  console.log(wrong.length === 0 ? `${name}: nothing failed` : `${name}: ${wrong.length} things went wrong`);
  if (wrong.length > 0) process.exitCode = 1;
}
