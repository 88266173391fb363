import { expect, test } from 'vitest';
import { createThrottle } from '../../src/flow/throttle.ts';

const NOBODY = new AbortController().signal;

test('lets no more calls through than it may, each at its turn', async () => {
  const pace = createThrottle(() => new Date(), 50);
  const startedAt = performance.now();
  const times: number[] = [];
  await Promise.all(
    Array.from({ length: 6 }, async () => {
      await pace(NOBODY);
      times.push(performance.now() - startedAt);
    }),
  );
  for (const [nth, time] of times.entries()) expect(time).toBeGreaterThanOrEqual(nth * 20 - 2);
});

test('does not make up for time in which nobody asked', async () => {
  let now = 0;
  const pace = createThrottle(() => new Date(now), 50);
  await pace(NOBODY);
  now += 60_000;
  const startedAt = performance.now();
  await pace(NOBODY);
  await pace(NOBODY);
  expect(performance.now() - startedAt).toBeGreaterThanOrEqual(18);
});

test('is not held up by a clock that was set back', async () => {
  let now = Date.parse('2024-07-31T08:26:46Z');
  const pace = createThrottle(() => new Date(now), 50);
  await pace(NOBODY);
  now -= 24 * 3_600_000;
  const startedAt = performance.now();
  await pace(NOBODY);
  expect(performance.now() - startedAt).toBeLessThan(5_000);
});

test('ends with its caller', async () => {
  const pace = createThrottle(() => new Date(), 0.01);
  await pace(NOBODY);
  const caller = new AbortController();
  const waiting = pace(caller.signal);
  caller.abort(new Error('gone home'));
  await expect(waiting).rejects.toThrow(/./);
  await expect(pace(caller.signal)).rejects.toThrow('gone home');
});
