/**
 * The provider, when queried, does not know a refund that only callbacks reported: said twice, a person must
 * look.
 */
import type { Tx } from '../../ledger/database/database.ts';
import { updateRefunds, type StoredWithRecord } from '../../ledger/refund/refund-writes.ts';
import type { StoredRefund } from '../../ledger/refund/stored-refund.ts';
import type { ObservedVia } from '../../refunds/refund.ts';
import { markDenied } from './attention.ts';

/**
 * Whether nobody but callbacks has reported a refund: no answer of the provider ever had it. An end that this
 * server concluded itself (a refusal, a give-up) has no record of the provider's, so a denial agrees with it.
 */
export const isToldByCallbacksAlone = ({ recordDigest, isAnswered }: StoredWithRecord): boolean =>
  recordDigest !== null && !isAnswered;

/**
 * Counts a denial of such a refund, whose row is locked. From the second one on it has `attention` DENIED.
 */
export async function recordDenial(
  tx: Tx,
  stored: StoredRefund,
  denial: {
    readonly via: ObservedVia;
    readonly at: Date;
    /** When the query left. */
    readonly queriedAt: Date;
    /** Seconds between two denials that count as two. */
    readonly apartSeconds: number;
  },
): Promise<StoredRefund> {
  const { via, at, queriedAt, apartSeconds } = denial;
  const { missingSince } = stored;
  if (missingSince === null) {
    const counted = { ...stored, missingSince: queriedAt };
    await updateRefunds(tx, [counted]);
    return counted;
  }
  if (queriedAt.getTime() - missingSince.getTime() < apartSeconds * 1000) return stored;
  return markDenied(tx, stored, { via, at, contradicts: true });
}
