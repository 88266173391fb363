/** Promise: from a place on, every event that the filter lets through, in order, none twice, none missing. */
import { setTimeout as pause } from 'node:timers/promises';
import fc from 'fast-check';
import { expect, it, vi } from 'vitest';
import { openFeed, type Feed } from '../../src/feed/feed.ts';
import { letsThrough, type EventFilter } from '../../src/feed/filter.ts';
import { UnknownPositionError } from '../../src/feed/log.ts';
import type { RefundEvent } from '../../src/ledger/events.ts';
import { comparePositions, FEED_START, type EventPosition } from '../../src/refunds/event-cursor.ts';
import { NO_CONDITIONS, type RefundConditions } from '../../src/refunds/filter.ts';
import { describeOnEachDatabase } from '../support/database.ts';
import { UNHEARD } from '../support/unheard.ts';
import { startReader, type Reader } from './reading.ts';
import { ACCOUNTS, REFUNDS, wholeLog, write, writing } from './writing.ts';

const where = (conditions: Partial<RefundConditions>, accounts: EventFilter['accounts'] = ACCOUNTS): EventFilter => ({
  accounts,
  conditions: { ...NO_CONDITIONS, ...conditions },
});
const EVERYTHING = where({});

const FILTERS: readonly EventFilter[] = [
  EVERYTHING,
  where({}, [ACCOUNTS[1]]),
  where({ statuses: ['SUCCEEDED'] }),
  where({ merchantRefundId: 'R3' }),
  where({ merchantRefundId: 'R4', statuses: ['PROCESSING'] }, [ACCOUNTS[0]]),
  where({ merchantRefundId: 'R4' }, [ACCOUNTS[1]]),
  where({}, []),
  where({ statuses: ['PROCESSING'], merchantPaymentId: 'P3' }),
  where({ createdFrom: new Date('2024-07-31T08:26:41.123Z'), createdBefore: new Date('2024-07-31T08:26:41.124Z') }),
  where({ needsAttention: true }),
  { ...EVERYTHING, types: ['DISCOVERED', 'DETAILS_CHANGED'] },
  { ...where({ statuses: ['SUCCEEDED'] }), types: ['STATUS_CHANGED'], via: ['POLL'] },
  { ...EVERYTHING, via: ['COPY'] },
];

const places = (events: readonly RefundEvent[]) => events.map(({ transaction, number }) => `${transaction}-${number}`);
const suffix = (log: readonly RefundEvent[], from: EventPosition, filter: EventFilter) =>
  log.filter((event) => event.via !== 'COPY' && comparePositions(event, from) > 0 && letsThrough(filter, event));

const reader = fc.record({
  filter: fc.constantFrom(...FILTERS),
  /** After how many of the writings it comes. */
  comes: fc.integer({ min: 0, max: 40 }),
  /** From where: a share of what is known then, or the end. */
  from: fc.oneof(fc.constant('end' as const), fc.double({ min: 0, max: 1, noNaN: true })),
  leaveAfter: fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 4 }),
});

describeOnEachDatabase('the feed', (database) => {
  it(
    'gives every reader exactly the suffix that its filter lets through, whatever 8 writers do',
    { timeout: 120_000 },
    async () => {
      const writers = fc.array(fc.array(writing, { minLength: 1, maxLength: 6 }), { minLength: 8, maxLength: 8 });
      const readers = fc.array(reader, { minLength: 1, maxLength: 8 });
      await fc.assert(
        fc.asyncProperty(writers, readers, async (plans, plansOfReaders) => {
          const ledger = await database.open();
          const other = await database.another();
          const feeds = [openFeed(ledger, UNHEARD, { keep: 10 }), openFeed(other, UNHEARD)];
          const started: Reader[] = [];
          let written = 0;
          const come = async (): Promise<void> => {
            for (const { filter, from, leaveAfter } of plansOfReaders.filter(({ comes }) => comes === written)) {
              const [first] = feeds;
              if (first === undefined) throw new Error('no feed');
              const known = (await first.page(EVERYTHING, null, 10_000)).events;
              const place = from === 'end' ? await first.end() : (known[Math.floor(from * known.length)] ?? FEED_START);
              started.push(startReader(feeds, filter, place, leaveAfter));
            }
            written += 1;
          };
          try {
            await come();
            await Promise.all(
              plans.map(async (plan, index) => {
                for (const one of plan) {
                  await write(index % 2 === 0 ? ledger : other, one);
                  await come();
                }
              }),
            );
            const log = await wholeLog(ledger);
            for (const { filter, from, received } of started) {
              const expected = suffix(log, from, filter).length;
              await vi.waitFor(() => expect(received.length).toBeGreaterThanOrEqual(expected), {
                timeout: 10_000,
                interval: 10,
              });
            }
            await pause(20);
            await Promise.all(started.map((one) => one.stop()));
            for (const { filter, from, received } of started) {
              expect(places(received)).toEqual(places(suffix(log, from, filter)));
            }
            expect(feeds.map((feed) => feed.followers())).toEqual([0, 0]);
          } finally {
            await Promise.all(started.map((one) => one.stop()));
            await Promise.all(feeds.map((feed) => feed.close()));
            if (other !== ledger && database.kind === 'postgres') await other.close();
          }
        }),
        { numRuns: 5 },
      );
    },
  );

  async function withFeed(run: (feed: Feed, tell: (count: number) => Promise<void>) => Promise<void>, options = {}) {
    const ledger = await database.open();
    const feed = openFeed(ledger, UNHEARD, options);
    const tell = async (count: number): Promise<void> => {
      for (let index = 0; index < count; index += 1) {
        await write(ledger, { refunds: [index % REFUNDS], finished: index % 3 === 0, holdMs: 0, undone: false });
      }
    };
    try {
      await run(feed, tell);
    } finally {
      await feed.close();
    }
  }

  it('pages the same events, and says rightly whether there are more', async () => {
    await withFeed(async (feed, tell) => {
      await tell(25);
      const log = (await feed.page(EVERYTHING, null, 1_000)).events;
      expect(log).toHaveLength(25);
      for (const filter of FILTERS) {
        const expected = suffix(log, FEED_START, filter);
        for (const size of [1, 7, expected.length, 100].filter((rows) => rows > 0)) {
          const walked: RefundEvent[] = [];
          for (;;) {
            const { events, hasMore } = await feed.page(filter, walked.at(-1) ?? null, size);
            walked.push(...events);
            expect(hasMore).toBe(walked.length < expected.length);
            if (!hasMore) break;
          }
          expect(places(walked)).toEqual(places(expected));
        }
        const last = await feed.last(filter);
        expect(last === null ? [] : places([last])).toEqual(places(expected.slice(-1)));
      }
    });
  });

  it('follows on from its end: what was written before is not told again', async () => {
    await withFeed(async (feed, tell) => {
      await tell(5);
      const events = await feed.follow(EVERYTHING, { kind: 'end' });
      const next = events.next();
      await tell(1);
      const { value } = await next;
      const log = (await feed.page(EVERYTHING, null, 100)).events;
      expect(log).toHaveLength(6);
      expect(value).toMatchObject({ kind: 'event', event: { number: log[5]?.number } });
      await events.return?.();
    });
  });

  it('gives a reader from far back what the memory has dropped, while others follow', async () => {
    await withFeed(
      async (feed, tell) => {
        const quick = startReader([feed], EVERYTHING, await feed.end(), [1_000]);
        await vi.waitFor(() => expect(feed.followers()).toBe(1));
        await tell(20);
        await vi.waitFor(() => expect(quick.received).toHaveLength(20));
        for (const from of [FEED_START, ...quick.received]) {
          const behind = startReader([feed], EVERYTHING, from, [1_000]);
          const expected = places(suffix(quick.received, from, EVERYTHING));
          await vi.waitFor(() => expect(places(behind.received)).toEqual(expected), 5_000);
          await behind.stop();
        }
        await quick.stop();
      },
      { keep: 3 },
    );
  });

  it('gives a reader that is behind the refund as it is now, not as it was at the event', async () => {
    await withFeed(async (feed) => {
      const ledger = await database.another();
      const quick = startReader([feed], EVERYTHING, FEED_START, [1_000]);
      await vi.waitFor(() => expect(feed.followers()).toBe(1));
      for (const finished of [false, false, true]) {
        await write(ledger, { refunds: [0], finished, holdMs: 0, undone: false });
        await vi.waitFor(() => expect(feed.followers()).toBe(1));
      }
      await vi.waitFor(() => expect(quick.received).toHaveLength(3));
      const [first] = quick.received;
      const behind = startReader([feed], EVERYTHING, first ?? FEED_START, [1_000]);
      await vi.waitFor(() => expect(behind.received).toHaveLength(2));
      const states = behind.received.map(({ snapshot, living }) => [snapshot.version, living.refund.version]);
      expect(states).toEqual([
        [2, 3],
        [3, 3],
      ]);
      await Promise.all([quick.stop(), behind.stop()]);
      if (database.kind === 'postgres') await ledger.close();
    });
  });

  it('sends a reader that does not read away, with its last place, and no other', async () => {
    await withFeed(
      async (feed, tell) => {
        const slow = await feed.follow(EVERYTHING, { kind: 'end' });
        const quick = startReader([feed], EVERYTHING, await feed.end(), [1_000]);
        const first = slow.next();
        await vi.waitFor(() => expect(feed.followers()).toBe(2));
        await tell(1);
        const { value } = await first;
        await tell(12);
        await vi.waitFor(() => expect(quick.received).toHaveLength(13));
        const position = value?.kind === 'event' ? value.event : FEED_START;
        expect(await slow.next()).toEqual({ done: false, value: { kind: 'too-slow', position } });
        expect(await slow.next()).toEqual({ done: true, value: undefined });
        expect(feed.followers()).toBe(1);

        const again = startReader([feed], EVERYTHING, position, [1_000]);
        await vi.waitFor(() => expect(places(again.received)).toEqual(places(quick.received.slice(1))));
        await Promise.all([quick.stop(), again.stop()]);
      },
      { mostWaiting: 10 },
    );
  });

  it('refuses a place that no transaction of this database has reached', async () => {
    await withFeed(async (feed, tell) => {
      await tell(1);
      const foreign = { transaction: 2n ** 60n, number: 1n, recordedAt: new Date() };
      await expect(feed.follow(EVERYTHING, { kind: 'after', position: foreign })).rejects.toThrow(UnknownPositionError);
      await expect(feed.page(EVERYTHING, foreign, 10)).rejects.toThrow(UnknownPositionError);
    });
  });

  it('ends a reader that waits when it is told to', async () => {
    await withFeed(async (feed) => {
      const events = await feed.follow(EVERYTHING, { kind: 'end' });
      const next = events.next();
      await vi.waitFor(() => expect(feed.followers()).toBe(1));
      await events.return?.();
      expect(await next).toEqual({ done: true, value: undefined });
      expect(feed.followers()).toBe(0);
    });
  });
});
