/**
 * Promise: a cursor of the feed is read only by the ledger that gave it out, and tells nobody else the
 * numbers in it.
 */
import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createEventCursors, isUnsealedEventCursor, type EventPosition } from '../../src/refunds/event-cursor.ts';

const position: fc.Arbitrary<EventPosition> = fc.record({
  transaction: fc.bigInt({ min: 0n, max: 2n ** 63n - 1n }),
  number: fc.bigInt({ min: 0n, max: 2n ** 63n - 1n }),
  recordedAt: fc.date({ min: new Date(0), noInvalidDate: true }),
});
const { read, write } = createEventCursors(randomBytes(32));

test('it reads as it was written, and is always the same text', () => {
  fc.assert(
    fc.property(position, (place) => {
      expect(read(write(place))).toEqual(place);
      expect(write({ ...place })).toBe(write(place));
      expect(write(place)).toMatch(/^E[\w-]{48}$/);
    }),
  );
});

test('a changed character, and whatever else it may be, is refused', () => {
  fc.assert(
    fc.property(position, fc.nat(), fc.constantFrom('A', 'Z', 'a', '0', '-', '_'), (place, at, character) => {
      const text = write(place);
      const index = at % text.length;
      fc.pre(text[index] !== character);
      expect(read(text.slice(0, index) + character + text.slice(index + 1))).toBeNull();
    }),
  );
  fc.assert(
    fc.property(fc.string(), (text) => {
      expect(read(text)).toBeNull();
    }),
  );
});

test('another ledger refuses it', () => {
  const other = createEventCursors(randomBytes(32));
  fc.assert(
    fc.property(position, (place) => {
      expect(other.read(write(place))).toBeNull();
    }),
  );
});

test('neighbours in the log have nothing in common', () => {
  const at = new Date(1_722_414_406_000);
  const texts = Array.from({ length: 200 }, (_, index) =>
    write({ transaction: 1_000n + BigInt(index), number: BigInt(index), recordedAt: at }),
  );
  for (const [index, text] of texts.entries()) {
    const next = texts[index + 1] ?? '';
    const same = Array.from(text).filter((character, place) => place > 0 && character === next[place]).length;
    expect(same).toBeLessThan(12);
  }
});

test('a cursor of before there was a key is known for what it is', () => {
  expect(isUnsealedEventCursor('e20j-74-lz4x5k1g-Ab_9')).toBe(true);
  expect(read('e20j-74-lz4x5k1g-Ab_9')).toBeNull();
  expect(isUnsealedEventCursor(write({ transaction: 1n, number: 1n, recordedAt: new Date(0) }))).toBe(false);
});
