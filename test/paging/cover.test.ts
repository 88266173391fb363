import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { pagesCovering, pageToward, type PageRequest } from '../../src/paging/cover.ts';

const offsets = fc.nat(100_000);
const needs = fc.integer({ min: 1, max: 102 });
const maxima = fc.integer({ min: 1, max: 100 });

const rowsOf = ({ page, size }: PageRequest) => Array.from({ length: size }, (_, nth) => page * size + nth);

describe('the pages of a window', () => {
  test('hold each of its rows, are in order, and none is larger than the maximum', () => {
    fc.assert(
      fc.property(offsets, needs, maxima, (from, need, max) => {
        const pages = pagesCovering(from, from + need, max);
        const held = new Set(pages.flatMap(rowsOf));
        expect(Array.from({ length: need }, (_, nth) => from + nth).filter((row) => !held.has(row))).toEqual([]);
        expect(pages.every(({ size }) => size >= 1 && size <= max)).toBe(true);
        const ends = pages.map(({ page, size }) => (page + 1) * size);
        expect(ends).toEqual(ends.toSorted((a, b) => a - b));
      }),
    );
  });

  test('are one page of the smallest size wherever one can hold it', () => {
    fc.assert(
      fc.property(offsets, needs, maxima, (from, need, max) => {
        const sizes = Array.from({ length: max }, (_, nth) => nth + 1);
        const smallest = sizes.find((size) => Math.floor(from / size) === Math.floor((from + need - 1) / size));
        const pages = pagesCovering(from, from + need, max);
        if (smallest === undefined) expect(pages.length).toBeGreaterThan(1);
        else expect(pages).toEqual([{ page: Math.floor(from / smallest), size: smallest }]);
      }),
    );
  });

  test('are never more than two for a window no larger than the maximum', () => {
    fc.assert(
      fc.property(offsets, needs, maxima, (from, need, max) => {
        fc.pre(need <= max);
        expect(pagesCovering(from, from + need, max).length).toBeLessThanOrEqual(2);
      }),
    );
  });

  test('share a row with the next one, from a maximum of 20 on almost everywhere', () => {
    let joins = 0;
    let disjoint = 0;
    for (let from = 0; from < 3_000; from++) {
      for (const need of [22, 52, 102]) {
        const pages = pagesCovering(from, from + need, 20);
        for (const [nth, page] of pages.slice(1).entries()) {
          joins++;
          const before = pages[nth];
          if (before !== undefined && page.page * page.size >= (before.page + 1) * before.size) disjoint++;
        }
      }
    }
    expect(disjoint / joins).toBeLessThan(0.001);
  });

  test('with a maximum of 100 any window of up to 50 rows is one page, at no more than 1.3 times its rows', () => {
    let rows = 0;
    let needed = 0;
    for (let need = 1; need <= 50; need++) {
      for (let from = 0; from < 5_000; from += 7) {
        const pages = pagesCovering(from, from + need, 100);
        if (pages.length !== 1) throw new Error(`The window of ${need} rows at ${from} has ${pages.length} pages.`);
        rows += pages[0]?.size ?? 0;
        needed += need;
      }
    }
    expect(rows / needed).toBeLessThan(1.3);
  });
});

describe('the furthest reaching page', () => {
  test('holds the row and the one beside it, or the one beside it where no size has both', () => {
    fc.assert(
      fc.property(offsets, maxima, fc.constantFrom('after' as const, 'before' as const), (row, max, toward) => {
        const held = rowsOf(pageToward(row, toward, max));
        const beside = toward === 'after' ? row + 1 : Math.max(0, row - 1);
        expect(held).toContain(beside);
        if (max >= 20) expect(held).toContain(row);
      }),
    );
  });
});
