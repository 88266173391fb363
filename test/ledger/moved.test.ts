/** Promise: a ledger that was moved to another server by dump and restore goes on, and its feed too. */
import { expect, it } from 'vitest';
import { sql } from 'kysely';
import { openFeed } from '../../src/feed/feed.ts';
import { adoptMovedEvents } from '../../src/ledger/moved.ts';
import { NO_CONDITIONS } from '../../src/refunds/filter.ts';
import { ACCOUNTS, wholeLog, write } from '../feed/writing.ts';
import { describeOnEachDatabase } from '../support/database.ts';

const one = { refunds: [0, 1], finished: false, holdMs: 0, undone: false };

describeOnEachDatabase('a moved ledger', (database) => {
  it('tells the old events first and in order, then the new ones', async () => {
    const ledger = await database.open();
    await write(ledger, one);
    await write(ledger, one);
    expect(await adoptMovedEvents(ledger.db)).toBe(0);

    const before = await wholeLog(ledger);
    await sql`update refund_events set xid = (xid::text::bigint + 1000000)::text::xid8`.execute(ledger.db);
    await expect(write(ledger, one)).rejects.toThrow('a later transaction has told of this refund already');

    expect(await adoptMovedEvents(ledger.db)).toBe(4);
    await write(ledger, one);
    const feed = openFeed(ledger, { failed: () => undefined, recovered: () => undefined });
    const { events } = await feed.page({ accounts: ACCOUNTS, conditions: NO_CONDITIONS }, null, 100);
    await feed.close();
    expect(events).toHaveLength(6);
    expect(events.slice(0, 4).map(({ number }) => number)).toEqual(before.map(({ number }) => number));
    expect(await adoptMovedEvents(ledger.db)).toBe(0);
  });
});
