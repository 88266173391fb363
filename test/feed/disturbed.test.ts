/**
 * Promise: a lost wake-up costs a second, never an event. A long transaction of another database costs
 * nothing.
 */
import pg from 'pg';
import { expect, it, onTestFinished, vi } from 'vitest';
import { openFeed } from '../../src/feed/feed.ts';
import { NO_CONDITIONS } from '../../src/refunds/filter.ts';
import { describeOnEachDatabase } from '../support/database.ts';
import { UNHEARD } from '../support/unheard.ts';
import { startReader } from './reading.ts';
import { ACCOUNTS, wholeLog, write } from './writing.ts';

const EVERYTHING = { accounts: ACCOUNTS, conditions: NO_CONDITIONS };
const one = { refunds: [0], finished: false, holdMs: 0, undone: false };

describeOnEachDatabase('a disturbed feed', (database) => {
  async function open() {
    const ledger = await database.open();
    const told: string[] = [];
    const feed = openFeed(ledger, (event) => {
      if (event.kind === 'feed-disturbed') told.push(`${event.what} failed`);
      if (event.kind === 'feed-works') told.push(`${event.what} recovered`);
      if (event.kind === 'feed-set-back') told.push('set back');
    });
    onTestFinished(() => feed.close());
    const reader = startReader([feed], EVERYTHING, await feed.end(), [1_000]);
    onTestFinished(() => reader.stop());
    await vi.waitFor(() => expect(feed.followers()).toBe(1));
    return { ledger, reader, told };
  }

  it('tells of what is written within a moment', async () => {
    const { ledger, reader } = await open();
    for (let count = 1; count <= 5; count += 1) {
      await write(ledger, one);
      await vi.waitFor(() => expect(reader.received).toHaveLength(count));
    }
  });

  it.runIf(database.kind === 'postgres')('loses no event with its connections, and hears again', async () => {
    const { reader, told } = await open();
    const killer = await database.another();
    const listening = `from pg_stat_activity where datname = current_database() and query ilike 'listen %'`;
    const { rowCount } = await killer.pool.query(`select pg_terminate_backend(pid) ${listening}`);
    expect(rowCount).toBe(1);
    const killed = performance.now();
    await write(killer, one);
    await vi.waitFor(() => expect(reader.received).toHaveLength(1), 5_000);
    expect(performance.now() - killed).toBeLessThan(4_000);
    await vi.waitFor(() => expect(told).toEqual(['listening failed', 'listening recovered']), 5_000);
    expect((await killer.pool.query(`select ${listening}`)).rowCount).toBe(1);

    await killer.pool.query(
      `select pg_terminate_backend(pid) from pg_stat_activity
       where datname = current_database() and pid <> pg_backend_pid()`,
    );
    await Promise.all(Array.from({ length: 8 }, (_, index) => write(killer, { ...one, refunds: [index] })));
    const numbers = (await wholeLog(killer)).map(({ number }) => number);
    expect(numbers.length).toBeGreaterThanOrEqual(8);
    await vi.waitFor(() => expect(reader.received.map(({ number }) => number)).toEqual(numbers), 10_000);
  });

  it.runIf(database.kind === 'postgres')(
    'does not wait for a transaction in another database of the server',
    async () => {
      const { ledger, reader } = await open();
      const url = new URL(process.env['TEST_DATABASE_URL'] ?? '');
      const other = new pg.Client({ connectionString: url.href });
      await other.connect();
      onTestFinished(() => other.end());
      await other.query('begin');
      const { rows } = await other.query<{ name: string }>('select pg_current_xact_id(), current_database() as name');
      const { rows: ours } = await ledger.pool.query<{ name: string }>('select current_database() as name');
      expect(rows[0]?.name).not.toBe(ours[0]?.name);

      await write(ledger, one);
      await vi.waitFor(() => expect(reader.received).toHaveLength(1));
      const fresh = openFeed(ledger, UNHEARD);
      onTestFinished(() => fresh.close());
      expect(await fresh.end()).toEqual({
        transaction: reader.received[0]?.transaction,
        number: reader.received[0]?.number,
        recordedAt: reader.received[0]?.recordedAt,
      });
      expect(await fresh.last(EVERYTHING)).toEqual(reader.received[0]);
    },
  );

  it.runIf(database.kind === 'postgres')('waits for one in its own, and then tells both in order', async () => {
    const { ledger, reader, told } = await open();
    const slow = write(ledger, { ...one, refunds: [2], holdMs: 500 });
    await vi.waitFor(async () => {
      const running = `select from pg_locks where locktype = 'transactionid' and pid in
        (select pid from pg_stat_activity where datname = current_database())`;
      expect((await ledger.pool.query(running)).rowCount).toBe(1);
    });
    await write(ledger, one);
    expect(reader.received).toEqual([]);
    expect(told).toEqual([]);
    await slow;
    await vi.waitFor(() =>
      expect(reader.received.map(({ snapshot }) => snapshot.merchantRefundId)).toEqual(['R2', 'R0']),
    );
  });
});
