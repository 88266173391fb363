import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Toward } from '../../src/refunds/place.ts';
import type { Direction } from '../../src/services/list-source.ts';
import { changes, createModelList, gaps, isDown, type ModelList } from './list-model.ts';
import { faultsOf, NO_FAULTS, sourceOver, walkPage, walkWhole, type CountedSource } from './list-walk.ts';

const KEYS = ['alpha', 'beta', 'gamma'];
/** Hundreds of walks, on a machine that may be busy. */
const SLOW = { timeout: 60_000 };
const directions = fc.constantFrom<Direction>('DESC', 'ASC');
const sides = fc.constantFrom<Toward>('after', 'before');
const maxima = fc.tuple(...KEYS.map(() => fc.oneof(fc.integer({ min: 1, max: 30 }), fc.constant(100))));
const pageSizes = fc.array(fc.integer({ min: 1, max: 25 }), { minLength: 1, maxLength: 4 });
const threeLists = fc.tuple(...KEYS.map(() => gaps(50)));
const between = fc.array(fc.tuple(...KEYS.map(() => changes)), { maxLength: 25, size: 'max' });

/** Three lists, and sources over them in the order in which `list.ts` puts them; `fails` says who is down at a call. */
function threeSources(
  rows: readonly (readonly number[])[],
  direction: Direction,
  maxPageSizes: readonly number[],
  fails: (index: number) => boolean = () => false,
): { readonly lists: readonly ModelList[]; readonly sources: readonly CountedSource[] } {
  const lists = KEYS.map((key, index) => createModelList(rows[index] ?? [], direction, key));
  const sources = KEYS.map((key, index) => {
    const list = lists[index] ?? createModelList([], direction);
    const before = () => {
      if (fails(index)) throw isDown(key);
    };
    return sourceOver(list, direction, { maxPageSize: maxPageSizes[index] ?? 10, before }, { key });
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
        fc.asyncProperty(
          threeLists,
          directions,
          sides,
          maxima,
          pageSizes,
          between,
          async (rows, direction, toward, maxPageSizes, sizes, changing) => {
            const { lists, sources } = threeSources(rows, direction, maxPageSizes);
            const walked = await walkWhole(lists, sources, toward, sizes, changing);
            if (walked === null) return;
            expect(faultsOf(walked)).toEqual(NO_FAULTS);
            const lasting = new Set(walked.stayed.flat());
            const inOrder = mergedIds(lists, direction).filter((id) => lasting.has(id));
            expect(walked.seen.filter((id) => lasting.has(id))).toEqual(inOrder);
          },
        ),
        { numRuns: 60 },
      );
    },
  );

  test(
    'a walk sees them exactly once, each account in its order, when accounts fail from time to time',
    SLOW,
    async () => {
      const outages = fc.array(fc.tuple(...KEYS.map(() => fc.boolean())), { maxLength: 40, size: 'max' });
      await fc.assert(
        fc.asyncProperty(
          threeLists,
          directions,
          sides,
          maxima,
          pageSizes,
          between,
          outages,
          async (rows, direction, toward, maxPageSizes, sizes, changing, down) => {
            let calls = 0;
            const { lists, sources } = threeSources(rows, direction, maxPageSizes, (index) => {
              calls++;
              return down[Math.floor(calls / KEYS.length)]?.[index] ?? false;
            });
            const walked = await walkWhole(lists, sources, toward, sizes, changing);
            if (walked !== null) expect(faultsOf(walked)).toEqual(NO_FAULTS);
          },
        ),
        { numRuns: 60 },
      );
    },
  );

  test('from any row, either way, a page is the neighbouring rows, and knows whether there are more', async () => {
    await fc.assert(
      fc.asyncProperty(
        threeLists,
        directions,
        maxima,
        fc.integer({ min: 0, max: 20 }),
        fc.nat(),
        async (rows, direction, maxPageSizes, size, at) => {
          const { lists, sources } = threeSources(rows, direction, maxPageSizes);
          const all = mergedIds(lists, direction);
          const start = await walkPage(sources, { toward: 'after', size: 100, from: null });
          fc.pre(start.ids.length > 0);
          const index = at % start.ids.length;
          const from = start.cursors[index] ?? null;
          const after = await walkPage(sources, { toward: 'after', size, from });
          expect(after.ids).toEqual(all.slice(index + 1, index + 1 + size));
          expect([after.opposite, after.more]).toEqual([true, index + 1 + size < all.length]);
          const before = await walkPage(sources, { toward: 'before', size, from });
          expect(before.ids).toEqual(all.slice(Math.max(0, index - size), index));
          expect([before.opposite, before.more]).toEqual([true, index > size]);
        },
      ),
      { numRuns: 60 },
    );
  });

  test('an end of the list has nothing on its other side', async () => {
    const { sources } = threeSources([[1, 1], [1], []], 'DESC', [10, 10, 10]);
    const first = await walkPage(sources, { toward: 'after', size: 2, from: null });
    expect([first.opposite, first.more]).toEqual([false, true]);
    const last = await walkPage(sources, { toward: 'before', size: 2, from: null });
    expect([last.opposite, last.more]).toEqual([false, true]);
    const whole = await walkPage(sources, { toward: 'before', size: 3, from: null });
    expect([whole.opposite, whole.more]).toEqual([false, false]);
  });

  test('a page waits for nobody: with every account down there are no rows, yet a cursor to try again from', async () => {
    let isUp = false;
    const { lists, sources } = threeSources([[1, 1], [1], [1]], 'DESC', [10, 10, 10], () => !isUp);
    const nothing = await walkPage(sources, { toward: 'after', size: 3, from: null });
    expect(nothing).toMatchObject({ ids: [], more: true });
    isUp = true;
    const page = await walkPage(sources, { toward: 'after', size: 9, from: nothing.next });
    expect(page.ids).toEqual(mergedIds(lists, 'DESC'));
  });

  test('rows of an account that was away come first once it is back', async () => {
    let down = -1;
    const { lists, sources } = threeSources([[0, 10], [5, 10], [7]], 'ASC', [10, 10, 10], (index) => index === down);
    const [alpha = [], beta = [], gamma = []] = lists.map((list) => list.rows().map(({ id }) => id));
    down = 1;
    const first = await walkPage(sources, { toward: 'after', size: 3, from: null });
    expect(first.ids).toEqual([alpha[0], gamma[0], alpha[1]]);
    expect(first.outcomes[1]?.result).toMatchObject({ kind: 'failed', failure: { code: 'UNAVAILABLE' } });
    down = -1;
    const second = await walkPage(sources, { toward: 'after', size: 3, from: first.next });
    expect(second.ids).toEqual([beta[0], beta[1]]);
    expect(second.more).toBe(false);
  });

  test('a page of 20 over three live accounts asks each of them once', async () => {
    const rows = KEYS.map(() => Array.from({ length: 200 }, () => 1));
    const { sources } = threeSources(rows, 'DESC', [100, 100, 100]);
    let from: string | null = null;
    for (let page = 1; page <= 25; page++) {
      ({ next: from } = await walkPage(sources, { toward: 'after', size: 20, from }));
      expect(sources.map(({ calls }) => calls())).toEqual([page, page, page]);
    }
  });
});
