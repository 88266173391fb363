import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Toward } from '../../../src/paging/window.ts';
import type { Direction } from '../../../src/refunds/filter.ts';
import { changes, createModelList, gaps, isDown, type ModelList } from './list-model.ts';
import { faultsOf, NO_FAULTS, sourceOver, walkPage, walkWhole, type ModelSource } from './list-walk.ts';

const KEYS = ['alpha', 'beta', 'gamma'];
/** How many times the usual number of walks: LIST_WALKS=20 for a long look. */
const LONGER = Number(process.env['LIST_WALKS'] ?? 1);
/** Hundreds of walks, on a machine that may be busy. */
const SLOW = { timeout: 60_000 * LONGER };
/** Three lists as they are at the beginning. */
const houses = {
  rows: fc.tuple(...KEYS.map(() => gaps(50))),
  direction: fc.constantFrom<Direction>('DESC', 'ASC'),
  maxPageSizes: fc.tuple(...KEYS.map(() => fc.oneof(fc.integer({ min: 1, max: 30 }), fc.constant(100)))),
};
/** A walk through them while they change. */
const walks = {
  toward: fc.constantFrom<Toward>('after', 'before'),
  sizes: fc.array(fc.integer({ min: 1, max: 25 }), { minLength: 1, maxLength: 4 }),
  between: fc.array(fc.tuple(...KEYS.map(() => changes)), { maxLength: 25, size: 'max' }),
};

interface ModelHouse {
  readonly rows: readonly (readonly number[])[];
  readonly direction: Direction;
  readonly maxPageSizes: readonly number[];
}

/**
 * Three lists, and sources over them in the order in which `list.ts` puts them; `fails` says who is down at
 * a call.
 */
function threeSources(
  { rows, direction, maxPageSizes }: ModelHouse,
  fails: (index: number) => boolean = () => false,
): { readonly lists: readonly ModelList[]; readonly sources: readonly ModelSource[] } {
  const lists = KEYS.map((key, index) => createModelList(rows[index] ?? [], direction, key));
  const sources = KEYS.map((key, index) => {
    const list = lists[index] ?? createModelList([], direction);
    const before = () => {
      if (fails(index)) throw isDown(key);
    };
    return sourceOver(list, { direction, maxPageSize: maxPageSizes[index] ?? 10, before }, { key });
  });
  return direction === 'ASC' ? { lists, sources } : { lists: lists.toReversed(), sources: sources.toReversed() };
}

/** The one list that several are: by time, then by account. */
function mergedIds(lists: readonly ModelList[], direction: Direction): readonly string[] {
  const rows = lists.flatMap((list, source) => list.rows().map((row) => ({ ...row, source })));
  const sign = direction === 'ASC' ? 1 : -1;
  return rows.toSorted((a, b) => sign * (a.time - b.time) || a.source - b.source).map(({ id }) => id);
}

describe('one list out of three', () => {
  test(
    'a walk sees every row that was there all along exactly once, in the order of time and account',
    SLOW,
    async () => {
      await fc.assert(
        fc.asyncProperty(fc.record(houses), fc.record(walks), async (house, walk) => {
          const { lists, sources } = threeSources(house);
          const walked = await walkWhole(lists, sources, walk);
          if (walked === null) return;
          expect(faultsOf(walked)).toEqual(NO_FAULTS);
          const lasting = new Set(walked.stayed.flat());
          const inOrder = mergedIds(lists, house.direction).filter((id) => lasting.has(id));
          expect(walked.seen.filter((id) => lasting.has(id))).toEqual(inOrder);
        }),
        { numRuns: 60 * LONGER },
      );
    },
  );

  test(
    'a walk sees them exactly once, each account in its order, when accounts fail from time to time',
    SLOW,
    async () => {
      const outages = fc.array(fc.tuple(...KEYS.map(() => fc.boolean())), { maxLength: 40, size: 'max' });
      await fc.assert(
        fc.asyncProperty(fc.record(houses), fc.record(walks), outages, async (house, walk, down) => {
          let calls = 0;
          const { lists, sources } = threeSources(house, (index) => {
            calls++;
            return down[Math.floor(calls / KEYS.length)]?.[index] ?? false;
          });
          const walked = await walkWhole(lists, sources, walk);
          if (walked !== null) expect(faultsOf(walked)).toEqual(NO_FAULTS);
        }),
        { numRuns: 60 * LONGER },
      );
    },
  );

  test(
    'from any row, either way, a page is the neighbouring rows, and knows whether there are more',
    SLOW,
    async () => {
      const pages = fc.record({ limit: fc.integer({ min: 0, max: 20 }), at: fc.nat() });
      await fc.assert(
        fc.asyncProperty(fc.record(houses), pages, async (house, { limit, at }) => {
          const { lists, sources } = threeSources(house);
          const all = mergedIds(lists, house.direction);
          const start = await walkPage(sources, { toward: 'after', limit: 100, from: null });
          fc.pre(start.ids.length > 0);
          const index = at % start.ids.length;
          const from = start.cursors[index] ?? null;
          const after = await walkPage(sources, { toward: 'after', limit, from });
          expect(after.ids).toEqual(all.slice(index + 1, index + 1 + limit));
          expect([after.opposite, after.more]).toEqual([true, index + 1 + limit < all.length]);
          const before = await walkPage(sources, { toward: 'before', limit, from });
          expect(before.ids).toEqual(all.slice(Math.max(0, index - limit), index));
          expect([before.opposite, before.more]).toEqual([true, index > limit]);
        }),
        { numRuns: 60 * LONGER },
      );
    },
  );

  test('an end of the list has nothing on its other side', async () => {
    const { sources } = threeSources({ rows: [[1, 1], [1], []], direction: 'DESC', maxPageSizes: [10, 10, 10] });
    const first = await walkPage(sources, { toward: 'after', limit: 2, from: null });
    expect([first.opposite, first.more]).toEqual([false, true]);
    const last = await walkPage(sources, { toward: 'before', limit: 2, from: null });
    expect([last.opposite, last.more]).toEqual([false, true]);
    const whole = await walkPage(sources, { toward: 'before', limit: 3, from: null });
    expect([whole.opposite, whole.more]).toEqual([false, false]);
  });

  test('a page waits for nobody: with every account down there are no rows, yet a cursor to try again from', async () => {
    let isUp = false;
    const { lists, sources } = threeSources(
      { rows: [[1, 1], [1], [1]], direction: 'DESC', maxPageSizes: [10, 10, 10] },
      () => !isUp,
    );
    const nothing = await walkPage(sources, { toward: 'after', limit: 3, from: null });
    expect(nothing).toMatchObject({ ids: [], more: true });
    isUp = true;
    const page = await walkPage(sources, { toward: 'after', limit: 9, from: nothing.next });
    expect(page.ids).toEqual(mergedIds(lists, 'DESC'));
  });

  test('rows of an account that was away come first once it is back', async () => {
    let down = -1;
    const { lists, sources } = threeSources(
      { rows: [[0, 10], [5, 10], [7]], direction: 'ASC', maxPageSizes: [10, 10, 10] },
      (index) => index === down,
    );
    const [alpha = [], beta = [], gamma = []] = lists.map((list) => list.rows().map(({ id }) => id));
    down = 1;
    const first = await walkPage(sources, { toward: 'after', limit: 3, from: null });
    expect(first.ids).toEqual([alpha[0], gamma[0], alpha[1]]);
    expect(first.results[1]).toMatchObject({ rows: [], failure: { code: 'UNAVAILABLE' } });
    down = -1;
    const second = await walkPage(sources, { toward: 'after', limit: 3, from: first.next });
    expect(second.ids).toEqual([beta[0], beta[1]]);
    expect(second.more).toBe(false);
  });

  test('a page of 20 over three live accounts asks each of them once', async () => {
    const rows = KEYS.map(() => Array.from({ length: 200 }, () => 1));
    const { sources } = threeSources({ rows, direction: 'DESC', maxPageSizes: [100, 100, 100] });
    let from: string | null = null;
    for (let page = 1; page <= 25; page++) {
      ({ next: from } = await walkPage(sources, { toward: 'after', limit: 20, from }));
      expect(sources.map(({ calls }) => calls())).toEqual([page, page, page]);
    }
  });
});
