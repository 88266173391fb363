import fc from 'fast-check';
import { Temporal } from 'temporal-polyfill';
import { expect, test } from 'vitest';
import { formatWallTime, parseTime, parseWallTime } from '../../src/refunds/wall-time.ts';

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

test('a wall time is read as Temporal reads it, most of all around the hours in which clocks are changed', () => {
  const zones = [
    'Asia/Shanghai',
    'America/New_York',
    'Australia/Lord_Howe',
    'Europe/Dublin',
    'Africa/Casablanca',
    'Pacific/Apia',
    'America/Caracas',
    'Asia/Pyongyang',
    'Antarctica/Troll',
  ];
  const near = fc.record({
    zone: fc.constantFrom(...zones),
    from: fc.integer({ min: 0, max: 4_000_000_000 }),
    isAtChange: fc.boolean(),
    beside: fc.integer({ min: -15_000, max: 15_000 }),
  });
  fc.assert(
    fc.property(near, ({ zone, from, isAtChange, beside }) => {
      const at = Temporal.Instant.fromEpochMilliseconds(from * 1_000).toZonedDateTimeISO(zone);
      const change = isAtChange ? (at.getTimeZoneTransition('next') ?? at) : at;
      // Counted on the wall, so that times that the clocks skip are among them.
      const wall = change.toPlainDateTime().add({ seconds: beside }).round('second');
      const text = wall.toString({ smallestUnit: 'second' }).replace('T', ' ');
      expect(parseWallTime(text, zone)?.getTime()).toBe(wall.toZonedDateTime(zone).epochMilliseconds);
    }),
    { numRuns: 2_000 },
  );
});

const NOW = new Date('2026-06-01T00:00:00Z');
const read = (text: string) => parseTime(text, { timeZone: 'Asia/Shanghai', now: NOW })?.toISOString() ?? null;

test.each([
  ['2024-07-31 16:26:46', '2024-07-31T08:26:46.000Z'],
  ['2024-07-31T16:26:46.5', '2024-07-31T08:26:46.500Z'],
  ['20240731162646', '2024-07-31T08:26:46.000Z'],
  ['2025-03-01T02:00:02.000+00:00', '2025-03-01T02:00:02.000Z'],
  ['2025-03-01T02:00:02Z', '2025-03-01T02:00:02.000Z'],
  ['2025-03-01T02:00:02.123456789z', '2025-03-01T02:00:02.123Z'],
  ['2025-03-01T10:00:02.000+0800', '2025-03-01T02:00:02.000Z'],
  ['2025-03-01 10:00:02 +08:00', '2025-03-01T02:00:02.000Z'],
  ['2025-03-01T10:00+08:00[Asia/Shanghai]', '2025-03-01T02:00:00.000Z'],
  ['2025-02-28T18:00:02-08', '2025-03-01T02:00:02.000Z'],
  ['1740794402000', '2025-03-01T02:00:02.000Z'],
  ['1740794402', '2025-03-01T02:00:02.000Z'],
  ['1740794402.5', '2025-03-01T02:00:02.500Z'],
  ['946684800', '2000-01-01T00:00:00.000Z'],
])('%s is %s', (text, instant) => {
  expect(read(text)).toBe(instant);
});

test.each([
  '2019072314100',
  '946684799',
  '1780358401',
  '1780358401000',
  '2025-03-01',
  '2025/03/01 02:00:02',
  '20250301',
  '20250230000000',
  '2025-03-01T02:00:02+25:00',
  '2025-02-30T02:00:02Z',
  '17407944020',
  '-1740794402',
  '0',
  'Sat Mar 01 02:00:02 UTC 2025',
])('%s is not read as a time', (text) => {
  expect(read(text)).toBeNull();
});

test('an instant comes back from each spelling of it, to the unit that it is written in', () => {
  const instants = fc.integer({ min: Date.UTC(2001, 8, 9, 2), max: NOW.getTime() }).map((ms) => new Date(ms));
  fc.assert(
    fc.property(instants, (instant) => {
      const ms = instant.getTime();
      expect(read(String(ms))).toBe(instant.toISOString());
      expect(read(instant.toISOString())).toBe(instant.toISOString());
      const second = new Date(Math.floor(ms / 1000) * 1000);
      expect(read(String(second.getTime() / 1000))).toBe(second.toISOString());
      expect(read(formatWallTime(second, 'Asia/Shanghai').replaceAll(/\D/g, ''))).toBe(second.toISOString());
    }),
  );
});
