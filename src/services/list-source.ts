/** One account's refunds as a list can read them, whichever place they come from. */
import type { SourcePlace } from '../refunds/cursor.ts';
import type { AccountKey } from '../refunds/ids.ts';
import type { RefundObservation } from '../refunds/observation.ts';
import type { Toward } from '../refunds/place.ts';
import type { Refund } from '../refunds/refund.ts';

export type Direction = 'ASC' | 'DESC';
export type RefundOrigin = 'PROVIDER' | 'LEDGER';

/** A provider's row still has to pass through the one door; the ledger's has. */
export type RowContent =
  | { readonly kind: 'observed'; readonly observation: RefundObservation }
  | { readonly kind: 'known'; readonly refund: Refund };

export interface SourceRow {
  /** Its time in the direction of the list, see refunds/stretch.ts. */
  readonly key: number;
  /** False for a row that was read only because the provider can't filter, or that was shown before. */
  readonly matches: boolean;
  readonly content: RowContent;
}

/** What was read from a place outwards. */
export interface Reading<Place extends SourcePlace = SourcePlace> {
  /** The nearest first. */
  readonly rows: readonly SourceRow[];
  /** There may be rows beyond these. */
  readonly more: boolean;
  /** False when fewer rows than asked were read although there may be more. */
  readonly complete: boolean;
  /** When the provider was asked; null where nobody was. */
  readonly askedAt: Date | null;
  /** There are rows on the other side of the place. */
  readonly opposite: boolean;
  /** Rows in the whole list under the conditions; null when that can't be said. */
  readonly total: number | null;
  /** The place beyond the first `count` rows. */
  readonly placeBeyond: (count: number) => Place;
  /** The place of the `nth` row itself, counted from 0. */
  readonly placeOn: (nth: number) => Place;
}

export interface ReadAsk {
  readonly place: SourcePlace;
  readonly toward: Toward;
  /** How many matching rows are wanted. */
  readonly need: number;
  readonly withTotal: boolean;
  /** Marks of rows that were shown already. None when left out. */
  readonly shown?: ReadonlySet<string>;
}

/** What is known of a source that could not be read, beyond a place. */
export interface Bridge {
  readonly reading: Reading;
  /** The instant of which it tells; null: nobody knows. */
  readonly asOf: Date | null;
}

export interface ListSource<Place extends SourcePlace = SourcePlace> {
  readonly account: AccountKey;
  readonly origin: RefundOrigin;
  /** The instant of which it tells, where that is not the moment of reading: a copy is as old as its last pass. */
  readonly asOf?: Date;
  /** Throws ProviderError; PagingError when the place can't be found again. */
  readonly read: (ask: ReadAsk, signal: AbortSignal) => Promise<Reading<Place>>;
  /** What can be shown instead when reading has failed; null: nothing. */
  readonly bridge?: (ask: ReadAsk) => Promise<Bridge | null>;
}

/** A time in the direction of the list: it never falls from one row to the next. */
export const sortKey = (time: number, direction: Direction): number => (direction === 'ASC' ? time : -time);
