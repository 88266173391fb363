/** `npm run callbacks`: an operator looks at callbacks, and applies one again. */
import { join } from 'node:path';
import { v7 } from 'uuid';
import { parseConfiguration } from '../config/accounts.ts';
import { loadConfiguration, type Configuration } from '../config/configuration.ts';
import { ConfigurationError } from '../config/problem.ts';
import { openBoss } from '../ledger/queue/boss.ts';
import { findCallback, listCallbacks } from '../ledger/callback-search.ts';
import { openLedger, type Ledger } from '../ledger/database/database.ts';
import { openSettleQueue } from '../ledger/queue/enqueue.ts';
import { openAccount, type AccountSettings } from '../providers/index.ts';
import { rememberedAccounts } from '../sandbox/state/remembered.ts';
import { replay, type Replayed } from '../services/inbox/replay.ts';
import { readCommand, USAGE, type Command } from './callbacks-parse.ts';
import { printCallback, printList, printReplay } from './callbacks-print.ts';
import { endWith } from './operator-error.ts';

const clock = () => new Date();

/** Prints the answer; gives back the exit code. */
async function answer(command: Command, configuration: Configuration): Promise<number> {
  if (command.kind === 'wrong') {
    process.stderr.write(`${command.problem}\n\n${USAGE}`);
    return 2;
  }
  const { databaseUrl, dataDir } = configuration.environment;
  const place = databaseUrl === null ? { dataDir: join(dataDir, 'ledger') } : { databaseUrl, maxConnections: 2 };
  const ledger = await openLedger(place, { clock, newId: () => v7() });
  try {
    switch (command.kind) {
      case 'list':
        process.stdout.write(printList(await listCallbacks(ledger.db, command.search)));
        return 0;
      case 'show': {
        const callback = await findCallback(ledger.db, command.id);
        process.stdout.write(callback === null ? 'There is no callback of this id.\n' : printCallback(callback));
        return callback === null ? 1 : 0;
      }
      case 'replay': {
        const { text, isGood } = printReplay(await applyAgain(ledger, configuration, command.id));
        process.stdout.write(text);
        return isGood ? 0 : 1;
      }
    }
  } finally {
    await ledger.close();
  }
}

async function applyAgain(ledger: Ledger, configuration: Configuration, id: string): Promise<Replayed> {
  const settings = configuration.accounts ?? (await sandboxAccounts(configuration.environment.dataDir));
  const accounts = new Map(settings.map((one) => [one.key, openAccount(one, { clock, random: Math.random })]));
  const boss = await openBoss(ledger, (error) => process.stderr.write(`${error.message}\n`));
  try {
    const queue = await openSettleQueue(boss, [...accounts.keys()]);
    return await replay({ ledger, queue, accounts }, id);
  } finally {
    await boss.stop({ close: false, graceful: false });
    await Promise.all([...accounts.values()].map((account) => account.close()));
  }
}

/**
 * The accounts of the built-in sandbox, read from its stored state. Starts no second sandbox, and calls
 * nothing.
 */
async function sandboxAccounts(dataDir: string): Promise<readonly AccountSettings[]> {
  const accounts = await rememberedAccounts(join(dataDir, 'sandbox', 'state.json'));
  if (accounts === null) return [];
  const reading = parseConfiguration({ accounts }, {});
  if (reading.kind === 'wrong') throw new ConfigurationError(reading.problems);
  return reading.accounts;
}

try {
  process.exitCode = await answer(readCommand(process.argv.slice(2), clock()), loadConfiguration());
} catch (error) {
  endWith(error);
}
