/** Promise: readers never take the last connections: a refund, a callback and a job get theirs at once. */
import { sql } from 'kysely';
import { v7 } from 'uuid';
import { expect, it, onTestFinished } from 'vitest';
import { inLane, openLedger, type Ledger } from '../../../src/ledger/database/database.ts';
import { LedgerUnavailableError } from '../../../src/ledger/database/errors.ts';
import type { LedgerLane } from '../../../src/ledger/database/lanes.ts';
import { cloneTemplate, describeOnEachDatabase, dropDatabase, preparedEmbedded } from '../../support/database.ts';

const DEPS = { clock: () => new Date(), newId: () => v7() };
const select = (ledger: Ledger, lane: LedgerLane, seconds = 0) =>
  sql`select pg_sleep(${seconds})`.execute(inLane(ledger, lane).db);

describeOnEachDatabase('lanes', (database) => {
  async function open(waiting: number): Promise<Ledger> {
    if (database.kind === 'embedded') {
      const lite = await preparedEmbedded();
      const ledger = await openLedger({ lite }, { ...DEPS, waiting });
      onTestFinished(async () => {
        await ledger.close();
        await lite.close();
      });
      return ledger;
    }
    const databaseUrl = await cloneTemplate(process.env['TEST_DATABASE_URL'] ?? '');
    const ledger = await openLedger({ databaseUrl, maxConnections: 6 }, { ...DEPS, waiting });
    onTestFinished(async () => {
      await ledger.close();
      await dropDatabase(databaseUrl);
    });
    return ledger;
  }

  it('a crowd of readers stands in front of nobody else', async () => {
    const ledger = await open(200);
    const ended: string[] = [];
    const note = (name: string) => () => void ended.push(name);
    const readers = Array.from({ length: 12 }, () => select(ledger, 'reads', 0.1).then(note('reads')));
    await Promise.all((['refunds', 'callbacks', 'jobs'] as const).map((lane) => select(ledger, lane).then(note(lane))));
    expect(ended.filter((lane) => lane === 'reads').length).toBeLessThanOrEqual(3);
    await Promise.all(readers);
    expect(ended).toHaveLength(15);
  });

  it('readers over the limit hear at once that the ledger is unavailable', async () => {
    const ledger = await open(2);
    const crowd = Array.from({ length: 12 }, () => select(ledger, 'reads', 0.2).catch((error: unknown) => error));
    const answers = await Promise.race([
      Promise.all([crowd.at(-1), crowd.at(-2)]),
      select(ledger, 'refunds', 0.1).then(() => 'they waited'),
    ]);
    expect(answers).toEqual([expect.any(LedgerUnavailableError), expect.any(LedgerUnavailableError)]);
    await Promise.all(crowd);
  });
});
