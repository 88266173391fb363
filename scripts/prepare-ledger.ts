/**
 * Makes the template of the embedded database, if it is not there: `npm ci` runs it. Without it a first start
 * makes its database itself, which takes some seconds longer.
 */
import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { v7 } from 'uuid';
import { openLedger } from '../src/ledger/database/database.ts';
import { templatePlace } from '../src/ledger/template.ts';
import { openBoss } from '../src/ledger/queue/boss.ts';

const place = templatePlace();

async function make(): Promise<void> {
  const folder = dirname(place);
  mkdirSync(folder, { recursive: true });
  const making = join(folder, `making-${randomUUID()}`);
  try {
    const ledger = await openLedger({ dataDir: making }, { clock: () => new Date(), newId: () => v7() });
    const boss = await openBoss(ledger, (error) => {
      throw error;
    });
    await boss.stop({ close: false, graceful: false });
    // Each copy gets a key of its own.
    await ledger.pool.query('delete from cursor_key');
    await ledger.close();
    for (const name of readdirSync(folder))
      if (name.startsWith('ledger-template-') && name !== basename(place))
        rmSync(join(folder, name), { recursive: true });
    // Whoever comes second has made the same.
    if (!existsSync(place)) renameSync(join(making, 'ledger'), place);
  } finally {
    rmSync(making, { recursive: true, force: true });
  }
}

if (!existsSync(place)) {
  await make().catch((error: unknown) => {
    console.log(
      `The template of the embedded database is not made: ${error instanceof Error ? error.message : 'no reason given'}.`,
    );
  });
}
