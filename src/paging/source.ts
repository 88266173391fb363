/**
 * A source of a merged list, opened at a position. It knows forwards only: backwards is forwards over the
 * flipped list.
 */
import type { SourcePosition } from './cursor.ts';

export interface Source<R, P extends SourcePosition = SourcePosition> {
  /** Where it was opened. It stays there in every cursor when reading fails. */
  readonly position: P;
  /**
   * Reads on until `need` matching rows are there. Throws PagingError when the position can't be found
   * again.
   */
  readonly read: (need: number, signal: AbortSignal) => Promise<SourceRows<R, P>>;
  /** What to throw when it is late, where that is not a failure of the source alone. */
  readonly late?: () => Error;
  /** What can be shown instead while reading fails; null: nothing. */
  readonly fallback?: (need: number) => Promise<SourceRows<R, P> | null>;
}

export interface SourceRow<R> {
  /** Its time in the direction of the walk, see `Row.key`. */
  readonly key: number;
  /** False for a row that was read only because the source can't filter, or that was shown before. */
  readonly matches: boolean;
  /** It can't be read: it is none of the page's rows, and counts where the walk passes it. */
  readonly isGap?: boolean;
  readonly content: R;
}

/** What was read from a position on. */
export interface SourceRows<R, P extends SourcePosition = SourcePosition> {
  readonly rows: readonly SourceRow<R>[];
  /** There may be rows beyond these. With no rows at all reading fails instead, or a walk would never end. */
  readonly more: boolean;
  /** False when fewer rows than needed were read although there may be more. */
  readonly complete: boolean;
  /** There are rows on the other side of the position. */
  readonly opposite: boolean;
  /** Rows in the whole list under the conditions; null when that can't be said. */
  readonly total: number | null;
  /** When the source was asked; null where nothing outside this server was. */
  readonly queriedAt: Date | null;
  /**
   * The instant of which the rows tell, where that is not the moment of reading; else, or if it is not
   * known, null.
   */
  readonly asOf: Date | null;
  /** The position beyond the first `count` rows. */
  readonly beyond: (count: number) => P;
  /** The position on the `nth` row itself, counted from 0. */
  readonly on: (nth: number) => P;
}
