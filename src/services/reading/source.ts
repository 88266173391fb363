/** One account's refunds as a list can read them, whichever place they come from. */
import type { Direction } from '../../refunds/filter.ts';
import type { SourcePosition } from '../../paging/cursor.ts';
import type { Source } from '../../paging/source.ts';
import type { AccountKey } from '../../refunds/ids.ts';
import type { RecordRead } from '../../refunds/observation.ts';
import { merchantOf } from '../../refunds/numbers.ts';
import type { Refund } from '../../refunds/refund.ts';
import { contradictions } from '../../refunds/update.ts';

export type RefundOrigin = 'PROVIDER' | 'LEDGER';

/** A provider's row still has to be observed into the ledger; the ledger's own is a refund already. */
export type ListedRefund = RecordRead | { readonly kind: 'known'; readonly refund: Refund };

export interface RefundSource<P extends SourcePosition = SourcePosition> extends Source<ListedRefund, P> {
  readonly account: AccountKey;
  readonly origin: RefundOrigin;
}

/** What a row is recognised by: our id, where it has one that can be read. */
export function idOf(listed: ListedRefund): string {
  switch (listed.kind) {
    case 'known':
      return listed.refund.merchantRefundId;
    case 'observed':
      return listed.observation.merchantRefundId;
    case 'unreadable':
      return listed.record.merchantRefundId ?? listed.record.providerRefundId ?? listed.record.raw;
    case 'foreign':
      return listed.record.raw;
  }
}

/**
 * Whether a provider's row is a refund of the ledger under the same id. Of two merchants with one number the
 * payment says which is which.
 */
export function isOneRefund(row: ListedRefund, own: ListedRefund): boolean {
  if (idOf(row) !== idOf(own)) return false;
  if (row.kind !== 'observed' || own.kind !== 'known' || merchantOf(row.observation.details) === null) return true;
  const contradicted = contradictions(own.refund, row.observation, { retryFailed: false });
  return !contradicted.some((member) => member.endsWith('PaymentId'));
}

/** A time in the direction of a list, and back: keys never fall from one row to the next. */
export const sortKey = (time: number, direction: Direction): number => (direction === 'ASC' ? time : -time);
