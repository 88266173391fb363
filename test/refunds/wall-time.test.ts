import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatWallTime, parseWallTime } from '../../src/refunds/wall-time.ts';

test("BluePay's sample time is 16:26:46 in Shanghai", () => {
  expect(parseWallTime('2024-07-31 16:26:46', 'Asia/Shanghai')).toEqual(new Date('2024-07-31T08:26:46Z'));
});

test.each(['', 'yesterday', '2024-02-30 10:00:00', '2024-07-31 25:00:00', '2024-07-31', '2024-07-31 16:26:46+08:00'])(
  '%j is no wall time',
  (text) => {
    expect(parseWallTime(text, 'Asia/Shanghai')).toBeNull();
  },
);

test('a whole second comes back from its own text, in zones without a repeated hour', () => {
  const second = fc.integer({ min: 0, max: 4_000_000_000 }).map((seconds) => new Date(seconds * 1000));
  fc.assert(
    fc.property(second, fc.constantFrom('Asia/Bangkok', 'UTC', 'Asia/Jakarta'), (instant, zone) => {
      expect(parseWallTime(formatWallTime(instant, zone), zone)).toEqual(instant);
    }),
  );
});
