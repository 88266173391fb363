/** Promise: a reader of a log that has lost events is told so, and never goes on as if none were missing. */
import { sql } from 'kysely';
import { expect, it, onTestFinished, vi } from 'vitest';
import { openFeed, type Feed } from '../../src/feed/feed.ts';
import type { Delivery } from '../../src/feed/follower.ts';
import { UnknownPositionError } from '../../src/feed/log.ts';
import type { Ledger } from '../../src/ledger/database/database.ts';
import type { RefundEvent } from '../../src/ledger/events.ts';
import { NO_CONDITIONS } from '../../src/refunds/filter.ts';
import { describeOnEachDatabase } from '../support/database.ts';
import { ACCOUNTS, write } from './writing.ts';

const EVERYTHING = { accounts: ACCOUNTS, conditions: NO_CONDITIONS };
const NOTHING = { accounts: [], conditions: NO_CONDITIONS };
const SET_BACK: IteratorResult<Delivery, undefined> = { done: false, value: { kind: 'set-back' } };
const END = { done: true, value: undefined };

const tell = (ledger: Ledger, ...refunds: readonly number[]) =>
  write(ledger, { refunds, finished: false, holdMs: 0, undone: false });

/** The log loses its last events. */
const lose = (ledger: Ledger, count: number) =>
  sql`delete from refund_events where number in (select number from refund_events order by number desc limit ${count})`.execute(
    ledger.db,
  );

/** Another event comes to stand at the place of the last one. */
const replaceLast = (ledger: Ledger) =>
  sql`update refund_events set recorded_at = recorded_at + interval '1 second'
    where number = (select max(number) from refund_events)`.execute(ledger.db);

/** What a reader is told next, where it is an event. */
async function nextEvent(reader: AsyncIterableIterator<Delivery>): Promise<RefundEvent> {
  const { value } = await reader.next();
  if (value?.kind !== 'event') throw new Error(`the reader was told ${value?.kind}`);
  return value.event;
}

describeOnEachDatabase('a log that was set back', (database) => {
  async function open(keep?: number) {
    const ledger = await database.open();
    const heard: (string | number)[] = [];
    const feed = openFeed(
      ledger,
      (event) => {
        if (event.kind === 'feed-disturbed') heard.push(`${event.what} failed`);
        if (event.kind === 'feed-works') heard.push(`${event.what} recovered`);
        if (event.kind === 'feed-set-back') heard.push(event.followers);
      },
      keep === undefined ? {} : { keep },
    );
    onTestFinished(() => feed.close());
    return { ledger, feed, heard };
  }

  const last = async (feed: Feed): Promise<RefundEvent> => {
    const event = await feed.last(EVERYTHING);
    if (event === null) throw new Error('there is no event');
    return event;
  };

  it.each([
    ['are gone', (ledger: Ledger) => lose(ledger, 1)],
    ['have others at their places', replaceLast],
    [
      'are gone, and others are written',
      async (ledger: Ledger) => {
        await lose(ledger, 2);
        await tell(ledger, 4, 5);
      },
    ],
  ] as const)('ends every reader at the live end when its events %s', async (_how, setBack) => {
    const { ledger, feed, heard } = await open();
    await tell(ledger, 0, 1);
    const all = await feed.follow(EVERYTHING, { kind: 'end' });
    const none = await feed.follow(NOTHING, { kind: 'end' });
    const first = all.next();
    const never = none.next();
    await vi.waitFor(() => expect(feed.followers()).toBe(2));
    await tell(ledger, 2);
    expect(await first).toMatchObject({ value: { kind: 'event', event: { snapshot: { merchantRefundId: 'R2' } } } });
    const next = all.next();
    await setBack(ledger);
    // The reader to whom nothing was told would miss what is written now, too.
    expect([await next, await never]).toEqual([SET_BACK, SET_BACK]);
    expect([await all.next(), await none.next()]).toEqual([END, END]);
    expect(heard).toEqual([2]);
    expect(feed.followers()).toBe(0);

    const again = await feed.follow(EVERYTHING, { kind: 'end' });
    const after = again.next();
    await vi.waitFor(() => expect(feed.followers()).toBe(1));
    await tell(ledger, 6);
    expect(await after).toMatchObject({ value: { kind: 'event', event: { snapshot: { merchantRefundId: 'R6' } } } });
    await again.return?.();
  });

  it('ends a reader that is on its way through the past', async () => {
    const { ledger, feed } = await open();
    await tell(ledger, 0);
    const from = await feed.end();
    await tell(ledger, 1, 2);
    const reader = await feed.follow(EVERYTHING, { kind: 'after', position: from });
    const told = [await nextEvent(reader), await nextEvent(reader)];
    expect(told.map(({ snapshot }) => snapshot.merchantRefundId).toSorted()).toEqual(['R1', 'R2']);
    await replaceLast(ledger);
    expect(await reader.next()).toEqual(SET_BACK);
    expect(await reader.next()).toEqual(END);
  });

  it('does not hand on what waits for a reader that is slow', async () => {
    const { ledger, feed } = await open();
    const reader = await feed.follow(EVERYTHING, { kind: 'end' });
    const first = reader.next();
    await vi.waitFor(() => expect(feed.followers()).toBe(1));
    await tell(ledger, 0);
    await first;
    await tell(ledger, 1, 2, 3);
    const watching = await feed.follow(EVERYTHING, { kind: 'end' });
    const never = watching.next();
    await vi.waitFor(() => expect(feed.followers()).toBe(2));
    await lose(ledger, 1);
    expect(await never).toEqual(SET_BACK);
    expect(await reader.next()).toEqual(SET_BACK);
  });

  it('refuses a place that is lost, also when another event has its two numbers', async () => {
    const { ledger, feed } = await open();
    await tell(ledger, 0);
    const kept = await last(feed);
    await tell(ledger, 1);
    const lost = await last(feed);
    const refused = async (): Promise<void> => {
      await expect(feed.page(EVERYTHING, lost, 10)).rejects.toThrow(UnknownPositionError);
      await expect(feed.follow(EVERYTHING, { kind: 'after', position: lost })).rejects.toThrow(UnknownPositionError);
    };
    await lose(ledger, 1);
    await refused();
    await sql`select setval(pg_get_serial_sequence('refund_events', 'number'), ${lost.number}, false)`.execute(
      ledger.db,
    );
    await tell(ledger, 2);
    await sql`update refund_events set xid = ${lost.transaction}::text::xid8 where number = ${lost.number}`.execute(
      ledger.db,
    );
    const other = await last(feed);
    expect([other.transaction, other.number]).toEqual([lost.transaction, lost.number]);
    await refused();
    expect((await feed.page(EVERYTHING, kept, 10)).events).toEqual([other]);
    const { cursors } = feed;
    expect(cursors.read(cursors.write(lost))).not.toEqual(cursors.read(cursors.write(other)));
  });

  it('tells a reader that has missed nothing what is written at numbers that had passed without an event', async () => {
    const { ledger, feed, heard } = await open();
    await tell(ledger, 0);
    const { transaction } = await last(feed);
    // Numbers that transactions without events have used up, as the queue's do.
    for (let count = 0; count < 20; count += 1) await sql`select pg_current_xact_id()`.execute(ledger.db);
    const reader = await feed.follow(EVERYTHING, { kind: 'end' });
    const next = reader.next();
    await vi.waitFor(() => expect(feed.followers()).toBe(1));
    await tell(ledger, 1);
    await next;
    await lose(ledger, 1);
    expect(await reader.next()).toEqual(SET_BACK);

    const behind = await feed.follow(EVERYTHING, { kind: 'end' });
    const told = behind.next();
    await vi.waitFor(() => expect(feed.followers()).toBe(1));
    // The copy that took over had not come so far: it gives these numbers once more.
    await ledger.db.transaction().execute(async (tx) => {
      await sql`set local session_replication_role = replica`.execute(tx);
      await sql`insert into refund_events (refund_id, account_key, type, previous_status, status, via, occurred_at,
          recorded_at, snapshot, contradiction, xid)
        select refund_id, account_key, 'DETAILS_CHANGED', status, status, via, occurred_at, recorded_at, snapshot,
          contradiction, ${transaction + 10n}::text::xid8 from refund_events`.execute(tx);
    });
    expect(await told).toMatchObject({ value: { kind: 'event', event: { type: 'DETAILS_CHANGED' } } });
    expect(heard).toEqual([1]);
    await behind.return?.();
  });
});
