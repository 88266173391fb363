/** One account's refunds as a list can read them, whichever place they come from. */
import type { Source } from '../../paging/source.ts';
import type { AccountKey } from '../../refunds/ids.ts';
import type { RefundObservation } from '../../refunds/observation.ts';
import type { Refund } from '../../refunds/refund.ts';

export type Direction = 'ASC' | 'DESC';
export type RefundOrigin = 'PROVIDER' | 'LEDGER';

/** A provider's row still has to be observed into the ledger; the ledger's own is a refund already. */
export type ListedRefund =
  | { readonly kind: 'observed'; readonly observation: RefundObservation }
  | { readonly kind: 'known'; readonly refund: Refund };

export interface RefundSource extends Source<ListedRefund> {
  readonly account: AccountKey;
  readonly origin: RefundOrigin;
}

export const idOf = (listed: ListedRefund): string =>
  listed.kind === 'known' ? listed.refund.merchantRefundId : listed.observation.merchantRefundId;

/** A time in the direction of a list, and back: keys never fall from one row to the next. */
export const sortKey = (time: number, direction: Direction): number => (direction === 'ASC' ? time : -time);
