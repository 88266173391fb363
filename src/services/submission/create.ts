/** createRefund: recorded once per idempotency key, then sent once. */
import { inTransaction, type Db, type Tx } from '../../ledger/database/database.ts';
import { lookFirst, type LookedAt } from '../../ledger/first-look.ts';
import { findKeyUse, hasKey, lockKey, useKey, type KeyUse } from '../../ledger/idempotency.ts';
import { claimAmount, findPayment, paidAmount, type StoredPayment } from '../../ledger/payment/payments.ts';
import { lockStored } from '../../ledger/refund/refund-writes.ts';
import type { StoredRefund } from '../../ledger/refund/stored-refund.ts';
import { findSubmissions, type Submission } from '../../ledger/submissions.ts';
import type { InputIssue, ProviderAccount } from '../../providers/provider.ts';
import type { MerchantRefundId } from '../../refunds/ids.ts';
import { formatMoney, sameMoney, type Money } from '../../refunds/money.ts';
import { differingFacts, tellsMore } from '../../refunds/payment.ts';
import type { Refund, RefundFailure } from '../../refunds/refund.ts';
import type { Parts } from '../parts.ts';
import { readOrder, type CreateInput, type CreateOrder } from './order.ts';
import { derivedRefundId } from './derived-id.ts';
import { whyNoRoom, type Recorded, type Recorder } from './record.ts';
import type { Sent } from './outcome.ts';
import type { Send } from './send.ts';

export type CreateResult =
  | { readonly kind: 'created'; readonly refund: Refund; readonly replayed: boolean }
  | { readonly kind: 'invalid'; readonly issues: readonly InputIssue[] }
  /** The key, or the merchantRefundId, was used with other input for this refund. */
  | { readonly kind: 'conflict'; readonly message: string; readonly existing: Refund }
  | { readonly kind: 'exceeds'; readonly refundable: Money }
  | { readonly kind: 'busy'; readonly message: string }
  | { readonly kind: 'rejected'; readonly refund: Refund; readonly refusal: RefundFailure };

/** One call, inside the transaction that writes it down. */
interface Writing {
  readonly tx: Tx;
  readonly account: ProviderAccount;
  readonly order: CreateOrder;
}

const OTHER_INPUT = 'This idempotencyKey, or merchantRefundId, was used before with other input.';

/** Makes the verb `create`. */
export function creating({ ledger, clock }: Parts, recorder: Recorder, send: Send) {
  /** Makes a refund, or finds the one that the same call made before. Throws LedgerUnavailableError. */
  async function create(account: ProviderAccount, input: CreateInput): Promise<CreateResult> {
    const { db } = ledger;
    const name = { account: account.key, idempotencyKey: input.idempotencyKey };
    const reading = readOrder(input, account);
    if (reading.kind === 'invalid') {
      // A call that was accepted once stays accepted, also where the account's settings would refuse it now.
      const before = reading.inputHash === null ? null : await findKeyUse(db, name);
      if (before !== null && before.inputHash === reading.inputHash) return replayOf(db, before.stored);
      return { kind: 'invalid', issues: reading.issues };
    }
    const { order } = reading;
    // Most repeats are answered here, without a lock.
    const used = await findKeyUse(db, name);
    const answer = used === null ? null : await answerOf(db, used, order);
    if (answer !== null) return answer;
    const recorded = await inTransaction<Recorded | CreateResult>(ledger, async (tx, rollBack) => {
      const writing = { tx, account, order };
      const done = (await recordAtOnce(writing)) ?? (await record(writing));
      return keepsSomething(done) ? done : rollBack(done);
    });
    return recorded.kind === 'recorded' ? resultOf(await send(recorded)) : recorded;
  }

  /**
   * The short way of most calls, in one look and one write: a refund that nobody knows, of a payment that has
   * room for it. Null, and nothing written, where it takes the long way.
   */
  async function recordAtOnce({ tx, account, order }: Writing): Promise<Recorded | null> {
    const { merchantPaymentId, providerPaymentId } = order;
    const id = idOf(order);
    const found = await lookFirst(tx, { ...order, id });
    if (found === null || found.length > 1) return null;
    const named = { merchantPaymentId, providerPaymentId, amount: null };
    const [known] = found;
    const fresh = { id: ledger.newId(), facts: named, claimed: order.paymentAmount };
    const looked = known ?? { payment: fresh, refundedMinor: 0n, isBusy: false };
    if (!fitsAtOnce(looked, order, account)) return null;
    return recorder.recordNew(tx, {
      account,
      order,
      id,
      payment: looked.payment,
      isPaymentNew: known === undefined,
    });
  }

  async function record(writing: Writing): Promise<Recorded | CreateResult> {
    const { tx, order } = writing;
    await lockKey(tx, order);
    const used = await findKeyUse(tx, order);
    if (used !== null) return (await answerOf(tx, used, order)) ?? recordAgain(writing, used.stored);
    const id = idOf(order);
    return (await adopt(writing, id)) ?? recordFirst(writing, id);
  }

  /**
   * Gives the call a refund that is in the ledger before its key: a ledger that was lost heard of it again
   * from a list, a query or a callback. A refund that does not fit, or has another key, is a conflict. Null:
   * it is not known.
   */
  async function adopt({ tx, account, order }: Writing, id: MerchantRefundId): Promise<CreateResult | null> {
    const [stored] = await lockStored(tx, account.key, [id]);
    if (stored === undefined) return null;
    if ((await hasKey(tx, stored.id)) || !(await fits(tx, order, stored))) {
      const taken = `This account has a refund with the merchantRefundId ${id} already.`;
      const message = order.merchantRefundId === null ? OTHER_INPUT : taken;
      return { kind: 'conflict', message, existing: stored.refund };
    }
    await useKey(tx, order, { refundId: stored.id, at: clock() });
    return replayOf(tx, stored);
  }

  /**
   * Writes a refund that nobody knows. Throws CollisionError when somebody has made its id known meanwhile:
   * run again, the call adopts it.
   */
  async function recordFirst(writing: Writing, id: MerchantRefundId): Promise<Recorded | CreateResult> {
    const { tx, account, order } = writing;
    const { merchantPaymentId, providerPaymentId } = order;
    const named = { merchantPaymentId, providerPaymentId, amount: null };
    const held = await recorder.holdPayment(tx, account.key, named);
    if (held === null) throw new Error('an order without a payment');
    const payment = await withClaim(writing, held);
    if ('kind' in payment) return (await adopt(writing, id)) ?? payment;
    const obstacle = await obstacleTo(writing, payment);
    // The refund itself may be what is in the way, known since the look.
    if (obstacle !== null) return (await adopt(writing, id)) ?? obstacle;
    return recorder.recordNew(tx, { account, order, id, payment, isPaymentNew: false });
  }

  /** The provider was busy and did not take the refund: the same call submits it again. */
  async function recordAgain(writing: Writing, { refund }: StoredRefund): Promise<Recorded | CreateResult> {
    const { tx, account, order } = writing;
    const payment = await recorder.holdPayment(tx, account.key, refund.payment);
    const [stored] = await lockStored(tx, account.key, [refund.merchantRefundId]);
    if (stored === undefined) throw new Error(`refund ${refund.merchantRefundId} vanished from the ledger`);
    // A query may have found it at the provider after all.
    if (stored.refund.status !== 'FAILED') return { kind: 'created', refund: stored.refund, replayed: true };
    const obstacle = payment === null ? null : await obstacleTo(writing, payment);
    return obstacle ?? recorder.recordRetry(tx, { account, stored }, order.actor);
  }

  return create;
}

const idOf = ({ merchantRefundId, account, idempotencyKey }: CreateOrder): MerchantRefundId =>
  merchantRefundId ?? derivedRefundId(account, idempotencyKey);

/** Whether a payment is exactly what an order names, as far as both tell, and takes it now. */
function fitsAtOnce(
  { payment, refundedMinor, isBusy }: LookedAt,
  { merchantPaymentId, providerPaymentId, paymentAmount, amount }: CreateOrder,
  { create }: ProviderAccount,
): boolean {
  const named = { merchantPaymentId, providerPaymentId, amount: null };
  if (merchantPaymentId === null && providerPaymentId === null) return false;
  if (tellsMore(payment.facts, named) || differingFacts(payment.facts, named).length > 0) return false;
  const paid = paidAmount(payment);
  if (paymentAmount !== null && (paid === null || !sameMoney(paid, paymentAmount))) return false;
  if (create === undefined || (create.rules.onePerPayment && isBusy)) return false;
  return paid === null || (paid.currency === amount.currency && amount.minorUnits <= paid.minorUnits - refundedMinor);
}

const keepsSomething = ({ kind }: Recorded | CreateResult): boolean =>
  kind === 'recorded' || kind === 'created' || kind === 'rejected';

function resultOf(sent: Sent): CreateResult {
  switch (sent.kind) {
    case 'sent':
      return { kind: 'created', refund: sent.refund, replayed: sent.known };
    case 'other':
      return { kind: 'conflict', message: OTHER_INPUT, existing: sent.refund };
    case 'rejected':
      return sent;
    case 'busy':
      return { kind: 'busy', message: sent.message };
  }
}

/**
 * What a used key answers. Null when the same refund is to be submitted again, because the provider was busy
 * and took nothing.
 */
async function answerOf(db: Db, { inputHash, stored }: KeyUse, order: CreateOrder): Promise<CreateResult | null> {
  if (inputHash !== order.inputHash) return { kind: 'conflict', message: OTHER_INPUT, existing: stored.refund };
  const { status, failure } = stored.refund;
  const last = status === 'FAILED' ? (await findSubmissions(db, stored.id)).at(-1) : undefined;
  return last?.outcome === 'busy' && failure?.retryable === true ? null : replayed(stored, last);
}

/** The answer to a call that made, or found, this refund before. */
async function replayOf(db: Db, stored: StoredRefund): Promise<CreateResult> {
  return replayed(stored, (await findSubmissions(db, stored.id)).at(-1));
}

/** A create that was refused stays refused; one that was taken stays taken, whatever came of the refund. */
function replayed({ refund }: StoredRefund, last: Submission | undefined): CreateResult {
  const refusal = refund.status === 'FAILED' && last !== undefined ? refusalOf(last, refund) : null;
  return refusal === null ? { kind: 'created', refund, replayed: true } : { kind: 'rejected', refund, refusal };
}

/** The no to the last send, as long as it is what the refund failed of. */
function refusalOf({ outcome, refusal }: Submission, { failure }: Refund): RefundFailure | null {
  if (refusal === null || outcome === 'busy') return null;
  // One that was doubted may have been wrong: the refund was there, and failed later.
  const isWhy = refusal.code === failure?.code && refusal.message === failure?.message;
  return outcome === 'refused' && !isWhy ? null : refusal;
}

/**
 * Whether a refund may be what an order asks for: the same amount, and no payment that is known to be
 * another.
 */
async function fits(tx: Tx, order: CreateOrder, { refund }: StoredRefund): Promise<boolean> {
  if (!sameMoney(refund.amount, order.amount)) return false;
  const { merchantPaymentId, providerPaymentId } = order;
  const named = await findPayment(tx, order.account, { merchantPaymentId, providerPaymentId });
  const ids = named?.facts ?? { merchantPaymentId, providerPaymentId };
  return differingFacts(refund.payment, { ...ids, amount: null }).length === 0;
}

/** The locked payment with what the order says was paid; an issue where it is known to be otherwise. */
async function withClaim({ tx, order }: Writing, payment: StoredPayment): Promise<StoredPayment | CreateResult> {
  const { paymentAmount: claimed } = order;
  const known = paidAmount(payment);
  if (claimed === null || (known !== null && sameMoney(known, claimed))) return payment;
  if (known === null) return claimAmount(tx, payment, claimed);
  const message = `The payment is known to be of ${formatMoney(known)} ${known.currency}.`;
  return { kind: 'invalid', issues: [{ path: ['input', 'paymentAmount'], code: 'CONTRADICTS_KNOWN', message }] };
}

/** Why the payment, which is locked, can't take the order now; null where it can. */
async function obstacleTo({ tx, account, order }: Writing, payment: StoredPayment): Promise<CreateResult | null> {
  const { key, create } = account;
  if (create === undefined) throw new Error(`account ${key} creates no refunds`);
  const noRoom = await whyNoRoom(tx, payment, { amount: order.amount, rules: create.rules });
  if (noRoom?.kind !== 'currency') return noRoom;
  const path = ['input', 'amount', 'currency'];
  return { kind: 'invalid', issues: [{ path, code: 'WRONG_CURRENCY', message: noRoom.message }] };
}
