import { describe, expect, test } from 'vitest';
import { MAX_ROWS, PagingError, readWindow } from '../../src/refunds/paging.ts';

describe('the paging arguments', () => {
  test('read as a window', () => {
    expect(readWindow({ first: 20 })).toEqual({ kind: 'forward', first: 20, after: null });
    expect(readWindow({ first: MAX_ROWS, after: 'x', last: null })).toEqual({
      kind: 'forward',
      first: 100,
      after: 'x',
    });
    expect(readWindow({ last: 1, before: 'x' })).toEqual({ kind: 'backward', last: 1, before: 'x' });
    expect(readWindow({ last: 0, before: null, after: null })).toEqual({ kind: 'backward', last: 0, before: null });
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
