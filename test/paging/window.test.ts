import { describe, expect, test } from 'vitest';
import { MAX_ROWS, PagingError, readWindow } from '../../src/paging/window.ts';

describe('the paging arguments', () => {
  test('read as a window', () => {
    expect(readWindow({ first: 20 })).toEqual({ toward: 'after', limit: 20, from: null });
    expect(readWindow({ first: MAX_ROWS, after: 'x', last: null })).toEqual({
      toward: 'after',
      limit: 100,
      from: 'x',
    });
    expect(readWindow({ last: 1, before: 'x' })).toEqual({ toward: 'before', limit: 1, from: 'x' });
    expect(readWindow({ last: 0, before: null, after: null })).toEqual({ toward: 'before', limit: 0, from: null });
  });

  test.each([
    [{}, 'first', 'Say how many rows: "first" or "last", from 0 to 100.'],
    [{ first: null, last: null, after: 'x' }, 'first', 'Say how many rows: "first" or "last", from 0 to 100.'],
    [{ first: 1, last: 1 }, 'last', 'Give "first" or "last", not both.'],
    [{ first: -1 }, 'first', '"first" must be a whole number from 0 to 100, not -1.'],
    [{ last: 1.5 }, 'last', '"last" must be a whole number from 0 to 100, not 1.5.'],
    [{ first: 101 }, 'first', '"first" must be a whole number from 0 to 100, not 101.'],
    [{ last: 2 ** 31 - 1 }, 'last', '"last" must be a whole number from 0 to 100, not 2147483647.'],
    [{ first: 1, before: 'x' }, 'before', '"before" goes with "last"; with "first" give "after".'],
    [{ last: 1, after: 'x' }, 'after', '"after" goes with "first"; with "last" give "before".'],
  ] as const)('%j is refused and says which argument is wrong', (args, argument, message) => {
    const reading = () => readWindow(args);
    expect(reading).toThrow(PagingError);
    expect(reading).toThrow(expect.objectContaining({ argument, message }));
  });
});
