/**
 * A source of a merged list. It knows forwards only: backwards is forwards over the flipped list.
 */
import type { SourcePosition } from './cursor.ts';
import type { Row, Side } from './run.ts';

export interface SourceRow extends Row {
  /** False for a row that the walk passes without showing it. */
  readonly matches: boolean;
}

/** What was read from a position on. */
export interface SourceRows<P = SourcePosition> {
  readonly rows: readonly SourceRow[];
  /** There may be rows beyond these, and what comes after these waits for them. */
  readonly more: boolean;
  /** There are rows on the other side of the position. */
  readonly opposite: boolean;
  /** Why the source could not be read; null when it was. It may have more rows; no other waits for them. */
  readonly failure: unknown;
  /** The position behind the first `count` rows, or on the last of these. */
  readonly at: (count: number, side: Exclude<Side | 'on', 'ahead'>) => P;
}

export interface ReadLimits {
  /** So many matching rows, where there are. */
  readonly need: number;
  readonly signal: AbortSignal;
}

/**
 * Reads on from a position of the walk: in the flipped list for a backward one. Rejects when the signal
 * aborts, and with what is no failure of this source alone.
 */
export type Source<S extends SourceRows> = (position: SourcePosition, limits: ReadLimits) => Promise<S>;
