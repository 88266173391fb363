/**
 * `npm run chaos`: kills real servers in the middle of their work, over both databases and three strict
 * providers. In the end it compares the books: no refund twice, none lost, none open. Exit code 1: something
 * did not hold.
 *
 * - --kills N: of all runs together (200).
 * - --seed S
 * - --database embedded|postgres|both
 * - --minutes M: for each database (60).
 * - --clients N (8)
 * - --slowest N: tells the stories of the N refunds that took longest (0).
 * - --no-old: leaves out the ten servers that start over an old database.
 */
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { runCampaign } from './chaos/campaign.ts';
import { printFigures } from './chaos/figures.ts';
import { bringUpOldDatabase } from './chaos/old-database.ts';
import { DATABASES } from './chaos/place.ts';

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '200' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    database: { type: 'string', default: 'both' },
    minutes: { type: 'string', default: '60' },
    clients: { type: 'string', default: '8' },
    slowest: { type: 'string', default: '0' },
    'no-old': { type: 'boolean', default: false },
  },
});
const whole = z.coerce.number().int().min(0);
const options = z
  .object({
    kills: whole,
    seed: whole,
    database: z.enum([...DATABASES, 'both']),
    minutes: z.coerce.number().positive(),
    clients: whole.min(1).max(64),
    slowest: whole,
  })
  .parse(values);

const databases = options.database === 'both' ? DATABASES : [options.database];
console.log(`seed ${options.seed}: ${options.kills} kills on ${databases.join(' and ')}`);
const interrupting = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    // What the run has left is cleared first; its error ends the process.
    interrupting.abort();
  });
}
const { signal: interrupted } = interrupting;
for (const [nth, database] of databases.entries()) {
  const kills = Math.floor(options.kills / databases.length) + (nth < options.kills % databases.length ? 1 : 0);
  const { figures, violations, report, slowest } = await runCampaign({
    ...options,
    database,
    kills,
    interrupted,
    say: console.log,
  });
  if (slowest.length > 0) console.log(`the slowest refunds:\n\n${slowest.join('\n\n')}\n`);
  console.log(printFigures(figures));
  if (violations.length === 0) console.log(`${database}: everything holds`);
  else {
    console.log(`\n${database}, seed ${options.seed}: ${violations.length} things do not hold\n\n${report}`);
    process.exitCode = 1;
  }
  if (values['no-old']) continue;
  const old = await bringUpOldDatabase(database, options.seed);
  console.log(`${database}: ten starters met an old database; ${old.serving} serve after ${old.seconds.toFixed(1)} s`);
  if (old.problems.length === 0) continue;
  console.log(old.problems.join('\n'));
  process.exitCode = 1;
}
