import { expect, it } from 'vitest';
import { createTokenBucket } from '../../src/flow/token-bucket.ts';

it('gives so many at once, then so many a second, to each name', () => {
  let now = 0;
  const budget = createTokenBucket(() => new Date(now), { burst: 3, perSecond: 2 });
  const take = (name: string, times: number): number =>
    Array.from({ length: times }, () => budget.take(name)).filter(Boolean).length;
  expect(take('a', 10)).toBe(3);
  expect(take('b', 10)).toBe(3);
  now += 499;
  expect(take('a', 10)).toBe(0);
  now += 1;
  expect(take('a', 10)).toBe(1);
  now += 60_000;
  expect(take('a', 10)).toBe(3);
  // A clock that goes backwards gives nothing and takes nothing.
  now -= 60_000;
  expect(take('a', 10)).toBe(0);
});
