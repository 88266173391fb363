import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { merge, type MergeSource } from '../../src/paging/merge.ts';

const ascending = fc.array(fc.nat(20), { maxLength: 12, size: 'max' }).map((keys) => keys.toSorted((a, b) => a - b));
const source = (keys: readonly number[], more = false): MergeSource => ({ keys, more, horizon: keys.at(-1) ?? null });
const keysOf = (sources: readonly MergeSource[], limit: number) =>
  merge(sources, limit).picks.map((pick) => `${sources[pick.source]?.keys[pick.nth]}@${pick.source}`);

/** How many rows of each source were taken, and how it ended. */
function outcome(sources: readonly MergeSource[], limit: number) {
  const merged = merge(sources, limit);
  const taken = sources.map((_, nth) => merged.picks.filter((pick) => pick.source === nth).length);
  return { ...merged, taken };
}

describe('the merge', () => {
  test('takes rows by key, then by source', () => {
    expect(keysOf([source([1, 3, 3]), source([1, 2, 3])], 9)).toEqual(['1@0', '1@1', '2@1', '3@0', '3@0', '3@1']);
  });

  test('over the flipped lists takes everything in the opposite order', () => {
    fc.assert(
      fc.property(fc.array(ascending, { maxLength: 4 }), (lists) => {
        const forward = merge(
          lists.map((keys) => source(keys)),
          99,
        ).picks.map(({ source: nth, nth: pick }) => [nth, lists[nth]?.[pick]]);
        const flipped = lists.toReversed().map((keys) => source(keys.toReversed().map((key) => 0 - key)));
        const backward = merge(flipped, 99).picks.map(({ source: nth, nth: pick }) => [
          lists.length - 1 - nth,
          0 - (flipped[nth]?.keys[pick] ?? 0),
        ]);
        expect(backward).toEqual(forward.toReversed());
      }),
    );
  });

  test('takes what sorting everything would put first', () => {
    fc.assert(
      fc.property(fc.array(ascending, { maxLength: 4 }), fc.nat(30), (lists, limit) => {
        const all = lists.flatMap((keys, index) => keys.map((key) => ({ key, index })));
        const sorted = all
          .toSorted((a, b) => a.key - b.key || a.index - b.index)
          .map(({ key, index }) => `${key}@${index}`);
        const sources = lists.map((keys) => source(keys));
        expect(keysOf(sources, limit)).toEqual(sorted.slice(0, limit));
        expect(merge(sources, limit).more).toBe(sorted.length > limit);
      }),
    );
  });

  test('stops where a source that has run dry may have the next row', () => {
    const dry = source([1, 4], true);
    expect(outcome([dry, source([2, 3, 4, 5])], 9)).toMatchObject({ taken: [2, 2], blocked: true, more: true });
    expect(keysOf([dry, source([2, 3, 4, 5])], 4)).toEqual(['1@0', '2@1', '3@1', '4@0']);
  });

  test('goes on up to where a dry source was read without finding anything', () => {
    const searched: MergeSource = { keys: [], more: true, horizon: 4 };
    expect(outcome([searched, source([2, 3, 4, 5])], 9)).toMatchObject({ taken: [0, 2], blocked: true });
    expect(outcome([searched, source([2, 3, 4, 5])], 2)).toMatchObject({
      taken: [0, 2],
      blocked: false,
      more: true,
    });
    const unread: MergeSource = { keys: [], more: true, horizon: null };
    expect(outcome([unread, source([2])], 9)).toMatchObject({ picks: [], blocked: true });
  });

  test('lets a source that lags behind catch up first, in its own order', () => {
    expect(keysOf([source([7, 8]), source([1, 2, 8])], 4)).toEqual(['1@1', '2@1', '7@0', '8@0']);
    expect(keysOf([source([7, 8]), source([1, 9, 2])], 5)).toEqual(['1@1', '7@0', '8@0', '9@1', '2@1']);
  });
});
