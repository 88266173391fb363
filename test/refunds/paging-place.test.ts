import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { besides, findPlace, gapAt, NEIGHBOURS, standingOn, type Place } from '../../src/refunds/place.ts';
import type { Row, Stretch } from '../../src/refunds/stretch.ts';

/** Rows named by their marks; `a1 b1 c2` is two rows of one second and one of the next. */
function stretch(text: string, part: Partial<Stretch<Row>> = {}): Stretch<Row> {
  const rows = text
    .split(' ')
    .filter(Boolean)
    .map((word) => ({ mark: word.slice(0, -1), key: Number(word.slice(-1)) }));
  return { start: 0, rows, atStart: true, atEnd: true, total: rows.length, ...part };
}

const whole = (text: string, index: number): Place => {
  const list = stretch(text);
  return gapAt(list, index, { place: 'start', index: 0 });
};
const inside = { atStart: false, atEnd: false } as const;

describe('a place', () => {
  test('remembers its neighbours of the same second only', () => {
    expect(whole('a1 b2 c2 d2 e3', 3)).toEqual({
      offset: 3,
      key: 2,
      ahead: ['c', 'b'],
      behind: ['d'],
      aheadWhole: true,
      behindWhole: true,
    });
    expect(whole('a1 b2', 1)).toMatchObject({ key: 1, ahead: ['a'], behind: [], aheadWhole: true, behindWhole: true });
    expect(whole('a1 b2', 0)).toMatchObject({ key: 1, ahead: [], behind: ['a'], aheadWhole: true, behindWhole: true });
    expect(whole('', 0)).toBe('empty');
  });

  test('remembers no more than so many, and says that there are more', () => {
    const marks = Array.from({ length: 2 * NEIGHBOURS + 3 }, (_, nth) => `${String.fromCharCode(97 + nth)}1`);
    const place = whole(marks.join(' '), NEIGHBOURS + 1);
    expect(place).toMatchObject({ aheadWhole: false, behindWhole: false });
    expect(typeof place === 'string' ? [] : [place.ahead.length, place.behind.length]).toEqual([
      NEIGHBOURS,
      NEIGHBOURS,
    ]);
  });

  test('does not know what lies beyond the rows in sight', () => {
    const list = stretch('b2 c2 d2', { ...inside, start: 7 });
    expect(gapAt(list, 1, { place: 'start', index: 0 })).toMatchObject({
      offset: 8,
      ahead: ['b'],
      behind: ['c', 'd'],
      aheadWhole: false,
      behindWhole: false,
    });
  });

  test('knows on from the place where reading began', () => {
    const before = whole('a2 b2 c2 d2 e2', 3);
    const later = stretch('c2 d2 e2', { start: 2, atStart: false });
    expect(gapAt(later, 3, { place: before, index: 1 })).toMatchObject({
      ahead: ['e', 'd', 'c', 'b', 'a'],
      aheadWhole: true,
    });
    const anew = stretch('d2 e2', { start: 3, atStart: false });
    expect(gapAt(anew, 1, { place: before, index: 0 })).toMatchObject({
      ahead: ['d', 'c', 'b', 'a'],
      aheadWhole: true,
    });
    // Where they join is not in sight.
    const elsewhere = stretch('x2 d2 e2', { start: 3, atStart: false });
    expect(gapAt(elsewhere, 2, { place: before, index: 1 })).toMatchObject({ ahead: ['d', 'x'], aheadWhole: false });
  });

  test.each([
    ['its row is there', 'n1 a1 b2 c2 d2 e3', 4],
    ['its row has gone, the one ahead tells', 'a1 b2 d2 e3', 2],
    ['all ahead in its second have gone', 'a1 d2 e3', 1],
    ['its whole second has gone', 'a1 e3', 1],
    ['everything has gone', '', 0],
    ['new rows came between its neighbours', 'a1 b2 c2 n2 d2 e3', 3],
  ])('is found again: %s', (_case, now, index) => {
    expect(findPlace(stretch(now), whole('a1 b2 c2 d2 e3', 3), 'after')).toEqual({ kind: 'found', index });
  });

  test('walked towards its front, what came between its neighbours is shown too', () => {
    expect(findPlace(stretch('a1 b2 c2 n2 d2 e3'), whole('a1 b2 c2 d2 e3', 3), 'before')).toEqual({
      kind: 'found',
      index: 4,
    });
  });

  test.each([
    ['all rows are earlier', 'a1 b1', { kind: 'far', toward: 'after' }],
    ['all rows are later', 'e3 f4', { kind: 'far', toward: 'before' }],
    ['its second begins in sight', 'a1 x2', { kind: 'near', toward: 'after' }],
    ['its second ends in sight', 'x2 e3', { kind: 'near', toward: 'before' }],
    ['nothing but its second', 'x2 y2', { kind: 'near', toward: null }],
    ['a page beyond the end', '', { kind: 'far', toward: 'before' }],
  ] as const)('is looked for elsewhere: %s', (_case, now, finding) => {
    const list = stretch(now, { ...inside, atEnd: now === '' });
    expect(findPlace(list, whole('a1 b2 c2 d2 e3', 3), 'after')).toEqual(finding);
  });

  test('is lost when all that it remembers of a long second has gone', () => {
    const marks = Array.from({ length: 3 * NEIGHBOURS }, (_, nth) => `${String.fromCharCode(97 + nth)}1`);
    const middle = marks.length / 2;
    const place = whole(marks.join(' '), middle);
    const around = (count: number) => [...marks.slice(0, middle - count), ...marks.slice(middle + count)].join(' ');
    expect(findPlace(stretch(around(NEIGHBOURS)), place, 'after')).toEqual({ kind: 'lost' });
    const index = middle - NEIGHBOURS + 1;
    expect(findPlace(stretch(around(NEIGHBOURS - 1)), place, 'after')).toEqual({ kind: 'found', index });
  });

  test('a row has a gap on each side', () => {
    const list = stretch('a1 b1 c1');
    const row = list.rows[1];
    if (row === undefined) throw new Error('There is one.');
    const on = standingOn(list, 1, row, { place: 'start', index: 0 });
    expect(besides(on, 'after')).toEqual(gapAt(list, 2, { place: 'start', index: 0 }));
    expect(besides(on, 'before')).toEqual(gapAt(list, 1, { place: 'start', index: 0 }));
  });

  test('is never found where a row that stayed would change sides', () => {
    const rows = fc.array(fc.constantFrom(0, 0, 0, 1), { maxLength: 60, size: 'max' });
    const news = fc.array(fc.record({ at: fc.nat(80), isNew: fc.boolean() }), { maxLength: 40, size: 'max' });
    fc.assert(
      fc.property(
        rows,
        fc.nat(60),
        news,
        fc.constantFrom('after' as const, 'before' as const),
        (steps, at, edits, toward) => {
          let key = 0;
          const old = steps.map((step, nth): Row => ({ mark: `r${nth}`, key: (key += step) }));
          const index = Math.min(at, old.length);
          const list: Stretch<Row> = { start: 0, rows: old, atStart: true, atEnd: true, total: old.length };
          const place = gapAt(list, index, { place: 'start', index: 0 });
          const now = [...old];
          for (const [nth, edit] of edits.entries()) {
            const spot = Math.min(edit.at, Math.max(0, now.length - 1));
            const beside = now[spot];
            if (edit.isNew && beside !== undefined) now.splice(spot, 0, { mark: `n${nth}`, key: beside.key });
            else now.splice(spot, 1);
          }
          const finding = findPlace({ ...list, rows: now, total: now.length }, place, toward);
          const ahead = new Set(old.slice(0, index).map(({ mark }) => mark));
          const isOld = ({ mark }: Row) => mark.startsWith('r');
          if (finding.kind === 'lost') {
            const gone = old.filter((row) => typeof place !== 'string' && row.key === place.key && !now.includes(row));
            expect(gone.length).toBeGreaterThanOrEqual(2 * NEIGHBOURS);
            return;
          }
          if (finding.kind !== 'found') throw new Error('All rows are in sight.');
          expect(now.slice(0, finding.index).filter((row) => isOld(row) && !ahead.has(row.mark))).toEqual([]);
          expect(now.slice(finding.index).filter((row) => isOld(row) && ahead.has(row.mark))).toEqual([]);
        },
      ),
      { numRuns: 2_000 },
    );
  });
});
