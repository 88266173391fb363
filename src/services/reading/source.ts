/** One account's refunds as a list can read them, whichever place they come from. */
import type { SourcePosition } from '../../paging/cursor.ts';
import type { SourceRow, SourceRows } from '../../paging/source.ts';
import type { ProviderErrorCode } from '../../providers/errors.ts';
import type { AccountKey } from '../../refunds/ids.ts';
import type { RecordRead } from '../../refunds/observation.ts';
import type { Direction } from '../../refunds/filter.ts';
import { merchantOf } from '../../refunds/numbers.ts';
import type { Refund } from '../../refunds/refund.ts';
import { contradictions } from '../../refunds/update.ts';

/** A provider's row still has to be observed into the ledger; the ledger's own is a refund already. */
export type ListedRefund = RecordRead | { readonly kind: 'known'; readonly refund: Refund };

export interface RefundRow extends SourceRow {
  readonly content: ListedRefund;
}

/** Rows of one account, and what is to be said of them. */
export interface RefundRows<P = SourcePosition> extends SourceRows<P> {
  readonly rows: readonly RefundRow[];
  readonly account: AccountKey;
  readonly origin: 'PROVIDER' | 'LEDGER';
  /** False when this source could not be read to the end of what was asked. */
  readonly complete: boolean;
  /** Rows in the whole list under the conditions; null when that can't be said. */
  readonly total: number | null;
  /** When the provider was asked; null where it was not. */
  readonly queriedAt: Date | null;
  /** The instant of which the rows tell. */
  readonly asOf: Date;
  readonly failure: { readonly at: Date; readonly code: ProviderErrorCode; readonly message: string } | null;
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

/** A value in the direction of a list, and back: keys never fall from one row to the next. */
export const sortKey = (value: number, direction: Direction): number => (direction === 'ASC' ? value : -value);

/** That a page's deadline has come; null for its caller's end. */
export const latenessOf = ({ reason }: AbortSignal): DOMException | null =>
  reason instanceof DOMException && reason.name === 'TimeoutError' ? reason : null;
