/** Texts that have broken something before. */
import type { Random } from '../../src/sandbox/random.ts';

export const TEXTS = [
  '',
  'x',
  ' ',
  '\u0000',
  '\u202E',
  '\ud800',
  '😀',
  '-1',
  '1e400',
  '9007199254740993',
  '99999999999999999999999999.99',
  '0.000000000001',
  '__proto__',
  'constructor',
  '${secret}',
  "' or 1=1 --",
  '<!DOCTYPE a [<!ENTITY b "c">]>',
  '../../etc/passwd',
  'x'.repeat(5_000),
  '%ff',
  '\r\nx: y',
  '&refundState=2&',
  '2026-02-30 25:61:61',
  '275760-09-13T00:00:00.001Z',
] as const;

/** One of them. */
export const pick = <Value>(random: Random, values: readonly Value[], none: Value): Value =>
  values[Math.floor(random() * values.length)] ?? none;

/** From one to so many. */
export const several = (random: Random, most: number, make: () => string): string =>
  Array.from({ length: 1 + Math.floor(random() * most) }, make).join(' ');
