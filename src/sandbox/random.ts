/** Chance that can be repeated: the same seed gives the same world. */

/** A number in [0, 1). */
export type Random = () => number;

/** A small seeded generator (mulberry32); good enough to make examples, not for secrets. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** An integer from `from` to `to`, both included. */
export const between = (random: Random, from: number, to: number): number =>
  from + Math.floor(random() * (to - from + 1));

/** One of the given things; the list must not be empty. */
export function pick<T>(random: Random, things: readonly [T, ...T[]]): T {
  return things[between(random, 0, things.length - 1)] ?? things[0];
}

/** That many decimal digits, the first of them not zero. */
export function digits(random: Random, count: number): string {
  let text = String(between(random, 1, 9));
  while (text.length < count) text += String(between(random, 0, 9));
  return text;
}
