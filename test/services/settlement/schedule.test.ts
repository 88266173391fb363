/** Promise: an unfinished refund is queried soon, then ever less often, and never forgotten. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DEFAULT_RECONCILIATION } from '../../../src/config/reconciliation.ts';
import { nextQuery } from '../../../src/services/settlement/schedule.ts';

test('a refund that nobody delays is queried at the marks of docs/reconciliation.md', () => {
  const queried: number[] = [];
  for (let age = 0; queried.length < 13;) {
    age += nextQuery(age, DEFAULT_RECONCILIATION);
    queried.push(age);
  }
  expect(queried).toEqual([2, 7, 17, 37, 77, 137, 257, 557, 1157, 2957, 6557, 10_157, 13_757]);
});

test.each([
  ['a question that took 3 s goes on at the next mark', 10, 7],
  ['one that ended right before a mark passes over it', 16.9, 20.1],
  ['one that ended right behind a mark keeps its pause', 17.5, 19.5],
  ['an old refund is asked about each hour', 1_000_000, 3600],
])('%s', (_name, age, pause) => {
  expect(nextQuery(age, DEFAULT_RECONCILIATION)).toBeCloseTo(pause);
});

test('every pause is at least half and at most one and a half of a configured one', () => {
  const cases = fc.record({
    age: fc.double({ min: 0, max: 100_000, noNaN: true }),
    pauses: fc.array(fc.double({ min: 0.1, max: 5000, noNaN: true }), { minLength: 1, maxLength: 12 }),
  });
  fc.assert(
    fc.property(cases, ({ age, pauses }) => {
      const sorted = pauses.toSorted((a, b) => a - b);
      const pause = nextQuery(age, { pausesSeconds: sorted });
      expect(pause).toBeGreaterThanOrEqual((sorted[0] ?? 0) / 2 - 1e-9);
      // Up to one mark that was passed over, and the whole pause behind it.
      expect(pause).toBeLessThanOrEqual((sorted.at(-1) ?? 0) * 1.5 + 1e-9);
    }),
  );
});

test('a provider that could not be queried is queried again within a minute', () => {
  const unanswered = { ...DEFAULT_RECONCILIATION, unanswered: true };
  expect(nextQuery(0, unanswered)).toBe(2);
  expect(nextQuery(1_000_000, unanswered)).toBe(60);
});
