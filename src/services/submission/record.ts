/**
 * A refund written down before it is sent: row, event, submission and the job that will settle it, in the caller's transaction.
 * What the provider says of it afterwards comes in through `observe.ts`.
 */
import type { Ledger, Tx } from '../../ledger/database/database.ts';
import type { SettleQueue } from '../../ledger/queue/enqueue.ts';
import { appendEvents, withEvent } from '../../ledger/events.ts';
import { resolvePayments } from '../../ledger/payment/payment-identity.ts';
import { lockPayment, refundedMinor, refundsOfPayment, type StoredPayment } from '../../ledger/payment/payments.ts';
import { insertRefunds, updateRefunds } from '../../ledger/refund/refund-writes.ts';
import type { StoredRefund } from '../../ledger/refund/stored-refund.ts';
import { startSubmission } from '../../ledger/submissions.ts';
import type { SubmissionKind } from '../../ledger/tables.ts';
import type { CreateRules } from '../../providers/provider.ts';
import type { Clock } from '../../flow/clock.ts';
import type { AccountKey } from '../../refunds/ids.ts';
import type { Money } from '../../refunds/money.ts';
import { isFinished } from '../../refunds/read-policy.ts';
import type { PaymentFacts, Refund } from '../../refunds/refund.ts';
import { pauseAt, type Reconciliation } from '../settlement/schedule.ts';

export interface RecordDeps {
  readonly ledger: Ledger;
  readonly queue: SettleQueue;
  readonly clock: Clock;
  readonly reconciliation: Reconciliation;
  /** Longest time of one call to the account, in milliseconds. */
  readonly timeoutMs: (account: AccountKey) => number;
}

/** Until when a request to the account that began, or was lost, at an instant may still arrive there. */
export const latestArrival = (
  { timeoutMs, reconciliation }: Pick<RecordDeps, 'timeoutMs' | 'reconciliation'>,
  account: AccountKey,
  at: Date,
): Date => new Date(at.getTime() + timeoutMs(account) + reconciliation.lateArrivalSeconds * 1000);

/** Why a payment can't take another refund now. */
export type NoRoom =
  /** What is known of the payment is in another currency. */
  | { readonly kind: 'currency'; readonly message: string }
  | { readonly kind: 'busy'; readonly message: string }
  | { readonly kind: 'exceeds'; readonly refundable: Money };

/** Whether a payment, locked by `holdPayment`, has room for a refund: none beside it where the provider takes one, and the sum. */
export async function roomFor(
  tx: Tx,
  payment: StoredPayment,
  amount: Money,
  rules: CreateRules,
): Promise<NoRoom | null> {
  if (rules.onePerPayment) {
    const running = (await refundsOfPayment(tx, payment.id)).find(({ status }) => !isFinished(status));
    if (running !== undefined) {
      const message = `Refund ${running.merchantRefundId} of this payment is under way; the provider takes one at a time.`;
      return { kind: 'busy', message };
    }
  }
  const whole = payment.facts.amount;
  if (whole === null) return null;
  if (whole.currency !== amount.currency) {
    return { kind: 'currency', message: `The payment is in ${whole.currency}, not in ${amount.currency}.` };
  }
  const left = whole.minorUnits - (await refundedMinor(tx, payment.id));
  if (amount.minorUnits <= left) return null;
  return { kind: 'exceeds', refundable: { minorUnits: left > 0n ? left : 0n, currency: whole.currency } };
}

/**
 * The payment that these facts name, made known if it is not, locked until the transaction ends: whoever adds to its refunds goes
 * one after the other. `null` where no id is given. Call it before refunds are locked.
 */
export async function holdPayment(
  { newId }: Ledger,
  tx: Tx,
  account: AccountKey,
  facts: PaymentFacts,
): Promise<StoredPayment | null> {
  const { resolved } = await resolvePayments(tx, newId, account, [facts]);
  const found = resolved[0] ?? null;
  return found === null ? null : lockPayment(tx, found.payment.id);
}

/** A refund in the ledger and the send that is about to begin. */
export interface Recorded {
  readonly kind: 'recorded';
  readonly stored: StoredRefund;
  readonly attempt: number;
  readonly startedAt: Date;
}

/** Writes a new refund as PENDING; null when its merchantRefundId is taken. */
export async function recordNew(
  { queue, reconciliation }: RecordDeps,
  tx: Tx,
  stored: StoredRefund,
  at: Date,
): Promise<Recorded | null> {
  const added = await insertRefunds(tx, [stored]);
  if (!added.has(stored.id)) return null;
  await appendEvents(tx, [
    {
      refundId: stored.id,
      account: stored.refund.account,
      type: 'REQUESTED',
      previousStatus: null,
      via: 'MUTATION',
      occurredAt: null,
      recordedAt: at,
      refund: stored.refund,
      contradiction: null,
    },
  ]);
  await startSubmission(tx, stored.id, { attempt: stored.refund.attempts, kind: 'CREATE', startedAt: at });
  await queue.later(tx, stored.refund, pauseAt(0, reconciliation.pausesSeconds));
  return { kind: 'recorded', stored, attempt: stored.refund.attempts, startedAt: at };
}

/** Makes a FAILED refund PENDING again, to be sent under the same merchantRefundId. Its row is locked. */
export async function recordRetry(deps: RecordDeps, tx: Tx, stored: StoredRefund, at: Date): Promise<Recorded> {
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
  const again = { ...stored, refund, isAnswered: false, hasLeftFailed: true, missingSince: null };
  const next = await sentAgain(deps, tx, again, 'RETRY', at);
  await appendEvents(tx, [
    {
      refundId: stored.id,
      account: refund.account,
      type: 'STATUS_CHANGED',
      previousStatus: stored.refund.status,
      via: 'MUTATION',
      occurredAt: null,
      recordedAt: at,
      refund,
      contradiction: null,
    },
  ]);
  await deps.queue.anew(tx, refund, pauseAt(0, deps.reconciliation.pausesSeconds));
  return next;
}

/** A PENDING refund of which the provider knows nothing is about to be sent once more. Its row is locked. */
export const recordRepeat = (deps: RecordDeps, tx: Tx, stored: StoredRefund, at: Date): Promise<Recorded> =>
  sentAgain(deps, tx, { ...stored, refund: { ...stored.refund, attempts: stored.refund.attempts + 1 } }, 'REPEAT', at);

/** The refund counts the send that begins already. */
async function sentAgain(
  deps: RecordDeps,
  tx: Tx,
  stored: StoredRefund,
  kind: SubmissionKind,
  at: Date,
): Promise<Recorded> {
  const next = {
    ...stored,
    submittedAt: at,
    answersCountFrom: latestArrival(deps, stored.refund.account, at),
    revision: stored.revision + 1,
  };
  await updateRefunds(tx, [next]);
  const attempt = next.refund.attempts;
  await startSubmission(tx, stored.id, { attempt, kind, startedAt: at });
  return { kind: 'recorded', stored: next, attempt, startedAt: at };
}
