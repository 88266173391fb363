/** Three numbers that show a distribution: the middle, the start of the tail, the end of it. */

export interface Spread {
  readonly median: number;
  readonly p90: number;
  readonly max: number;
}

/** Of no values: three zeros. A quantile is the value at that rank, rounded down: never a mean of two. */
export function spreadOf(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (part: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0;
  return { median: at(0.5), p90: at(0.9), max: sorted.at(-1) ?? 0 };
}

/** A part of a whole per so many of it. Of nothing: 0. */
export const rateOf = (part: number, whole: number, per: number): number => (whole === 0 ? 0 : (part * per) / whole);
