/** retryRefund: a FAILED refund is submitted again under the same merchantRefundId, where the provider takes it. */
import { inTransaction, type Tx } from '../../ledger/database/database.ts';
import { lockStored, readStored } from '../../ledger/refund/refund-writes.ts';
import type { StoredRefund } from '../../ledger/refund/stored-refund.ts';
import type { Refusal } from '../../ledger/submissions.ts';
import type { CreateRules, ProviderAccount } from '../../providers/provider.ts';
import type { MerchantRefundId } from '../../refunds/ids.ts';
import { formatMoney } from '../../refunds/money.ts';
import type { Refund } from '../../refunds/refund.ts';
import { holdPayment, recordRetry, roomFor, type NoRoom, type Recorded } from './record.ts';
import { submit, type SubmitDeps } from './send.ts';

export type RetryResult =
  | { readonly kind: 'retried'; readonly refund: Refund }
  | { readonly kind: 'invalid'; readonly message: string }
  | { readonly kind: 'busy'; readonly message: string }
  | { readonly kind: 'rejected'; readonly refund: Refund; readonly refusal: Refusal }
  | { readonly kind: 'not-found' };

/** Submits a refund again. Of two calls at once one sends. Throws LedgerUnavailableError. */
export async function retryRefund(
  deps: SubmitDeps,
  account: ProviderAccount,
  id: MerchantRefundId,
): Promise<RetryResult> {
  const recorded = await inTransaction<Recorded | RetryResult>(deps.ledger, async (tx, rollBack) => {
    const done = await record(deps, tx, account, id);
    return done.kind === 'recorded' ? done : rollBack(done);
  });
  if (recorded.kind !== 'recorded') return recorded;
  const submitted = await submit(deps, account, recorded);
  switch (submitted.kind) {
    case 'sent':
      return { kind: 'retried', refund: submitted.refund };
    case 'rejected':
      return submitted;
    case 'busy':
      return { kind: 'busy', message: submitted.message };
    case 'other':
      return invalid('The provider has another refund under this merchantRefundId.');
  }
}

const invalid = (message: string): RetryResult => ({ kind: 'invalid', message });

async function record(
  deps: SubmitDeps,
  tx: Tx,
  account: ProviderAccount,
  id: MerchantRefundId,
): Promise<Recorded | RetryResult> {
  const [known] = await readStored(tx, account.key, [id]);
  if (known === undefined) return { kind: 'not-found' };
  if (account.create === undefined) return invalid(`${account.key} can't create refunds.`);
  const { rules } = account.create;
  // The payment first, as everywhere; of a refund that waited for its lock the state is read again.
  const payment = await holdPayment(deps.ledger, tx, account.key, known.refund.payment);
  const [stored] = await lockStored(tx, account.key, [id]);
  if (stored === undefined) return { kind: 'not-found' };
  const problem = whyNot(stored, rules);
  if (problem !== null) return invalid(problem);
  const noRoom = payment === null ? null : await roomFor(tx, payment, stored.refund.amount, rules);
  if (noRoom !== null) return noRoomResult(noRoom);
  return recordRetry(deps, tx, stored, deps.clock());
}

function whyNot({ refund }: StoredRefund, rules: CreateRules): string | null {
  if (refund.status !== 'FAILED') return `The refund is ${refund.status}; only a FAILED one can be submitted again.`;
  if (rules.retryFailed || refund.failure?.retryable === true) return null;
  return `${refund.provider} does not take this refund again: create another one.`;
}

function noRoomResult(noRoom: NoRoom): RetryResult {
  switch (noRoom.kind) {
    case 'busy':
      return noRoom;
    case 'currency':
      return invalid(noRoom.message);
    case 'exceeds':
      return invalid(`Of the payment only ${formatMoney(noRoom.refundable)} ${noRoom.refundable.currency} is left.`);
  }
}
