/** createRefund: recorded once per idempotency key, then sent once. */
import { inTransaction, type Tx } from '../ledger/database.ts';
import { findKeyUse, lockKey, useKey, type KeyUse } from '../ledger/idempotency.ts';
import type { StoredPayment } from '../ledger/payments.ts';
import { lockStored, readStored } from '../ledger/refund-writes.ts';
import type { StoredRefund } from '../ledger/stored-refund.ts';
import { findSubmissions, type Refusal } from '../ledger/submissions.ts';
import type { CreateRules, ProviderAccount } from '../providers/provider.ts';
import { merchantRefundId } from '../refunds/ids.ts';
import type { Money } from '../refunds/money.ts';
import type { Refund } from '../refunds/refund.ts';
import { readOrder, type CreateInput, type CreateOrder, type InputIssue } from './create-input.ts';
import { holdPayment, latestArrival, recordNew, recordRetry, roomFor, type NoRoom, type Recorded } from './record.ts';
import { submit, type SubmitDeps, type Submitted } from './submit.ts';

export type CreateResult =
  | { readonly kind: 'created'; readonly refund: Refund; readonly replayed: boolean }
  | { readonly kind: 'invalid'; readonly issues: readonly InputIssue[] }
  /** The key, or the merchantRefundId, was used with other input for this refund. */
  | { readonly kind: 'conflict'; readonly message: string; readonly existing: Refund }
  | { readonly kind: 'exceeds'; readonly refundable: Money }
  | { readonly kind: 'busy'; readonly message: string }
  | { readonly kind: 'rejected'; readonly refund: Refund; readonly refusal: Refusal };

/** Makes a refund, or finds the one that the same call made before. Throws LedgerUnavailableError. */
export async function createRefund(
  deps: SubmitDeps,
  account: ProviderAccount,
  input: CreateInput,
): Promise<CreateResult> {
  const reading = readOrder(input, account);
  if ('issues' in reading) {
    // What was taken once stays the same refund, also where the account's settings would not take it any more.
    const before = reading.inputHash === null ? null : await findKeyUse(deps.ledger.db, input.idempotencyKey);
    if (before !== null && before.inputHash === reading.inputHash) {
      return { kind: 'created', refund: before.stored.refund, replayed: true };
    }
    return { kind: 'invalid', issues: reading.issues };
  }
  const { order } = reading;
  // Most repeats are answered here, without a lock.
  const used = await findKeyUse(deps.ledger.db, order.idempotencyKey);
  const answer = used === null ? null : await answerOf(deps, deps.ledger.db, used, order);
  if (answer !== null) return answer;
  const recorded = await record(deps, account, order);
  if (!('stored' in recorded)) return recorded;
  return resultOf(await submit(deps, account, recorded));
}

function resultOf(submitted: Submitted): CreateResult {
  switch (submitted.kind) {
    case 'sent':
      return { kind: 'created', refund: submitted.refund, replayed: false };
    case 'rejected':
      return submitted;
    case 'busy':
      return { kind: 'busy', message: submitted.message };
  }
}

/** What a used key answers; null when the same refund is to be submitted again, because the provider was busy and took nothing. */
async function answerOf(
  { ledger }: SubmitDeps,
  db: typeof ledger.db,
  { inputHash, stored }: KeyUse,
  order: CreateOrder,
): Promise<CreateResult | null> {
  if (inputHash !== order.inputHash) {
    const message = 'This idempotencyKey was used before with other input.';
    return { kind: 'conflict', message, existing: stored.refund };
  }
  const last = stored.refund.status === 'FAILED' ? (await findSubmissions(db, stored.id)).at(-1) : undefined;
  return last?.outcome === 'busy' && stored.refund.failure?.retryable === true
    ? null
    : { kind: 'created', refund: stored.refund, replayed: true };
}

/** Carried out of a transaction that must leave nothing behind. */
class NothingRecorded extends Error {
  readonly answer: CreateResult;

  constructor(answer: CreateResult) {
    super(`nothing was recorded: ${answer.kind}`);
    this.answer = answer;
  }
}

async function record(
  deps: SubmitDeps,
  account: ProviderAccount,
  order: CreateOrder,
): Promise<Recorded | CreateResult> {
  try {
    return await inTransaction(deps.ledger, async (tx) => {
      await lockKey(tx, order.idempotencyKey);
      const used = await findKeyUse(tx, order.idempotencyKey);
      if (used === null) return recordFirst(deps, tx, account, order);
      return (await answerOf(deps, tx, used, order)) ?? recordAgain(deps, tx, account, used.stored, order);
    });
  } catch (error) {
    if (error instanceof NothingRecorded) return error.answer;
    throw error;
  }
}

async function recordFirst(deps: SubmitDeps, tx: Tx, account: ProviderAccount, order: CreateOrder): Promise<Recorded> {
  const at = deps.clock();
  const id = order.merchantRefundId ?? merchantRefundId(deps.ledger.newId().replaceAll('-', ''));
  const [known] = await readStored(tx, account.key, [id]);
  if (known !== undefined) throw taken(known);
  const { merchantPaymentId, providerPaymentId } = order;
  const named = { merchantPaymentId, providerPaymentId, amount: null };
  const payment = await holdPayment(deps.ledger, tx, account.key, named);
  if (payment === null) throw new Error('an order without a payment');
  await demandRoom(tx, payment, order.amount, rulesOf(account));
  const recorded = await recordNew(deps, tx, newRefund(deps, account, order, id, payment, at), at);
  if (recorded === null) {
    const [meanwhile] = await lockStored(tx, account.key, [id]);
    if (meanwhile === undefined) throw new Error(`refund ${id} is neither new nor known`);
    throw taken(meanwhile);
  }
  await useKey(tx, order.idempotencyKey, order.inputHash, recorded.stored.id, at);
  return recorded;
}

const taken = ({ refund }: StoredRefund): NothingRecorded =>
  new NothingRecorded({
    kind: 'conflict',
    message: `This account has a refund with the merchantRefundId ${refund.merchantRefundId} already.`,
    existing: refund,
  });

/** The provider was busy and did not take the refund: the same call submits it again. */
async function recordAgain(
  deps: SubmitDeps,
  tx: Tx,
  account: ProviderAccount,
  { refund }: StoredRefund,
  order: CreateOrder,
): Promise<Recorded | CreateResult> {
  const payment = await holdPayment(deps.ledger, tx, account.key, refund.payment);
  const [locked] = await lockStored(tx, account.key, [refund.merchantRefundId]);
  if (locked === undefined) throw new Error(`refund ${refund.merchantRefundId} vanished from the ledger`);
  // A query may have found it at the provider after all.
  if (locked.refund.status !== 'FAILED') return { kind: 'created', refund: locked.refund, replayed: true };
  if (payment !== null) await demandRoom(tx, payment, order.amount, rulesOf(account));
  return recordRetry(deps, tx, locked, deps.clock());
}

function rulesOf({ key, create }: ProviderAccount): CreateRules {
  if (create === undefined) throw new Error(`account ${key} creates no refunds`);
  return create.rules;
}

async function demandRoom(...room: Parameters<typeof roomFor>): Promise<void> {
  const noRoom: NoRoom | null = await roomFor(...room);
  switch (noRoom?.kind) {
    case undefined:
      return;
    case 'currency': {
      const issues = [{ path: ['input', 'amount', 'currency'], message: noRoom.message }];
      throw new NothingRecorded({ kind: 'invalid', issues });
    }
    case 'busy':
    case 'exceeds':
      throw new NothingRecorded(noRoom);
  }
}

const newRefund = (
  deps: SubmitDeps,
  { key, provider }: ProviderAccount,
  { amount, reason, shoutu }: CreateOrder,
  id: Refund['merchantRefundId'],
  payment: StoredPayment,
  at: Date,
): StoredRefund => ({
  id: deps.ledger.newId(),
  paymentId: payment.id,
  refund: {
    account: key,
    provider,
    merchantRefundId: id,
    providerRefundId: null,
    payment: payment.facts,
    amount,
    feeRefunded: null,
    status: 'PENDING',
    providerStatus: null,
    reason,
    failure: null,
    createdAt: at,
    completedAt: null,
    observedAt: null,
    details: shoutu === null ? null : { provider: 'SHOUTU', ...NO_SHOUTU_DETAILS, ...shoutu },
  },
  createdAtIsOurs: true,
  submittedAt: at,
  answersCountFrom: latestArrival(deps, key, at),
  missingSince: null,
  attempts: 1,
  hasLeftFailed: false,
  revision: 1,
});

const NO_SHOUTU_DETAILS = {
  merchantNo: null,
  merchantName: null,
  branchMerchantNo: null,
  appId: null,
  extension: null,
} as const;
