import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  beyondRow,
  findPosition,
  flipPosition,
  NEIGHBOURS,
  positionAt,
  positionOn,
  type Located,
  type Position,
} from '../../src/paging/position.ts';
import { flipRun, type Row, type Run } from '../../src/paging/run.ts';
import type { Toward } from '../../src/paging/window.ts';

/** Rows named by their fingerprints; `a1 b1 c2` is two rows of one second and one of the next. */
function run(text: string, part: Partial<Run<Row>> = {}): Run<Row> {
  const rows = text
    .split(' ')
    .filter(Boolean)
    .map((word) => ({ fingerprint: word.slice(0, -1), key: Number(word.slice(-1)) }));
  return { start: 0, rows, atStart: true, atEnd: true, total: rows.length, reordered: false, ...part };
}

const whole = (text: string, index: number): Position => positionAt(run(text), index, { position: 'start', index: 0 });
/** Where a walk goes on, as an index in the list's own order; a backward one looks at the flipped list. */
function find(list: Run<Row>, position: Position, toward: Toward): Located {
  const isFlipped = toward === 'before';
  const from = isFlipped ? flipPosition(position) : position;
  if (from === 'end') throw new Error('Nothing lies beyond.');
  const finding = findPosition(isFlipped ? flipRun(list) : list, from);
  return isFlipped && finding.kind === 'found' ? { kind: 'found', index: list.rows.length - finding.index } : finding;
}

/** Neighbours, which are all of their side or not. */
const all = (...near: string[]) => ({ near, isWhole: true });
const some = (...near: string[]) => ({ near, isWhole: false });

const inside = { atStart: false, atEnd: false } as const;

describe('a place', () => {
  test('remembers its neighbours of the same second only', () => {
    expect(whole('a1 b2 c2 d2 e3', 3)).toEqual({
      kind: 'gap',
      offset: 3,
      key: 2,
      ahead: all('c', 'b'),
      behind: all('d'),
      on: null,
    });
    expect(whole('a1 b2', 1)).toMatchObject({ key: 1, ahead: all('a'), behind: all() });
    expect(whole('a1 b2', 0)).toMatchObject({ key: 1, ahead: all(), behind: all('a') });
    expect(whole('', 0)).toBe('empty');
  });

  test('remembers no more than so many, and says that there are more', () => {
    const fingerprints = Array.from({ length: 2 * NEIGHBOURS + 3 }, (_, nth) => `${String.fromCharCode(97 + nth)}1`);
    const place = whole(fingerprints.join(' '), NEIGHBOURS + 1);
    expect(place).toMatchObject({ ahead: { isWhole: false }, behind: { isWhole: false } });
    expect(typeof place === 'string' ? [] : [place.ahead.near.length, place.behind.near.length]).toEqual([
      NEIGHBOURS,
      NEIGHBOURS,
    ]);
  });

  test('does not know what lies beyond the rows in sight', () => {
    const list = run('b2 c2 d2', { ...inside, start: 7 });
    expect(positionAt(list, 1, { position: 'start', index: 0 })).toMatchObject({
      offset: 8,
      ahead: some('b'),
      behind: some('c', 'd'),
    });
  });

  test('knows on from the place where reading began', () => {
    const before = whole('a2 b2 c2 d2 e2', 3);
    const later = run('c2 d2 e2', { start: 2, atStart: false });
    expect(positionAt(later, 3, { position: before, index: 1 })).toMatchObject({
      ahead: all('e', 'd', 'c', 'b', 'a'),
    });
    const anew = run('d2 e2', { start: 3, atStart: false });
    expect(positionAt(anew, 1, { position: before, index: 0 })).toMatchObject({
      ahead: all('d', 'c', 'b', 'a'),
    });
    // Where they join is not in sight.
    const elsewhere = run('x2 d2 e2', { start: 3, atStart: false });
    expect(positionAt(elsewhere, 2, { position: before, index: 1 })).toMatchObject({
      ahead: some('d', 'x'),
    });
  });

  test.each([
    ['its row is there', 'n1 a1 b2 c2 d2 e3', 4],
    ['its row has gone, the one ahead tells', 'a1 b2 d2 e3', 2],
    ['all ahead in its second have gone', 'a1 d2 e3', 1],
    ['its whole second has gone', 'a1 e3', 1],
    ['everything has gone', '', 0],
    ['new rows came between its neighbours', 'a1 b2 c2 n2 d2 e3', 3],
  ])('is found again: %s', (_case, now, index) => {
    expect(find(run(now), whole('a1 b2 c2 d2 e3', 3), 'after')).toEqual({ kind: 'found', index });
  });

  test('walked towards its front, what came between its neighbours is shown too', () => {
    expect(find(run('a1 b2 c2 n2 d2 e3'), whole('a1 b2 c2 d2 e3', 3), 'before')).toEqual({
      kind: 'found',
      index: 4,
    });
  });

  test.each([
    ['all rows are earlier', 'a1 b1', { kind: 'far', side: 'behind' }],
    ['all rows are later', 'e3 f4', { kind: 'far', side: 'ahead' }],
    ['its second begins in sight', 'a1 x2', { kind: 'near', side: 'behind' }],
    ['its second ends in sight', 'x2 e3', { kind: 'near', side: 'ahead' }],
    ['nothing but its second', 'x2 y2', { kind: 'near', side: null }],
    ['a page beyond the end', '', { kind: 'far', side: 'ahead' }],
  ] as const)('is looked for elsewhere: %s', (_case, now, finding) => {
    const list = run(now, { ...inside, atEnd: now === '' });
    expect(find(list, whole('a1 b2 c2 d2 e3', 3), 'after')).toEqual(finding);
  });

  test('is lost when all that it remembers of a long second has gone', () => {
    const fingerprints = Array.from({ length: 3 * NEIGHBOURS }, (_, nth) => `${String.fromCharCode(97 + nth)}1`);
    const middle = fingerprints.length / 2;
    const place = whole(fingerprints.join(' '), middle);
    const around = (count: number) =>
      [...fingerprints.slice(0, middle - count), ...fingerprints.slice(middle + count)].join(' ');
    expect(find(run(around(NEIGHBOURS)), place, 'after')).toEqual({ kind: 'lost' });
    const index = middle - NEIGHBOURS + 1;
    expect(find(run(around(NEIGHBOURS - 1)), place, 'after')).toEqual({ kind: 'found', index });
  });

  test('on a row goes on behind it, either way', () => {
    const list = run('a1 b1 c1');
    const on = positionOn(list, 1, { position: 'start', index: 0 });
    expect(on).toMatchObject({ on: 'b', offset: 1, ahead: all('a'), behind: all('c') });
    expect(beyondRow(on)).toEqual(positionAt(list, 2, { position: 'start', index: 0 }));
    expect(flipPosition(beyondRow(flipPosition(on)))).toEqual(positionAt(list, 1, { position: 'start', index: 0 }));
  });

  test('is the same in the flipped list, and flipped again as it was', () => {
    const places = [
      ...[0, 1, 3, 6].map((index) => whole('a1 b2 c2 d2 e3 f3', index)),
      'start',
      'end',
      'empty',
    ] as const;
    for (const position of places) expect(flipPosition(flipPosition(position))).toEqual(position);
    const on = positionOn(run('a1 b2 c2'), 1, { position: 'start', index: 0 });
    expect(flipPosition(flipPosition(on))).toEqual(on);
    expect(flipPosition(on)).toMatchObject({ offset: -2, key: -2, ahead: all('c'), behind: all(), on: 'b' });
  });

  test('with new rows alone between all its remembered neighbours, shows them whichever way the list is walked', () => {
    const place = whole('a1 b2 c3', 2);
    expect(place).toMatchObject({ key: 2, ahead: all('b'), behind: all() });
    expect(find(run('a1 n2 c3'), place, 'after')).toEqual({ kind: 'found', index: 1 });
    expect(find(run('a1 n2 c3'), place, 'before')).toEqual({ kind: 'found', index: 2 });
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
          const old = steps.map((step, nth): Row => ({ fingerprint: `r${nth}`, key: (key += step) }));
          const index = Math.min(at, old.length);
          const list: Run<Row> = {
            start: 0,
            rows: old,
            atStart: true,
            atEnd: true,
            total: old.length,
            reordered: false,
          };
          const place = positionAt(list, index, { position: 'start', index: 0 });
          const now = [...old];
          for (const [nth, edit] of edits.entries()) {
            const spot = Math.min(edit.at, Math.max(0, now.length - 1));
            const beside = now[spot];
            if (edit.isNew && beside !== undefined) now.splice(spot, 0, { fingerprint: `n${nth}`, key: beside.key });
            else now.splice(spot, 1);
          }
          const finding = find({ ...list, rows: now, total: now.length }, place, toward);
          const ahead = new Set(old.slice(0, index).map(({ fingerprint }) => fingerprint));
          const isOld = ({ fingerprint }: Row) => fingerprint.startsWith('r');
          if (finding.kind === 'lost') {
            const gone = old.filter((row) => typeof place !== 'string' && row.key === place.key && !now.includes(row));
            expect(gone.length).toBeGreaterThanOrEqual(2 * NEIGHBOURS);
            return;
          }
          if (finding.kind !== 'found') throw new Error('All rows are in sight.');
          expect(now.slice(0, finding.index).filter((row) => isOld(row) && !ahead.has(row.fingerprint))).toEqual([]);
          expect(now.slice(finding.index).filter((row) => isOld(row) && ahead.has(row.fingerprint))).toEqual([]);
        },
      ),
      { numRuns: 2_000 },
    );
  });
});
