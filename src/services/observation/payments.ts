/** The payments that updates name are looked up before their refunds are locked. */
import type { Tx } from '../../ledger/database/database.ts';
import { resolvePayments } from '../../ledger/payment/payment-identity.ts';
import { filledUp, paymentFactsOf, tellsMore } from '../../refunds/payment.ts';
import type { JudgedGroup } from './group.ts';
import type { JudgeContext } from './judged.ts';

/**
 * Finds, makes or completes the payments about which the updates tell more than is stored: the groups with
 * them, and what was known about each payment before.
 */
export async function withPayments(tx: Tx, { account, newId }: JudgeContext, planned: readonly JudgedGroup[]) {
  const named = planned
    .flatMap(({ judged }) => judged)
    .flatMap(({ nth, incoming, before, believed }) => {
      const stored = before?.refund.payment;
      const facts = paymentFactsOf(incoming);
      if (!believed || (stored !== undefined && !tellsMore(stored, facts))) return [];
      return [{ nth, facts: stored === undefined ? facts : filledUp(stored, facts) }];
    });
  const { resolved, before } = await resolvePayments(
    tx,
    newId,
    account.key,
    named.map(({ facts }) => facts),
  );
  const payments = new Map(named.map(({ nth }, index) => [nth, resolved[index] ?? null]));
  const groups = planned.map(({ pieces, ...one }) => ({
    ...one,
    pieces: pieces.map((piece) => ({ ...piece, payment: payments.get(piece.nth) ?? null })),
  }));
  return { planned: groups, before };
}
