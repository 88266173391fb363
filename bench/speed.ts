/**
 * How fast the product is, beside a bare handler that does the same work and beside other servers: `npm run
 * bench [-- LINE…] [--rounds 5] [--seconds 2] [--warm 4000] [--profile] [--no-embedded] [--no-peers]`.
 *
 * Without a line all of them are measured, and bench/RESULTS.md is written. `--profile` prints where the
 * product's processor time goes, by group; the figures of such a run are not good.
 *
 * Needs Linux (processor time comes from /proc) and a PostgreSQL on this machine: POSTGRES_URL, by default
 * the local one with user postgres and no password. docs/performance.md says what the figures mean.
 */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { startUpstream, type Bench } from './speed/bench.ts';
import { LINES } from './speed/lines.ts';
import { PEERS } from './speed/peers.ts';
import { openPostgres } from './speed/postgres.ts';
import { killAll } from './speed/processes.ts';
import { headOf, tableOf } from './speed/report.ts';

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  allowNegative: true,
  options: {
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '2' },
    warm: { type: 'string', default: '4000' },
    profile: { type: 'boolean', default: false },
    embedded: { type: 'boolean', default: true },
    peers: { type: 'boolean', default: true },
  },
});

const unknown = positionals.filter((name) => !(name in LINES));
if (unknown.length > 0) {
  console.error(`unknown: ${unknown.join(', ')}. There are:`);
  for (const [name, { what }] of Object.entries(LINES)) console.error(`  ${name.padEnd(24)}${what}`);
  process.exit(2);
}
process.on('exit', killAll);
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(1));

const postgres = await openPostgres();
const upstream = await startUpstream();
const bench: Bench = {
  postgres,
  upstream,
  rounds: { rounds: Number(options.rounds), seconds: Number(options.seconds), warmAnswers: Number(options.warm) },
  peers: options.peers ? PEERS : [],
  embedded: options.embedded,
  profile: options.profile
    ? (name, profile) => {
        console.log(`\n${name}`);
        for (const { group, share } of profile)
          if (share >= 0.005) console.log(`  ${group.padEnd(40)}${(100 * share).toFixed(1).padStart(5)} %`);
      }
    : null,
};

const sections: string[] = [];
for (const [name, { what, run }] of Object.entries(LINES)) {
  if (positionals.length > 0 && !positionals.includes(name)) continue;
  const [load = 0] = loadavg();
  const table = tableOf(await run(bench));
  const section = `## ${name}\n\n${what}. Load before it: ${load.toFixed(1)}.\n\n${table}`;
  console.log(`\n${section}`);
  sections.push(section);
}
await upstream.stop();
await postgres.close();

const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: import.meta.dirname })
  .toString()
  .trim();
const head = headOf({ at: new Date(), postgres: postgres.version, commit });
if (positionals.length === 0 && !options.profile)
  writeFileSync(join(import.meta.dirname, 'RESULTS.md'), `${[head, ...sections].join('\n\n')}\n`);
