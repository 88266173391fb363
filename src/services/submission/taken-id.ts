/**
 * The provider has another refund under the id that we recorded: the ledger forgot it, or it was made
 * elsewhere. What was recorded here never becomes a refund, so the row becomes the provider's refund and its
 * key is free.
 */
import type { Tx } from '../../ledger/database/database.ts';
import { appendEvents, withEvent } from '../../ledger/events.ts';
import { freeKeys } from '../../ledger/idempotency.ts';
import { resolvePayments } from '../../ledger/payment/payment-identity.ts';
import { keepRecords } from '../../ledger/refund/records.ts';
import { digestOf, lockStored, replaceRefund } from '../../ledger/refund/refund-writes.ts';
import type { StoredRefund } from '../../ledger/refund/stored-refund.ts';
import type { RefundObservation } from '../../refunds/observation.ts';
import type { Refund } from '../../refunds/refund.ts';
import { told, weigh, type Weighing } from '../observation/judge.ts';

/**
 * Writes the provider's refund into the row, in the caller's transaction; call it before refunds are locked.
 * Null, and nothing written, where somebody heard of the refund or sent it again since it was read.
 */
export async function becomeTheirs(
  tx: Tx,
  { account, context, newId }: Weighing,
  { known, found }: { readonly known: StoredRefund; readonly found: RefundObservation },
): Promise<Refund | null> {
  const { resolved } = await resolvePayments(tx, newId, account.key, [told(found)]);
  const [locked] = await lockStored(tx, account.key, [found.merchantRefundId]);
  if (locked === undefined || locked.refund.observedAt !== null || locked.refund.attempts !== known.refund.attempts)
    return null;
  const theirs = weigh({ account, context, newId }, null, found, resolved[0] ?? null).after;
  const { version, attempts } = locked.refund;
  const refund = withEvent({ ...theirs.refund, version, attempts }, context.at);
  await replaceRefund(tx, {
    ...locked,
    refund,
    paymentId: theirs.paymentId,
    isAnswered: true,
    hasLeftFailed: false,
    missingSince: null,
    revision: locked.revision + 1,
  });
  await appendEvents(tx, [
    {
      refundId: locked.id,
      account: account.key,
      type: refund.status === locked.refund.status ? 'DETAILS_CHANGED' : 'STATUS_CHANGED',
      via: context.via,
      occurredAt: null,
      recordedAt: context.at,
      before: locked.refund,
      refund,
      contradiction: null,
    },
  ]);
  const { via, at } = context;
  await keepRecords(tx, [{ refundId: locked.id, raw: found.raw, digest: digestOf(found.raw), via, receivedAt: at }]);
  await freeKeys(tx, locked.id);
  return refund;
}
