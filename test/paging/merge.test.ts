import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { mergeRows } from '../../src/paging/merge.ts';

const ascending = fc.array(fc.nat(20), { maxLength: 12, size: 'max' }).map((keys) => keys.toSorted((a, b) => a - b));
const source = (keys: readonly number[], more = false) => ({ rows: keys.map((key) => ({ key, matches: true })), more });
type Sources = readonly ReturnType<typeof source>[];
const inOrder = (sources: Sources) => mergeRows(sources).rows.map(({ nth, row }) => `${row.key}@${nth}`);

describe('the merge', () => {
  test('takes rows by key, then by source', () => {
    expect(inOrder([source([1, 3, 3]), source([1, 2, 3])])).toEqual(['1@0', '1@1', '2@1', '3@0', '3@0', '3@1']);
  });

  test('over the flipped lists takes everything in the opposite order', () => {
    fc.assert(
      fc.property(fc.array(ascending, { maxLength: 4 }), (lists) => {
        const forward = mergeRows(lists.map((keys) => source(keys))).rows.map(({ nth, row }) => [nth, row.key]);
        const flipped = lists.toReversed().map((keys) => source(keys.toReversed().map((key) => 0 - key)));
        const backward = mergeRows(flipped).rows.map(({ nth, row }) => [lists.length - 1 - nth, 0 - row.key]);
        expect(backward).toEqual(forward.toReversed());
      }),
    );
  });

  test('takes what sorting everything would put first', () => {
    fc.assert(
      fc.property(fc.array(ascending, { maxLength: 4 }), (lists) => {
        const all = lists.flatMap((keys, index) => keys.map((key) => ({ key, index })));
        const sorted = all
          .toSorted((a, b) => a.key - b.key || a.index - b.index)
          .map(({ key, index }) => `${key}@${index}`);
        expect(inOrder(lists.map((keys) => source(keys)))).toEqual(sorted);
      }),
    );
  });

  test('with sources that may have more is a beginning of what it is once they have been read on', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(ascending, fc.nat(12)), { maxLength: 4 }), (lists) => {
        const read = lists.map(([keys, count]) => source(keys.slice(0, count), count < keys.length));
        const whole = inOrder(lists.map(([keys]) => source(keys)));
        const begun = inOrder(read);
        expect(begun).toEqual(whole.slice(0, begun.length));
        expect(mergeRows(read).blocked).toBe(read.some(({ more }) => more));
      }),
    );
  });

  test('stops where a source that has run dry may have the next row', () => {
    const sources = [source([1, 4], true), source([2, 3, 4, 5])];
    expect(inOrder(sources)).toEqual(['1@0', '2@1', '3@1', '4@0']);
    expect(mergeRows(sources).blocked).toBe(true);
  });

  test('goes on up to where a source was read, be it without finding anything', () => {
    const searched = { rows: [{ key: 4, matches: false }], more: true };
    const merged = mergeRows([searched, source([2, 3, 4, 5])]);
    expect(merged.rows.filter(({ row }) => row.matches).map(({ row }) => row.key)).toEqual([2, 3]);
    expect(merged.blocked).toBe(true);
    expect(mergeRows([source([], true), source([2])])).toEqual({ rows: [], blocked: true });
  });

  test('lets a source that lags behind catch up first, in its own order', () => {
    expect(inOrder([source([7, 8]), source([1, 2, 8])])).toEqual(['1@1', '2@1', '7@0', '8@0', '8@1']);
    expect(inOrder([source([7, 8]), source([1, 9, 2])])).toEqual(['1@1', '7@0', '8@0', '9@1', '2@1']);
  });
});
