/** A refund's row and the refund that it means, both ways. */
import type { Selectable } from 'kysely';
import {
  accountKey,
  merchantPaymentId,
  merchantRefundId,
  providerPaymentId,
  providerRefundId,
  type RefundRef,
} from '../../refunds/ids.ts';
import type { Money } from '../../refunds/money.ts';
import type { Ordered } from '../../refunds/list/order.ts';
import type { Refund } from '../../refunds/refund.ts';
import type { Db } from '../database/database.ts';
import { readDetails } from '../json/details.ts';
import { isProvider, readAttention, readProvider } from '../json/json.ts';
import type { Tables } from '../tables.ts';

/** A refund with what only the ledger knows of it. */
export interface StoredRefund {
  readonly id: string;
  readonly refund: Refund;
  /** When we last submitted it; `null` for a refund that was made elsewhere. */
  readonly submittedAt: Date | null;
  /**
   * Answers to queries sent before this time are ignored: the last submission may not have arrived yet;
   * `null` for one made elsewhere.
   */
  readonly answersCountFrom: Date | null;
  /**
   * Since when the provider, when queried, says that it does not know what we last submitted; `null`: it has
   * not said so.
   */
  readonly missingSince: Date | null;
  /**
   * The provider's own answer has reported what we last submitted, or a person has ended it. Else only
   * callbacks have told, or nobody.
   */
  readonly isAnswered: boolean;
  readonly hasLeftFailed: boolean;
  readonly revision: number;
}

/**
 * Every column of a refund with those of its payment. Further conditions, order and limits are the caller's.
 */
export const selectStored = (db: Db) =>
  db
    .selectFrom('refunds')
    .leftJoin('payments', 'payments.id', 'refunds.payment_id')
    .selectAll('refunds')
    .select([
      'payments.merchant_payment_id',
      'payments.provider_payment_id',
      'payments.amount_minor as payment_amount_minor',
      'payments.currency as payment_currency',
      'payments.claimed_minor',
      'payments.claimed_currency',
    ]);

type JoinedRow = Selectable<Tables['refunds']> & {
  readonly merchant_payment_id: string | null;
  readonly provider_payment_id: string | null;
  readonly payment_amount_minor: bigint | null;
  readonly payment_currency: string | null;
  readonly claimed_minor: bigint | null;
  readonly claimed_currency: string | null;
};

/** Applies a branding function where there is a value. */
export const branded = <Text, Id>(text: Text | null, brand: (text: Text) => Id): Id | null =>
  text === null ? null : brand(text);

/** An amount from its two columns. */
export const moneyOf = (minorUnits: bigint | null, currency: string | null): Money | null =>
  minorUnits === null || currency === null ? null : { minorUnits, currency };

/** Reads a row of `selectStored`. */
export const storedOf = (row: JoinedRow): StoredRefund => ({
  id: row.id,
  refund: refundOf(row),
  submittedAt: row.submitted_at,
  answersCountFrom: row.answers_count_from,
  missingSince: row.missing_since,
  isAnswered: row.is_answered,
  hasLeftFailed: row.has_left_failed,
  revision: row.revision,
});

/**
 * A refund's row that can't be read back: another version wrote it, for a provider that this one does not
 * know.
 */
export interface UnreadableRow extends RefundRef, Ordered {
  readonly kind: 'unreadable';
}

/** The refund in a row of `selectStored`, judged alone: one that can't be read costs no other. */
export function readRow(row: JoinedRow): { readonly kind: 'known'; readonly refund: Refund } | UnreadableRow {
  if (isProvider(row.provider)) return { kind: 'known', refund: refundOf(row) };
  const ref = { account: accountKey(row.account_key), merchantRefundId: merchantRefundId(row.merchant_refund_id) };
  return {
    kind: 'unreadable',
    ...ref,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    completedAt: row.completed_at,
    amount: { minorUnits: row.amount_minor, currency: row.currency },
  };
}

/** Reads the refund in a row of `selectStored`. */
export const refundOf = (row: JoinedRow): Refund =>
  refundIn(row, { account: accountKey(row.account_key), merchantRefundId: merchantRefundId(row.merchant_refund_id) });

const refundIn = (row: JoinedRow, ref: RefundRef): Refund => ({
  ...ref,
  provider: readProvider(row.provider),
  providerRefundId: branded(row.provider_refund_id, providerRefundId),
  payment: {
    merchantPaymentId: branded(row.merchant_payment_id, merchantPaymentId),
    providerPaymentId: branded(row.provider_payment_id, providerPaymentId),
    amount: moneyOf(row.payment_amount_minor, row.payment_currency),
  },
  paymentRow:
    row.payment_id === null ? null : { id: row.payment_id, claimed: moneyOf(row.claimed_minor, row.claimed_currency) },
  amount: { minorUnits: row.amount_minor, currency: row.currency },
  feeRefunded: moneyOf(row.fee_minor, row.currency),
  status: row.status,
  providerStatus: row.provider_status,
  reason: row.reason,
  failure:
    row.failure_message === null
      ? null
      : { code: row.failure_code, message: row.failure_message, retryable: row.failure_retryable ?? false },
  createdAt: row.created_at,
  createdAtSource: row.created_at_is_ours ? 'SERVER' : 'PROVIDER',
  completedAt: row.completed_at,
  observedAt: row.observed_at,
  details: readDetails(row.details, ref),
  attention: readAttention(row.attention),
  version: row.version,
  updatedAt: row.updated_at,
  attempts: row.attempts,
});

/** The row of a refund, for `jsonText`: details stay a value. */
export const rowOf = ({ refund, ...stored }: StoredRefund) => ({
  id: stored.id,
  account_key: refund.account,
  provider: refund.provider,
  merchant_refund_id: refund.merchantRefundId,
  provider_refund_id: refund.providerRefundId,
  payment_id: refund.paymentRow?.id ?? null,
  amount_minor: refund.amount.minorUnits,
  fee_minor: refund.feeRefunded?.minorUnits ?? null,
  currency: refund.amount.currency,
  status: refund.status,
  provider_status: refund.providerStatus,
  reason: refund.reason,
  failure_code: refund.failure?.code ?? null,
  failure_message: refund.failure?.message ?? null,
  failure_retryable: refund.failure?.retryable ?? null,
  created_at: refund.createdAt,
  created_at_is_ours: refund.createdAtSource === 'SERVER',
  completed_at: refund.completedAt,
  observed_at: refund.observedAt,
  details: refund.details,
  submitted_at: stored.submittedAt,
  answers_count_from: stored.answersCountFrom,
  missing_since: stored.missingSince,
  attempts: refund.attempts,
  has_left_failed: stored.hasLeftFailed,
  attention: refund.attention,
  version: refund.version,
  updated_at: refund.updatedAt,
  is_answered: stored.isAnswered,
  revision: stored.revision,
});
