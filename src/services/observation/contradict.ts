/** An update that contradicts is not believed: a person must look until the provider's answer decides. */
import { isDeepStrictEqual } from 'node:util';
import { withEvent, type Contradiction } from '../../ledger/events.ts';
import { jsonText } from '../../ledger/json/json.ts';
import type { StoredWithRecord } from '../../ledger/refund/refund-writes.ts';
import { showsSame, withReasons } from '../../refunds/attention.ts';
import { paymentFactsOf } from '../../refunds/payment.ts';
import { ignored, type Case, type Judged, type ObservationContext } from './judged.ts';

/** A value as the ledger gives it back. */
export const jsonOf = (value: unknown): unknown => JSON.parse(jsonText(value));

/**
 * The refund under a contradiction, which is recorded once. Repeated it changes nothing, unless the provider
 * itself repeats it in an answer after it had decided otherwise.
 */
export function contradict(
  { via, at }: ObservationContext,
  one: Case<StoredWithRecord>,
  { members, queryAgain }: { readonly members: readonly string[]; readonly queryAgain: boolean },
): Judged {
  const { stored, incoming, recorded } = one;
  const contradiction: Contradiction = {
    members,
    knownStatus: stored.refund.status,
    told: {
      status: incoming.status,
      amount: incoming.amount,
      providerRefundId: incoming.providerRefundId,
      payment: paymentFactsOf(incoming),
    },
  };
  const asJson = jsonOf(contradiction);
  const isRepeated = recorded.some((earlier) => isDeepStrictEqual(earlier, asJson));
  const isPushed = via === 'CALLBACK' || via === 'MUTATION';
  const attention =
    isRepeated && isPushed ? stored.refund.attention : withReasons(stored.refund.attention, ['CONFLICT'], at);
  const isShown = !showsSame(attention, stored.refund.attention);
  if (isRepeated && !isShown) return { ...ignored(one), contradiction };
  const refund = withEvent({ ...stored.refund, attention }, at);
  return {
    ...ignored(one),
    after: { ...stored, refund, revision: stored.revision + 1 },
    change: isRepeated ? 'ATTENTION_CHANGED' : 'CONFLICT_DETECTED',
    queryAgain: queryAgain && !isRepeated,
    contradiction,
  };
}
