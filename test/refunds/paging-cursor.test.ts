import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cursorsOf, markOf, MOST_SHOWN, type Cursor } from '../../src/refunds/cursor.ts';
import { PagingError } from '../../src/refunds/paging.ts';

const mark = fc.string({ minLength: 1, maxLength: 40 }).map(markOf);
const gap = {
  offset: fc.maxSafeNat(),
  key: fc.maxSafeInteger(),
  ahead: fc.array(mark, { maxLength: 9 }),
  behind: fc.array(mark, { maxLength: 9 }),
  aheadWhole: fc.boolean(),
  behindWhole: fc.boolean(),
};
const ledgerKey = fc.record({ time: fc.maxSafeInteger(), id: fc.string({ maxLength: 64 }) });
const ledgerGap = fc.record({
  ahead: fc.option(ledgerKey, { nil: null }),
  behind: fc.option(ledgerKey, { nil: null }),
});
const listPlace = fc.oneof(
  fc.record({
    kind: fc.constant('list' as const),
    place: fc.oneof(fc.constantFrom('start', 'end', 'empty' as const), fc.record(gap)),
  }),
  fc.record({ kind: fc.constant('list-row' as const), on: fc.record({ ...gap, mark }) }),
);
const ledgerPlace = fc.oneof(
  fc.record({
    kind: fc.constant('ledger' as const),
    place: fc.oneof(fc.constantFrom('start', 'end' as const), ledgerGap),
  }),
  fc.record({ kind: fc.constant('ledger-row' as const), on: ledgerKey }),
);
const bridgePlace = fc.record({
  kind: fc.constant('bridge' as const),
  toward: fc.constantFrom('after' as const, 'before' as const),
  from: listPlace,
  shown: fc.array(mark, { maxLength: 40 }),
  ledger: ledgerPlace,
});
const cursors: fc.Arbitrary<Cursor> = fc.array(fc.oneof(listPlace, ledgerPlace, bridgePlace), { maxLength: 5 });
const { read, write } = cursorsOf('newest first');

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

  test('of another list says so', () => {
    const foreign = cursorsOf('oldest first').write([{ kind: 'list', place: 'start' }]);
    expect(() => read(foreign, 'after')).toThrow('"after" is a cursor of another list');
  });

  test('reads as it was written, also where fifty providers are away and as many rows were shown as it can name', () => {
    const marks = Array.from({ length: 8 }, (_, nth) => markOf(`M${nth}`));
    const full = { offset: 2 ** 40, key: -1_722_414_406_000, ahead: marks, behind: marks };
    const cursor: Cursor = Array.from({ length: 50 }, (_, source) => ({
      kind: 'bridge',
      toward: 'after',
      from: { kind: 'list-row', on: { ...full, aheadWhole: false, behindWhole: false, mark: markOf('R') } },
      shown: Array.from({ length: MOST_SHOWN / 50 }, (__, nth) => markOf(`${source} ${nth}`)),
      ledger: { kind: 'ledger-row', on: { time: 1_722_414_406_000, id: 'R'.repeat(32) } },
    }));
    expect(read(write(cursor), 'after')).toEqual(cursor);
  });

  test('is short: three sources in plain places take less than 400 characters', () => {
    const plain = { offset: 12_345, key: -1_722_414_406_000, behind: [], aheadWhole: true, behindWhole: true };
    const cursor: Cursor = [
      { kind: 'list-row', on: { ...plain, ahead: [], mark: markOf('R1') } },
      { kind: 'list', place: { ...plain, ahead: [markOf('R2')] } },
      {
        kind: 'ledger',
        place: { ahead: { time: 1_722_414_406_000, id: '20240731-000000000001' }, behind: null },
      },
    ];
    expect(write(cursor).length).toBeLessThan(400);
  });
});
