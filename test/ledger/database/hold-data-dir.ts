/**
 * A process that opens the ledger of a data folder, commits without end, prints a line for each commit, and
 * waits to be killed.
 */
import { sql } from 'kysely';
import { v7 } from 'uuid';
import { openLedger } from '../../../src/ledger/database/database.ts';

const dataDir = process.argv[2];
if (dataDir === undefined) throw new Error('which data folder?');
try {
  const ledger = await openLedger({ dataDir }, { clock: () => new Date(), newId: () => v7() });
  await sql`create table if not exists committed (number integer)`.execute(ledger.db);
  for (let number = 1; ; number += 1) {
    await sql`insert into committed values (${number})`.execute(ledger.db);
    process.stdout.write(`${number}\n`);
  }
} catch (error) {
  process.stderr.write(error instanceof Error ? `${error.name}: ${error.message}\n` : 'unknown\n');
  process.exitCode = 1;
}
