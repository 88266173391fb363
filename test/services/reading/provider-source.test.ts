import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { NO_CONDITIONS, type Direction } from '../../../src/refunds/filter.ts';
import { type Toward, PagingError } from '../../../src/paging/window.ts';
import { changes, createModelList, gaps, type Manners } from './list-model.ts';
import { faultsOf, NO_FAULTS, sourceOver, walkPage, walkWhole, type WalkedPage } from './list-walk.ts';

/** How many times the usual number of walks: LIST_WALKS=20 for a long look. */
const LONGER = Number(process.env['LIST_WALKS'] ?? 1);
/** Hundreds of walks, on a machine that may be busy. */
const SLOW = { timeout: 60_000 * LONGER };
const pageSizes = fc.array(fc.integer({ min: 1, max: 25 }), { minLength: 1, maxLength: 4 });
const alone = fc.array(
  changes.map((change) => [change]),
  { maxLength: 30, size: 'max' },
);
/** A list and a walk through it. */
const walks = {
  rows: gaps(120),
  direction: fc.constantFrom<Direction>('DESC', 'ASC'),
  toward: fc.constantFrom<Toward>('after', 'before'),
  sizes: pageSizes,
};

describe('a walk through a list that changes between its pages', () => {
  test('sees every row that was there all along exactly once, in order', SLOW, async () => {
    const maxPageSize = fc.oneof(fc.integer({ min: 1, max: 30 }), fc.constant(100));
    await fc.assert(
      fc.asyncProperty(
        fc.record({ ...walks, maxPageSize, between: alone }),
        async ({ rows, direction, maxPageSize: max, ...walk }) => {
          const list = createModelList(rows, direction);
          const walked = await walkWhole([list], [sourceOver(list, { direction, maxPageSize: max })], walk);
          if (walked !== null) expect(faultsOf(walked)).toEqual(NO_FAULTS);
        },
      ),
      { numRuns: 200 * LONGER },
    );
  });

  test('does so too when the list changes while a page is being put together', SLOW, async () => {
    const maxPageSize = fc.integer({ min: 8, max: 30 });
    const within = fc.array(fc.option(changes, { freq: 2 }), { maxLength: 60, size: 'max' });
    await fc.assert(
      fc.asyncProperty(
        fc.record({ ...walks, maxPageSize, within }),
        async ({ rows, direction, maxPageSize: max, within: coming, ...walk }) => {
          const list = createModelList(rows, direction);
          const next = coming.values();
          const before = () => {
            const change = next.next().value ?? null;
            if (change !== null) list.change(change);
          };
          const source = sourceOver(list, { direction, maxPageSize: max, before });
          const walked = await walkWhole([list], [source], walk);
          if (walked === null) return;
          // What vanished during the last page is not in the list any more.
          const now = new Set(list.rows().map(({ id }) => id));
          const stayed = walked.stayed.map((ids) => ids.filter((id) => now.has(id)));
          expect(faultsOf({ ...walked, stayed })).toEqual(NO_FAULTS);
        },
      ),
      { numRuns: 150 * LONGER },
    );
  });

  test('does so with a filter that the provider cannot apply', SLOW, async () => {
    const conditions = { ...NO_CONDITIONS, statuses: ['FAILED'] as const };
    const maxPageSize = fc.integer({ min: 3, max: 30 });
    await fc.assert(
      fc.asyncProperty(
        fc.record({ ...walks, maxPageSize, between: alone }),
        async ({ rows, direction, maxPageSize: max, ...walk }) => {
          const list = createModelList(rows, direction);
          const source = sourceOver(list, { direction, maxPageSize: max, pushes: false }, { conditions });
          const walked = await walkWhole([list], [source], walk);
          if (walked === null) return;
          const failed = new Set(list.rows().flatMap(({ id, status }) => (status === 'FAILED' ? [id] : [])));
          const stayed = walked.stayed.map((ids) => ids.filter((id) => failed.has(id)));
          expect(faultsOf({ ...walked, stayed })).toEqual(NO_FAULTS);
        },
      ),
      { numRuns: 150 * LONGER },
    );
  });
});

describe('a provider that is wrong about its list', () => {
  const wrongs: Readonly<Record<string, Manners>> = {
    'a total that is too large': { maxPageSize: 20, total: (rows) => rows * 2 + 7 },
    'a total that is too small': { maxPageSize: 20, total: (rows) => Math.floor(rows / 3) },
    'a total of nothing': { maxPageSize: 20, total: () => 0 },
    'a page that once came back short': { maxPageSize: 20, onceShort: 2 },
    'a page that once came back cut': { maxPageSize: 20, onceShort: 12 },
    'pages cut to ten rows': { maxPageSize: 20, cap: 10, tellsSize: true },
    'pages cut to three rows': { maxPageSize: 20, cap: 3, tellsSize: true },
    'pages cut to 50 rows': { maxPageSize: 100, cap: 50, tellsSize: true },
  };

  test.each(Object.entries(wrongs))('%s hides no row and ends', SLOW, async (_name, manners) => {
    await fc.assert(
      fc.asyncProperty(fc.record({ ...walks, rows: gaps(150) }), async ({ rows, direction, ...walk }) => {
        const list = createModelList(rows, direction);
        const source = sourceOver(list, { direction, ...manners });
        const walked = await walkWhole([list], [source], walk);
        expect(walked && faultsOf(walked)).toEqual(NO_FAULTS);
      }),
      { numRuns: 60 * LONGER },
    );
  });

  test('a walk over pages that are silently cut ends, with no row twice', SLOW, async () => {
    await fc.assert(
      fc.asyncProperty(fc.record({ ...walks, rows: gaps(150) }), async ({ rows, direction, ...walk }) => {
        const list = createModelList(rows, direction);
        const source = sourceOver(list, { direction, maxPageSize: 20, cap: 10 });
        const walked = await walkWhole([list], [source], walk);
        expect(walked && faultsOf(walked).twice).toEqual([]);
      }),
      { numRuns: 60 * LONGER },
    );
  });

  test.each([1, 20])('pages of %i rows that never go on end the walk with a failure', async (maxPageSize) => {
    const list = createModelList(
      Array.from({ length: 50 }, () => 1),
      'DESC',
    );
    const source = sourceOver(list, { direction: 'DESC', maxPageSize, repeats: true });
    let from: string | null = null;
    for (let nth = 0; nth < 30; nth++) {
      const page: WalkedPage = await walkPage([source], { toward: 'after', limit: 5, from });
      if (page.ids.length === 0) {
        expect(page.results).toMatchObject([{ rows: [], failure: { code: 'MALFORMED' } }]);
        return;
      }
      from = page.next;
    }
    throw new Error('The walk does not end.');
  });

  test('pages longer than asked are a malformed answer', async () => {
    const list = createModelList([1, 1, 1, 1, 1, 1], 'DESC');
    const source = sourceOver(list, { direction: 'DESC', maxPageSize: 20, surplus: 1 });
    const { results } = await walkPage([source], { toward: 'after', limit: 2, from: null });
    expect(results).toMatchObject([{ rows: [], failure: { code: 'MALFORMED' } }]);
  });
});

describe('a list without an order of its own within a second', () => {
  const shapes = [1, 2, 8, 240].flatMap((perSecond) =>
    [3, 10, 37].flatMap((limit) => (['after', 'before'] as const).map((toward) => [perSecond, limit, toward] as const)),
  );
  test.each(shapes)(
    'of %i rows a second, in pages of %i %s the last, is shown whole or said not to be',
    async (perSecond, limit, toward) => {
      const list = createModelList(
        Array.from({ length: 240 }, (_, nth) => (nth % perSecond === 0 ? 1 : 0)),
        'DESC',
      );
      const source = sourceOver(list, { direction: 'DESC', maxPageSize: 100, shuffles: true });
      const seen: string[] = [];
      let isWhole = true;
      let from: string | null = null;
      try {
        for (let nth = 0, more = true; more; nth++) {
          // Through one long second it jumps about without end, and says so.
          if (nth > 40 && !isWhole) break;
          expect(nth).toBeLessThan(1_000);
          const page: WalkedPage = await walkPage([source], { toward, limit, from });
          seen.push(...page.ids);
          isWhole &&= page.results.every(({ complete }) => complete);
          ({ next: from, more } = page);
        }
      } catch (error) {
        if (!(error instanceof PagingError)) throw error;
        isWhole = false;
      }
      const ids = list.rows().map(({ id }) => id);
      if (isWhole) expect(seen.toSorted()).toEqual(ids.toSorted());
      if (perSecond === 1) expect(isWhole).toBe(true);
    },
  );
});

describe('what a page costs', () => {
  /** Calls for the page of 20 behind each row of a list that does not change. */
  async function callsPerPage(maxPageSize: number, toward: Toward): Promise<ReadonlyMap<number, number>> {
    const list = createModelList(
      Array.from({ length: 321 }, (_, nth) => nth % 2),
      'DESC',
    );
    const source = sourceOver(list, { direction: 'DESC', maxPageSize });
    const cursors: string[] = [];
    for (let from: string | null = null, more = true; more;) {
      const page = await walkPage([source], { toward: 'after', limit: 100, from });
      cursors.push(...page.cursors);
      ({ next: from, more } = page);
    }
    const counts = new Map<number, number>();
    for (const from of cursors) {
      const before = source.calls();
      await walkPage([source], { toward, limit: 20, from });
      const calls = source.calls() - before;
      counts.set(calls, (counts.get(calls) ?? 0) + 1);
    }
    return counts;
  }

  test.each(['after', 'before'] as const)(
    'a page of 20 %s any row is one call where 100 rows are allowed',
    async (toward) => {
      expect([...(await callsPerPage(100, toward)).keys()]).toEqual([1]);
    },
  );

  test.each(['after', 'before'] as const)('a page of 20 %s any row is at most two where 20 are', async (toward) => {
    expect(Math.max(...(await callsPerPage(20, toward)).keys())).toBeLessThanOrEqual(2);
  });

  test('a place that thousands of new rows have shifted is found in a few calls', async () => {
    const list = createModelList(
      Array.from({ length: 1_000 }, () => 1),
      'DESC',
    );
    const source = sourceOver(list, { direction: 'DESC', maxPageSize: 100 });
    const first = await walkPage([source], { toward: 'after', limit: 20, from: null });
    list.change({ grow: [], burst: { count: 50_000, apart: 1 }, lose: [] });
    const before = source.calls();
    const second = await walkPage([source], { toward: 'after', limit: 20, from: first.next });
    expect(second.ids[0]).toBe(list.rows()[50_020]?.id);
    expect(source.calls() - before).toBeLessThanOrEqual(22);
  });
});
