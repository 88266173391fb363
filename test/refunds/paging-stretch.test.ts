import { describe, expect, test } from 'vitest';
import { joinAhead, joinBehind, type Row, type Stretch } from '../../src/refunds/stretch.ts';

/** Rows of one second, one letter each. */
function stretch(start: number, letters: string, part: Partial<Stretch<Row>> = {}): Stretch<Row> {
  const rows = letters.split('').map((mark) => ({ mark, key: 1 }));
  return { start, rows, atStart: start === 0, atEnd: false, total: 26, ...part };
}

const letters = (joined: Stretch<Row> | null) => joined?.rows.map(({ mark }) => mark).join('');

describe('a page behind a stretch', () => {
  test('is joined at the row that both have', () => {
    const joined = joinBehind(stretch(0, 'abcd'), stretch(3, 'defg', { atEnd: true, total: 7 }));
    expect(joined).toEqual(stretch(0, 'abcdefg', { atEnd: true, total: 7 }));
  });

  test('is joined where the list has moved that row', () => {
    const joined = joinBehind(stretch(4, 'abcd'), stretch(6, 'bcdefg'));
    expect(letters(joined)).toBe('abcdefg');
    expect(joined?.start).toBe(5);
  });

  test('is not joined when that row is not on it', () => {
    expect(joinBehind(stretch(0, 'abcd'), stretch(3, 'efgh'))).toBeNull();
    expect(joinBehind(stretch(5, ''), stretch(3, 'efgh'))).toBeNull();
  });

  test('that only touches is joined if no row has come or gone meanwhile', () => {
    expect(letters(joinBehind(stretch(0, 'abcd'), stretch(4, 'efgh')))).toBe('abcdefgh');
    expect(joinBehind(stretch(0, 'abcd'), stretch(4, 'efgh', { total: 27 }))).toBeNull();
    expect(joinBehind(stretch(0, 'abcd'), stretch(5, 'fgh'))).toBeNull();
  });
});

describe('a page in front of a stretch', () => {
  test('is joined at the row that both have, wherever it is now', () => {
    expect(joinAhead(stretch(0, 'abcd'), stretch(3, 'def'))).toEqual(stretch(0, 'abcdef'));
    expect(letters(joinAhead(stretch(0, 'abcd'), stretch(2, 'def')))).toBe('abcdef');
    expect(joinAhead(stretch(0, 'abc'), stretch(2, 'def'))).toBeNull();
  });

  test('that only touches is joined if no row has come or gone meanwhile', () => {
    expect(letters(joinAhead(stretch(0, 'abc'), stretch(3, 'def')))).toBe('abcdef');
    expect(letters(joinAhead(stretch(0, 'abc'), stretch(3, '', { atEnd: true })))).toBe('abc');
    expect(joinAhead(stretch(0, 'abc', { total: 25 }), stretch(3, 'def'))).toBeNull();
  });
});
