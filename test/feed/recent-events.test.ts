/** Promise: the memory gives what is behind a place that it knows, and nothing for any other place. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { RecentEvents } from '../../src/feed/recent-events.ts';
import { FEED_START, type EventPosition } from '../../src/refunds/event-cursor.ts';

const place = (transaction: number, number: number, recordedAt = 0): EventPosition => ({
  transaction: BigInt(transaction),
  number: BigInt(number),
  recordedAt: new Date(recordedAt),
});

/** A log: transactions of one to three events, with gaps between them. */
const log = fc
  .array(fc.record({ gap: fc.integer({ min: 1, max: 3 }), events: fc.integer({ min: 1, max: 3 }) }), { maxLength: 30 })
  .map((transactions) => {
    let [transaction, number] = [0, 0];
    return transactions.flatMap(({ gap, events }) => {
      transaction += gap;
      return Array.from({ length: events }, () => place(transaction, (number += 1), number));
    });
  });

it('gives the events behind each place that it reaches back to, and at least so many as it is to keep', () => {
  fc.assert(
    fc.property(
      fc.record({ log, keep: fc.integer({ min: 1, max: 8 }), pages: fc.integer({ min: 1, max: 5 }), limit: fc.nat(9) }),
      ({ log: events, keep, pages, limit }) => {
        const memory = new RecentEvents(keep, FEED_START);
        for (let from = 0; from < events.length; from += pages) memory.add(events.slice(from, from + pages));
        expect(memory.end).toEqual(events.at(-1) ?? FEED_START);
        const given = [FEED_START, ...events].map((from) => memory.since(from, limit));
        const oldest = given.findIndex((some) => some !== null);
        expect(oldest).toBeLessThanOrEqual(Math.max(events.length - keep, 0));
        for (const [index, some] of given.entries()) {
          expect(some).toEqual(index < oldest ? null : events.slice(index, index + limit));
        }
      },
    ),
  );
});

it('knows no place at which none of its events stands', () => {
  const memory = new RecentEvents(10, place(3, 1));
  memory.add([place(5, 2, 50), place(5, 3, 50), place(8, 4, 80)]);
  const unknown = {
    'before the start': place(2, 1),
    'between two transactions': place(6, 0),
    'of another event with the same numbers': place(5, 3, 51),
    'of the start, recorded at another time': place(3, 1, 1),
    'newer than the last event': place(9, 5, 90),
  };
  for (const [what, from] of Object.entries(unknown)) expect(memory.since(from, 10), what).toBeNull();
  expect(memory.since(place(3, 1), 2)).toEqual([place(5, 2, 50), place(5, 3, 50)]);
  expect(memory.since(place(8, 4, 80), 10)).toEqual([]);
});
