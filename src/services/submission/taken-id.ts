/**
 * The provider has another refund under the id that we recorded: the ledger forgot it, or it was made
 * elsewhere. What was recorded here never becomes a refund, so the row becomes the provider's refund and its
 * key is free.
 */
import type { Tx } from '../../ledger/database/database.ts';
import { appendEvents, withEvent } from '../../ledger/events.ts';
import { freeKeys } from '../../ledger/idempotency.ts';
import { resolvePayments } from '../../ledger/payment/payment-identity.ts';
import { storeRecords } from '../../ledger/refund/records.ts';
import { digestOf, lockStored, replaceRefund } from '../../ledger/refund/refund-writes.ts';
import type { StoredRefund } from '../../ledger/refund/stored-refund.ts';
import type { RefundObservation } from '../../refunds/observation.ts';
import type { Refund } from '../../refunds/refund.ts';
import { paymentFactsOf } from '../../refunds/payment.ts';
import { idsFor } from '../observation/assign.ts';
import { judge } from '../observation/judge.ts';
import type { JudgeContext } from '../observation/judged.ts';

/**
 * Writes the provider's refund into the row, in the caller's transaction; call it before refunds are locked.
 * Null, and nothing written, where the refund was observed or sent again since it was read.
 */
export async function becomeTheirs(
  tx: Tx,
  judgeContext: JudgeContext,
  { stored, found }: { readonly stored: StoredRefund; readonly found: RefundObservation },
): Promise<Refund | null> {
  const { account, context, newId } = judgeContext;
  const { resolved } = await resolvePayments(tx, newId, account.key, [paymentFactsOf(found)]);
  const rows = await lockStored(tx, account.key, idsFor(found));
  const locked = rows.find(({ refund }) => refund.merchantRefundId === found.merchantRefundId);
  // It is known as another merchant's refund already.
  if (rows.length > 1 || locked === undefined) return null;
  if (locked.refund.observedAt !== null || locked.refund.attempts !== stored.refund.attempts) return null;
  const theirs = judge(judgeContext, {
    stored: null,
    incoming: found,
    payment: resolved[0] ?? null,
    recorded: [],
  }).after;
  const { version, attempts } = locked.refund;
  const refund = withEvent({ ...theirs.refund, version, attempts }, context.at);
  await replaceRefund(tx, {
    ...locked,
    refund,
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
      actor: context.actor ?? null,
    },
  ]);
  const { via, at } = context;
  await storeRecords(tx, [{ refundId: locked.id, raw: found.raw, digest: digestOf(found.raw), via, receivedAt: at }]);
  await freeKeys(tx, locked.id);
  return refund;
}
