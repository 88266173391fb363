/** `npm run migrate`: brings the database in DATABASE_URL up to date. A start does it too. */
import { v7 } from 'uuid';
import { readDatabaseUrl } from '../config/environment.ts';
import { ConfigurationError } from '../config/problem.ts';
import { openBoss } from '../ledger/queue/boss.ts';
import { openLedger } from '../ledger/database/database.ts';
import { endWith } from './operator-error.ts';

async function migrate(): Promise<string> {
  const reading = readDatabaseUrl();
  if ('problems' in reading) throw new ConfigurationError(reading.problems);
  if (reading.value === null) {
    throw new ConfigurationError([
      { setting: 'DATABASE_URL', problem: 'not set; the embedded database is brought up to date by each start' },
    ]);
  }
  const place = { databaseUrl: reading.value, maxConnections: 2 };
  const ledger = await openLedger(place, { clock: () => new Date(), newId: () => v7() });
  try {
    const boss = await openBoss(ledger, (error) => process.stderr.write(`${error.message}\n`));
    await boss.stop({ close: false, graceful: false });
    return 'The database is up to date.\n';
  } finally {
    await ledger.close();
  }
}

try {
  process.stdout.write(await migrate());
} catch (error) {
  endWith(error);
}
