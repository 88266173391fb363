/** Promise: a ledger that was moved to another server by dump and restore goes on, and its feed too. */
import { expect, it, onTestFinished } from 'vitest';
import { sql } from 'kysely';
import { openFeed } from '../../../src/feed/feed.ts';
import { UnknownPositionError } from '../../../src/feed/log.ts';
import type { Ledger } from '../../../src/ledger/database/database.ts';
import { adoptMovedEvents } from '../../../src/ledger/database/moved.ts';
import { NO_CONDITIONS } from '../../../src/refunds/filter.ts';
import { ACCOUNTS, wholeLog, write } from '../../feed/writing.ts';
import { describeOnEachDatabase } from '../../support/database.ts';
import { UNHEARD } from '../../support/unheard.ts';

const one = { refunds: [0, 1], finished: false, holdMs: 0, undone: false };

/** Uses up so many numbers of transactions. */
const takeTransactions = (ledger: Ledger, count: number) =>
  sql`
    do $$ begin
      create temp table taken (number int) on commit drop;
      for number in 1..${sql.lit(count)} loop
        begin
          insert into taken values (number);
        exception when division_by_zero then
        end;
      end loop;
    end $$
  `.execute(ledger.db);

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
    const feed = openFeed(ledger, UNHEARD);
    const { events } = await feed.page({ accounts: ACCOUNTS, conditions: NO_CONDITIONS }, null, 100);
    await feed.close();
    expect(events).toHaveLength(6);
    expect(events.slice(0, 4).map(({ number }) => number)).toEqual(before.map(({ number }) => number));
    expect(await adoptMovedEvents(ledger.db)).toBe(0);
  });

  it('refuses a place from before for good, also when its transactions have come past that', async () => {
    const ledger = await database.open();
    await write(ledger, one);
    await sql`update refund_events set xid = (pg_current_xact_id()::text::bigint + 1000)::text::xid8`.execute(
      ledger.db,
    );
    const former = (await wholeLog(ledger)).at(-1);
    if (former === undefined) throw new Error('nothing was written');
    expect(await adoptMovedEvents(ledger.db)).toBe(2);

    const feed = openFeed(ledger, UNHEARD);
    onTestFinished(() => feed.close());
    const filter = { accounts: ACCOUNTS, conditions: NO_CONDITIONS };
    const refused = async () => {
      await expect(feed.page(filter, former, 10)).rejects.toThrow(UnknownPositionError);
      await expect(feed.follow(filter, { kind: 'after', position: former })).rejects.toThrow(UnknownPositionError);
    };
    await refused();
    // What a client from before would miss, and then the number of its place is passed.
    await write(ledger, one);
    await takeTransactions(ledger, 1_100);
    await write(ledger, one);
    const last = await feed.end();
    expect(last.transaction).toBeGreaterThan(former.transaction);
    await refused();
    expect((await feed.page(filter, last, 10)).events).toEqual([]);
  });
});
