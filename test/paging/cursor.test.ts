import { createHash } from 'node:crypto';
import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cursorsOf, fingerprintOf, flipCursor, MOST_SHOWN, type Cursor } from '../../src/paging/cursor.ts';
import { PagingError } from '../../src/paging/window.ts';

const fingerprint = fc.string({ minLength: 1, maxLength: 40 }).map(fingerprintOf);
const neighbours = fc.record({ near: fc.array(fingerprint, { maxLength: 9 }), isWhole: fc.boolean() });
const gap = fc.record({
  kind: fc.constant('gap' as const),
  offset: fc.maxSafeNat(),
  key: fc.maxSafeInteger(),
  ahead: neighbours,
  behind: neighbours,
  on: fc.option(fingerprint, { nil: null }),
});
const edge = fc.constantFrom('start', 'end', 'empty' as const);
const position = fc.oneof(edge, gap);
const keyed = fc.oneof(
  edge,
  fc.record({
    kind: fc.constant('key' as const),
    side: fc.constantFrom('ahead', 'on', 'behind' as const),
    value: fc.oneof(
      fc.integer({ min: -62_135_596_800_000, max: 8_640_000_000_000_000 }),
      fc.integer({ min: 0, max: 10 ** 15 }).map((units) => units / 10_000),
      fc.constant(-Infinity),
    ),
    id: fc.string({ maxLength: 64 }),
  }),
);
const fingerprints = fc.array(fingerprint, { maxLength: 40 });
const pair = {
  kind: fc.constant('pair' as const),
  side: fc.constantFrom('ahead', 'behind' as const),
  unlisted: keyed,
  shown: fingerprints,
};
const fallback = fc.option(fc.record({ shown: fingerprints, at: keyed }), { nil: null });
const cursors: fc.Arbitrary<Cursor> = fc.array(
  fc.oneof(
    position,
    keyed,
    fc.record({ ...pair, listed: position, fallback }),
    fc.record({ ...pair, listed: keyed, fallback: fc.constant(null) }),
  ),
  { maxLength: 5 },
);
const KEY = randomBytes(32);
const none = { near: [], isWhole: true };
const { read, write } = cursorsOf('newest first', KEY);

describe('a cursor', () => {
  test('reads as it was written', () => {
    fc.assert(
      fc.property(cursors, (cursor) => {
        expect(read(write(cursor), 'after')).toEqual(cursor);
      }),
    );
  });

  test('is refused when a character of it was changed', () => {
    const changed = fc.tuple(cursors, fc.nat(), fc.constantFrom('A', 'Z', 'a', 'z', '0', '9', '-', '_'));
    fc.assert(
      fc.property(changed, ([cursor, at, character]) => {
        const text = write(cursor);
        const index = at % text.length;
        fc.pre(text[index] !== character);
        expect(() => read(text.slice(0, index) + character + text.slice(index + 1), 'before')).toThrow(PagingError);
      }),
    );
  });

  test('is refused whatever else it is', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(() => read(text, 'after')).toThrow(new PagingError('after', '"after" is not a cursor of this API.'));
      }),
    );
  });

  test('that anybody can make is refused: of before there was a key it says that, of another key nothing', () => {
    expect(() => read(cursorsOf('newest first').write(['start']), 'after')).toThrow(
      'older version; start the list again',
    );
    const forged = cursorsOf('newest first', randomBytes(32)).write(['start']);
    expect(() => read(forged, 'after')).toThrow('not a cursor of this API');
  });

  test('holds no time that the database can not hold', () => {
    const at = (time: number): Cursor => [{ kind: 'key', side: 'on', value: time, id: 'R' }];
    expect(() => write(at(9e15))).toThrow(/8640000000000000/);
    expect(() => write(at(-9e15))).toThrow(/62135596800000/);
  });

  test('of another list says so', () => {
    const foreign = cursorsOf('oldest first', KEY).write(['start']);
    expect(() => read(foreign, 'after')).toThrow('"after" is a cursor of another list');
  });

  test('reads as it was written, also where fifty providers are away and as many rows were shown as it can name', () => {
    const near = Array.from({ length: 8 }, (_, nth) => fingerprintOf(`M${nth}`));
    const full = {
      kind: 'gap' as const,
      offset: 2 ** 40,
      key: -1_722_414_406_000,
      ahead: { near, isWhole: false },
      behind: { near, isWhole: false },
    };
    const cursor: Cursor = Array.from({ length: 50 }, (_, source) => ({
      kind: 'pair',
      side: 'behind',
      listed: { ...full, on: fingerprintOf('R') },
      fallback: {
        shown: Array.from({ length: MOST_SHOWN / 50 }, (__, nth) => fingerprintOf(`${source} ${nth}`)),
        at: { kind: 'key', side: 'on', value: 1_722_414_406_000, id: 'R'.repeat(32) },
      },
      unlisted: { kind: 'key', side: 'behind', value: 1_722_414_406_000, id: 'R'.repeat(32) },
      shown: near,
    }));
    expect(read(write(cursor), 'after')).toEqual(cursor);
  });

  test('is short: three sources in plain places take less than 400 characters', () => {
    const plain = {
      kind: 'gap' as const,
      offset: 12_345,
      key: -1_722_414_406_000,
      behind: none,
    };
    const cursor: Cursor = [
      { ...plain, ahead: none, on: fingerprintOf('R1') },
      { ...plain, ahead: { near: [fingerprintOf('R2')], isWhole: true }, on: null },
      { kind: 'key', side: 'behind', value: 1_722_414_406_000, id: '20240731-000000000001' },
    ];
    expect(write(cursor).length).toBeLessThan(400);
  });

  test('of an older version says so: what it stood for was written in another shape', () => {
    // As the first version wrote it: a source each at the start of its list, in a gap of it, on a row of
    // the ledger.
    const older = [['start'], ['g', 3, -1_722_414_406_000, ['abcdefgh'], [], 1, 1], ['kr', [1_722_414_406_000, 'R1']]];
    for (const part of older) {
      const body = Buffer.from(JSON.stringify([part])).toString('base64url');
      const digest = (text: string) => createHash('sha256').update(text).digest('base64url').slice(0, 6);
      const owner = digest('newest first');
      expect(() => read(owner + digest(owner + body) + body, 'after')).toThrow(
        new PagingError('after', '"after" is a cursor of an older version; start the list again.'),
      );
    }
  });

  test('that a job keeps, without a key, reads as ever: its text stays what it was', () => {
    const own = cursorsOf('newest first');
    const kept =
      '1aWpCske_NTfW1siKyIsIj4iLFsiPiIsIjdINEFpMTlOMmFOelpxR1YiLFszLC0xNzIyNDE0NDA2MDAwLCJwNUUyYjI5aSIs' +
      'IiIsMSwiMWxPd0Z0c2QiXSxbIj4iLDE3MjI0MTQ0MDYwMDAsIlIzIl1dLCJlbXB0eSIsIlZRcVM0ekNvIl0sWyIrIiwiPiIs' +
      'WzMsLTE3MjI0MTQ0MDYwMDAsInA1RTJiMjlpIiwiIiwxLCIxbE93RnRzZCJdLFsiPiIsMTcyMjQxNDQwNjAwMCwiUjMiXSwi' +
      'Il0sWyIrIiwiPCIsWyI-IiwxNzIyNDE0NDA2MDAwLCJSMyJdLCJzdGFydCIsIiJdLFszLC0xNzIyNDE0NDA2MDAwLCJwNUUy' +
      'YjI5aSIsIiIsMSwiMWxPd0Z0c2QiXSxbIj4iLDE3MjI0MTQ0MDYwMDAsIlIzIl0sImVuZCJd';
    const key = { kind: 'key' as const, side: 'behind' as const, value: 1_722_414_406_000, id: 'R3' };
    const around = { ahead: { near: [fingerprintOf('R1')], isWhole: true }, behind: { near: [], isWhole: false } };
    const on = { kind: 'gap' as const, offset: 3, key: -1_722_414_406_000, ...around, on: fingerprintOf('R2') };
    const shown = [fingerprintOf('R4'), fingerprintOf('R5')];
    const pairs = { kind: 'pair' as const, side: 'behind' as const, fallback: null, shown: [] };
    const cursor: Cursor = [
      { ...pairs, listed: on, fallback: { shown, at: key }, unlisted: 'empty', shown: [fingerprintOf('R6')] },
      { ...pairs, listed: on, unlisted: key },
      { ...pairs, side: 'ahead', listed: key, unlisted: 'start' },
      on,
      key,
      'end',
    ];
    expect(own.read(kept, 'after')).toEqual(cursor);
    expect(own.write(cursor)).toBe(kept);
    expect(() => read(kept, 'after')).toThrow('a cursor of an older version; start the list again');
  });

  test('of a position in front of the list, where vanished rows have put it, is one at its start', () => {
    const at = { kind: 'gap' as const, key: 1, ahead: none, behind: none, on: null };
    const back = read(write([{ ...at, offset: -3 }]), 'after');
    expect(back).toEqual([{ ...at, offset: 0 }]);
  });

  test('is the same in the flipped list, and flipped again as it was', () => {
    fc.assert(
      fc.property(cursors, (cursor) => {
        expect(flipCursor(flipCursor(cursor))).toEqual(cursor);
      }),
    );
    expect(flipCursor(['start', 'empty', 'end'])).toEqual(['start', 'empty', 'end']);
  });
});
