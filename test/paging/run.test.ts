import { describe, expect, test } from 'vitest';
import { flipRun, joinRuns, type Row, type Run } from '../../src/paging/run.ts';

/** Rows of one second, one letter each. */
function run(start: number, letters: string, part: Partial<Run<Row>> = {}): Run<Row> {
  const rows = letters.split('').map((fingerprint) => ({ fingerprint, key: 1 }));
  return { start, rows, atStart: start === 0, atEnd: false, total: 26, reordered: false, ...part };
}

const letters = (joined: Run<Row> | null) => joined?.rows.map(({ fingerprint }) => fingerprint).join('');

describe('a page behind a run', () => {
  test('is joined at the row that both have', () => {
    const joined = joinRuns(run(0, 'abcd'), run(3, 'defg', { atEnd: true, total: 7 }));
    expect(joined).toEqual(run(0, 'abcdefg', { atEnd: true, total: 7 }));
  });

  test('is joined where the list has moved that row', () => {
    const joined = joinRuns(run(4, 'abcd'), run(6, 'bcdefg'));
    expect(letters(joined)).toBe('abcdefg');
    expect(joined?.start).toBe(5);
  });

  test('is not joined when that row is not on it', () => {
    expect(joinRuns(run(0, 'abcd'), run(3, 'efgh'))).toBeNull();
    expect(joinRuns(run(5, ''), run(3, 'efgh'))).toBeNull();
  });

  test('that only touches is joined if no row has come or gone meanwhile', () => {
    expect(letters(joinRuns(run(0, 'abcd'), run(4, 'efgh')))).toBe('abcdefgh');
    expect(joinRuns(run(0, 'abcd'), run(4, 'efgh', { total: 27 }))).toBeNull();
    expect(joinRuns(run(0, 'abcd'), run(5, 'fgh'))).toBeNull();
  });
});

describe('a page in front of a run', () => {
  /** In front is behind, seen from the other end. */
  function joinAhead(page: Run<Row>, of: Run<Row>): Run<Row> | null {
    const joined = joinRuns(flipRun(of), flipRun(page));
    return joined && flipRun(joined);
  }

  test('is joined at the row that both have, wherever it is now', () => {
    expect(joinAhead(run(0, 'abcd'), run(3, 'def'))).toEqual(run(0, 'abcdef'));
    expect(letters(joinAhead(run(0, 'abcd'), run(2, 'def')))).toBe('abcdef');
    expect(joinAhead(run(0, 'abc'), run(2, 'def'))).toBeNull();
  });

  test('that only touches is joined if no row has come or gone meanwhile', () => {
    expect(letters(joinAhead(run(0, 'abc'), run(3, 'def')))).toBe('abcdef');
    expect(letters(joinAhead(run(0, 'abc'), run(3, '', { atEnd: true })))).toBe('abc');
    expect(joinAhead(run(0, 'abc', { total: 25 }), run(3, 'def'))).toBeNull();
  });
});

describe('the flipped list', () => {
  test('has the rows in the opposite order, with keys and offsets that still grow', () => {
    const rows = [
      { fingerprint: 'a', key: -9 },
      { fingerprint: 'b', key: 0 },
      { fingerprint: 'c', key: 4 },
    ];
    expect(flipRun({ start: 5, rows, atStart: true, atEnd: false, total: 8, reordered: false })).toEqual({
      start: -8,
      rows: [
        { fingerprint: 'c', key: -4 },
        { fingerprint: 'b', key: 0 },
        { fingerprint: 'a', key: 9 },
      ],
      atStart: false,
      atEnd: true,
      total: 8,
      reordered: false,
    });
  });

  test('flipped again is the list', () => {
    const whole = run(4, 'abcd', { atEnd: true });
    expect(flipRun(flipRun(whole))).toEqual(whole);
  });
});
