/**
 * A refund is written down before it is sent: row, event, submission, and the job that will settle it, in the
 * caller's transaction. What the provider says of it afterwards comes in through `observe.ts`.
 */
import type { Tx } from '../../ledger/database/database.ts';
import { writeNew } from '../../ledger/database/statements/together.ts';
import { addEvents, appendEvents, withEvent, type NewEvent } from '../../ledger/events.ts';
import { useOf } from '../../ledger/idempotency.ts';
import { addPayments, resolvePayments } from '../../ledger/payment/payment-identity.ts';
import {
  lockPayment,
  refundedMinor,
  refundsOfPayment,
  rowOf,
  type StoredPayment,
  paidAmount,
} from '../../ledger/payment/payments.ts';
import { addRefund, updateRefunds } from '../../ledger/refund/refund-writes.ts';
import type { StoredRefund } from '../../ledger/refund/stored-refund.ts';
import { beginningOf, startSubmission, type Submission } from '../../ledger/submissions.ts';
import type { CreateRules, ProviderAccount } from '../../providers/provider.ts';
import type { AccountKey, MerchantRefundId } from '../../refunds/ids.ts';
import type { Money } from '../../refunds/money.ts';
import { isFinished, type Actor, type PaymentFacts, type Refund } from '../../refunds/refund.ts';
import type { Parts } from '../parts.ts';
import { nextQuery, type Reconciliation } from '../settlement/schedule.ts';
import type { CreateOrder } from './order.ts';

/** Until when a request to the account that began, or was lost, at an instant may still arrive there. */
export const latestArrival = ({ timeoutMs }: ProviderAccount, at: Date, { lateArrivalSeconds }: Reconciliation): Date =>
  new Date(at.getTime() + timeoutMs + lateArrivalSeconds * 1000);

/** Why a payment can't take another refund now. */
export type NoRoom =
  /** What is known of the payment is in another currency. */
  | { readonly kind: 'currency'; readonly message: string }
  | { readonly kind: 'busy'; readonly message: string }
  | { readonly kind: 'exceeds'; readonly refundable: Money };

/**
 * Why a payment, locked by `holdPayment`, has no room for an amount: another refund runs where the provider
 * takes one at a time, or the sum is too high. Null: it has room.
 */
export async function whyNoRoom(
  tx: Tx,
  payment: StoredPayment,
  { amount, rules }: { readonly amount: Money; readonly rules: CreateRules },
): Promise<NoRoom | null> {
  if (rules.onePerPayment) {
    const running = (await refundsOfPayment(tx, payment.id)).find(({ status }) => !isFinished(status));
    if (running !== undefined) {
      const message = `Refund ${running.merchantRefundId} of this payment is under way; the provider takes one at a time.`;
      return { kind: 'busy', message };
    }
  }
  const whole = paidAmount(payment);
  if (whole === null) return null;
  if (whole.currency !== amount.currency) {
    return { kind: 'currency', message: `The payment is in ${whole.currency}, not in ${amount.currency}.` };
  }
  const left = whole.minorUnits - (await refundedMinor(tx, payment.id));
  if (amount.minorUnits <= left) return null;
  return { kind: 'exceeds', refundable: { minorUnits: left > 0n ? left : 0n, currency: whole.currency } };
}

/** A refund in the ledger and the send that is about to begin. */
export interface Recorded {
  readonly kind: 'recorded';
  readonly account: ProviderAccount;
  readonly stored: StoredRefund;
  readonly attempt: number;
  readonly startedAt: Date;
  /** Who asked for this send; null: this server did. */
  readonly actor: Actor | null;
}

/** A refund of an account that can be sent to. */
interface SentRefund {
  readonly account: ProviderAccount;
  readonly stored: StoredRefund;
}

/** Makes what writes sends down. */
export function createRecorder({ ledger, queue, clock, reconciliation }: Parts) {
  /**
   * The payment that these facts name, made known if it is not, and locked until the transaction ends:
   * whoever adds to its refunds goes one after the other. `null` where no id is given. Call it before refunds
   * are locked.
   */
  async function holdPayment(tx: Tx, account: AccountKey, facts: PaymentFacts): Promise<StoredPayment | null> {
    const { resolved } = await resolvePayments(tx, ledger.newId, account, [facts]);
    const found = resolved[0] ?? null;
    return found === null ? null : lockPayment(tx, found.payment.id);
  }

  /**
   * Writes a refund that nobody knows as PENDING, with its key, in one statement. Throws CollisionError when
   * somebody has made it known meanwhile. `payment` is locked, or new and to be written, too.
   */
  async function recordNew(tx: Tx, wanted: NewRefund & { readonly isPaymentNew: boolean }): Promise<Recorded> {
    const { account, order, payment, isPaymentNew } = wanted;
    const { actor } = order;
    const at = clock();
    const stored: StoredRefund = {
      id: ledger.newId(),
      refund: pendingRefund(wanted, at),
      submittedAt: at,
      answersCountFrom: latestArrival(account, at, reconciliation),
      missingSince: null,
      isAnswered: false,
      hasLeftFailed: false,
      revision: 1,
    };
    const { attempts: attempt } = stored.refund;
    await writeNew(tx, [
      ...(isPaymentNew ? [addPayments(account.key, [payment])] : []),
      addRefund(stored),
      ...addEvents([eventOf(stored, { type: 'REQUESTED', before: null, recordedAt: at, actor })]),
      beginningOf(stored.id, { attempt, kind: 'CREATE', startedAt: at }),
      useOf(order, { refundId: stored.id, at }),
      await queue.scheduling({ ref: stored.refund, seconds: nextQuery(0, reconciliation) }),
    ]);
    return { kind: 'recorded', account, stored, attempt, startedAt: at, actor };
  }

  /** Makes a FAILED refund PENDING again, to be sent under the same merchantRefundId. Its row is locked. */
  async function recordRetry(tx: Tx, { account, stored }: SentRefund, actor: Actor): Promise<Recorded> {
    const at = clock();
    const pending: Refund = {
      ...stored.refund,
      status: 'PENDING',
      providerStatus: null,
      failure: null,
      completedAt: null,
      // Of this attempt the provider has said nothing yet.
      observedAt: null,
      attention: {},
      attempts: stored.refund.attempts + 1,
    };
    const refund = withEvent(pending, at);
    const next = { ...stored, refund, isAnswered: false, hasLeftFailed: true, missingSince: null };
    const recorded = await beginAgain(tx, { account, stored: next }, { kind: 'RETRY', startedAt: at, actor });
    await appendEvents(tx, [eventOf(next, { type: 'STATUS_CHANGED', before: stored.refund, recordedAt: at, actor })]);
    await queue.reschedule(tx, { ref: refund, seconds: nextQuery(0, reconciliation) });
    return recorded;
  }

  /**
   * A PENDING refund of which the provider knows nothing is about to be sent once more. Its row is locked.
   */
  const recordRepeat = (tx: Tx, refund: SentRefund): Promise<Recorded> =>
    beginAgain(tx, sentOnceMore(refund), { kind: 'REPEAT', startedAt: clock(), actor: null });

  /** The refund counts the send that begins already. */
  async function beginAgain(tx: Tx, { account, stored }: SentRefund, send: Beginning): Promise<Recorded> {
    const next = {
      ...stored,
      submittedAt: send.startedAt,
      answersCountFrom: latestArrival(account, send.startedAt, reconciliation),
      revision: stored.revision + 1,
    };
    await updateRefunds(tx, [next]);
    return begin(tx, { account, stored: next }, send);
  }

  return { holdPayment, recordNew, recordRetry, recordRepeat };
}

export type Recorder = ReturnType<typeof createRecorder>;

type Beginning = Pick<Submission, 'kind' | 'startedAt'> & Pick<Recorded, 'actor'>;

async function begin(
  tx: Tx,
  { account, stored }: SentRefund,
  { kind, startedAt, actor }: Beginning,
): Promise<Recorded> {
  const { attempts: attempt } = stored.refund;
  await startSubmission(tx, stored.id, { attempt, kind, startedAt });
  return { kind: 'recorded', account, stored, attempt, startedAt, actor };
}

const sentOnceMore = ({ account, stored }: SentRefund): SentRefund => ({
  account,
  stored: { ...stored, refund: { ...stored.refund, attempts: stored.refund.attempts + 1 } },
});

interface NewRefund {
  readonly account: ProviderAccount;
  readonly order: CreateOrder;
  readonly id: MerchantRefundId;
  readonly payment: StoredPayment;
}

const pendingRefund = ({ account, order, id, payment }: NewRefund, at: Date): Refund => ({
  account: account.key,
  provider: account.provider,
  merchantRefundId: id,
  providerRefundId: null,
  payment: payment.facts,
  paymentRow: rowOf(payment),
  amount: order.amount,
  feeRefunded: null,
  status: 'PENDING',
  providerStatus: null,
  reason: order.reason,
  failure: null,
  createdAt: at,
  createdAtSource: 'SERVER',
  completedAt: null,
  observedAt: null,
  details: order.details,
  attention: {},
  version: 1,
  updatedAt: at,
  attempts: 1,
});

const eventOf = (
  { id, refund }: StoredRefund,
  change: Pick<NewEvent, 'type' | 'before' | 'recordedAt' | 'actor'>,
): NewEvent => ({
  ...change,
  refundId: id,
  account: refund.account,
  via: 'MUTATION',
  occurredAt: null,
  refund,
  contradiction: null,
});
