/**
 * `npm run compare`: compares the ledger with the providers, after a restore to a point in time or a failover
 * to a lagging standby, and before the server is started again. Opens no port, and sends nothing that could
 * move money.
 */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { v7 } from 'uuid';
import { instantOf } from './callbacks-parse.ts';
import { loadConfiguration } from '../config/configuration.ts';
import { DEFAULT_MIRROR } from '../config/mirror.ts';
import { ConfigurationError } from '../config/problem.ts';
import { openBoss } from '../ledger/queue/boss.ts';
import { lastRecordedAt } from '../ledger/refund/compared.ts';
import { openLedger } from '../ledger/database/database.ts';
import { openSettleQueue } from '../ledger/queue/enqueue.ts';
import { endWith } from './operator-error.ts';
import { openAccount } from '../providers/index.ts';
import { createSingleFlight } from '../flow/single-flight.ts';
import type { QueryAnswer } from '../services/observation/query.ts';
import { compareAccount, type ComparedSpan, type Comparison } from '../services/mirroring/compare.ts';
import { createThrottle } from '../flow/throttle.ts';

const USAGE = `npm run compare [-- [--since 24h|2026-11-23] [--payments-since 30d|2026-11-01]]
  --since           refunds made or changed since then are compared, and all that are unfinished;
                    left out: 24 hours before the ledger's last event, or everything if it has none
  --payments-since  where a provider has no list: payments with a refund made since then are asked about as a whole;
                    left out: 30 days before --since
`;

const HOUR_MS = 3_600_000;
const SINCE_BEFORE_LAST_MS = 24 * HOUR_MS;
const PAYMENTS_BEFORE_SINCE_MS = 30 * 24 * HOUR_MS;
const BEGINNING = new Date(0);
/** So many reasons of an account are printed. */
const MOST_REASONS = 5;

const clock = () => new Date();

type Options = Readonly<Record<'since' | 'paymentsSince', Date | null>> | { readonly problem: string };

function readOptions(words: readonly string[]): Options {
  try {
    const options = { since: { type: 'string' }, 'payments-since': { type: 'string' } } as const;
    const { values } = parseArgs({ args: [...words], options });
    const [since, paymentsSince] = [values.since, values['payments-since']].map((text) =>
      text === undefined ? null : instantOf(text, clock()),
    );
    if (since === undefined) return { problem: `--since: expected 30m, 2h, 3d or a date, got ${values.since}` };
    if (paymentsSince === undefined) {
      return { problem: `--payments-since: expected 30m, 2h, 3d or a date, got ${values['payments-since']}` };
    }
    return { since, paymentsSince };
  } catch (error) {
    // parseArgs names the option that it does not know.
    return { problem: error instanceof Error ? error.message : String(error) };
  }
}

function spanOf({ since, paymentsSince }: Exclude<Options, { problem: string }>, last: Date | null): ComparedSpan {
  const from = since ?? (last === null ? BEGINNING : new Date(last.getTime() - SINCE_BEFORE_LAST_MS));
  const paymentsFrom = paymentsSince ?? new Date(Math.max(0, from.getTime() - PAYMENTS_BEFORE_SINCE_MS));
  return { since: from, paymentsSince: paymentsFrom };
}

function print(
  key: string,
  { compared, discovered, changed, contradicted, missing, failed, reasons }: Comparison,
): string {
  const line =
    `${key}: ${compared} compared, ${discovered} unknown here (now recorded), ${changed} changed (now recorded), ` +
    `${contradicted} contradict, ${missing} not known there, ${failed} could not be compared\n`;
  const shown = failed === 0 ? [] : reasons.slice(0, MOST_REASONS);
  return [line, ...shown.map((reason) => `  ${reason}\n`)].join('');
}

/** Compares and prints a line for each account; gives back the exit code. */
async function run(words: readonly string[]): Promise<number> {
  const options = readOptions(words);
  if ('problem' in options) {
    process.stderr.write(`${options.problem}\n\n${USAGE}`);
    return 2;
  }
  const { environment, accounts: settings, mirror = DEFAULT_MIRROR } = loadConfiguration();
  if (settings === null) {
    throw new ConfigurationError([{ setting: 'REFUNDS_CONFIG', problem: 'not set: there is nobody to compare with' }]);
  }
  const { databaseUrl, dataDir } = environment;
  const place = databaseUrl === null ? { dataDir: join(dataDir, 'ledger') } : { databaseUrl };
  const ledger = await openLedger(place, { clock, newId: () => v7() });
  const boss = await openBoss(ledger, (error) => process.stderr.write(`${error.message}\n`));
  const accounts = settings.map((one) => openAccount(one, { clock, random: Math.random, newId: () => v7() }));
  try {
    const span = spanOf(options, await lastRecordedAt(ledger.db));
    process.stdout.write(`comparing refunds made or changed since ${span.since.toISOString()}\n`);
    const queue = await openSettleQueue(
      boss,
      accounts.map(({ key }) => key),
    );
    const deps = { ledger, queue, clock, answers: createSingleFlight<QueryAnswer>() };
    const never = new AbortController().signal;
    const failed = await Promise.all(
      accounts.map(async (account) => {
        const throttle = createThrottle(clock, mirror.pagesPerSecond);
        const comparison = await compareAccount(deps, { account, throttle }, span, never);
        process.stdout.write(print(account.key, comparison));
        return comparison.failed;
      }),
    );
    return failed.some((count) => count > 0) ? 1 : 0;
  } finally {
    await boss.stop({ close: false, graceful: false });
    await Promise.all(accounts.map((account) => account.close()));
    await ledger.close();
  }
}

try {
  process.exitCode = await run(process.argv.slice(2));
} catch (error) {
  endWith(error);
}
