/**
 * retryRefund: a FAILED refund is sent again under the same merchantRefundId, where the provider takes it.
 */
import { inTransaction, type Tx } from '../../ledger/database/database.ts';
import { lockStored, readStored } from '../../ledger/refund/refund-writes.ts';
import type { StoredRefund } from '../../ledger/refund/stored-refund.ts';
import type { CreateRules, InputIssue, ProviderAccount } from '../../providers/provider.ts';
import type { MerchantRefundId } from '../../refunds/ids.ts';
import { formatMoney } from '../../refunds/money.ts';
import type { Actor, Refund, RefundFailure } from '../../refunds/refund.ts';
import type { Parts } from '../parts.ts';
import { whyNoRoom, type NoRoom, type Recorded, type Recorder } from './record.ts';
import type { Send } from './send.ts';

export type RetryResult =
  | { readonly kind: 'retried'; readonly refund: Refund }
  | { readonly kind: 'invalid'; readonly code: InputIssue['code']; readonly message: string }
  | { readonly kind: 'busy'; readonly message: string }
  | { readonly kind: 'rejected'; readonly refund: Refund; readonly refusal: RefundFailure }
  | { readonly kind: 'not-found' };

interface RetryRequest {
  readonly id: MerchantRefundId;
  readonly actor: Actor;
}

/** Makes the verb `retry`. */
export function retrying({ ledger }: Parts, recorder: Recorder, send: Send) {
  /** Submits a refund again. Of two calls at once one sends. Throws LedgerUnavailableError. */
  async function retry(account: ProviderAccount, id: MerchantRefundId, actor: Actor): Promise<RetryResult> {
    const recorded = await inTransaction<Recorded | RetryResult>(ledger, async (tx, rollBack) => {
      const done = await record(tx, account, { id, actor });
      return done.kind === 'recorded' ? done : rollBack(done);
    });
    if (recorded.kind !== 'recorded') return recorded;
    const sent = await send(recorded);
    switch (sent.kind) {
      case 'sent':
        return { kind: 'retried', refund: sent.refund };
      case 'rejected':
        return sent;
      case 'busy':
        return { kind: 'busy', message: sent.message };
      case 'other':
        return invalid('NOT_ALLOWED', 'The provider has another refund under this merchantRefundId.');
    }
  }

  async function record(
    tx: Tx,
    account: ProviderAccount,
    { id, actor }: RetryRequest,
  ): Promise<Recorded | RetryResult> {
    const [seen] = await readStored(tx, account.key, [id]);
    if (seen === undefined) return { kind: 'not-found' };
    if (account.create === undefined) return invalid('NOT_ALLOWED', `${account.key} can't create refunds.`);
    const { rules } = account.create;
    // The payment is locked first, as everywhere. The wait may be long, so the refund is read again.
    const payment = await recorder.holdPayment(tx, account.key, seen.refund.payment);
    const [stored] = await lockStored(tx, account.key, [id]);
    if (stored === undefined) return { kind: 'not-found' };
    const problem = whyNot(stored, rules);
    if (problem !== null) return invalid('NOT_ALLOWED', problem);
    const { amount } = stored.refund;
    const noRoom = payment === null ? null : await whyNoRoom(tx, payment, { amount, rules });
    return noRoom === null ? recorder.recordRetry(tx, { account, stored }, actor) : noRoomResult(noRoom);
  }

  return retry;
}

const invalid = (code: InputIssue['code'], message: string): RetryResult => ({ kind: 'invalid', code, message });

function whyNot({ refund }: StoredRefund, rules: CreateRules): string | null {
  if (refund.status !== 'FAILED') return `The refund is ${refund.status}; only a FAILED one can be submitted again.`;
  if (refund.failure?.retryable ?? rules.retryFailed) return null;
  return `${refund.provider} does not take this refund again: create another one.`;
}

function noRoomResult(noRoom: NoRoom): RetryResult {
  switch (noRoom.kind) {
    case 'busy':
      return noRoom;
    case 'currency':
      return invalid('WRONG_CURRENCY', noRoom.message);
    case 'exceeds':
      return invalid(
        'OUT_OF_RANGE',
        `Of the payment only ${formatMoney(noRoom.refundable)} ${noRoom.refundable.currency} is left.`,
      );
  }
}
