/** What a list can be narrowed by, and the meaning of it in plain code. */
import { shownAttention } from './attention.ts';
import type { AccountKey, MerchantPaymentId, MerchantRefundId, ProviderPaymentId } from './ids.ts';
import { compareAmount } from './money.ts';
import { isNamed } from './numbers.ts';
import type { AttentionReason, Refund, RefundStatus } from './refund.ts';
import { isFound } from './list/search.ts';

/** The order of a list. ASC: the oldest, or smallest, first. */
export type Direction = 'ASC' | 'DESC';

/**
 * A payment as refunds name it: by either id. Ids that were told stay, also when two payments turn out to be
 * one. `of`: no id of it is known, and this is its only refund.
 */
export type NamedPayment = { readonly account: AccountKey } & (
  | {
      readonly kind: 'payment';
      readonly merchantPaymentId: MerchantPaymentId | null;
      readonly providerPaymentId: ProviderPaymentId | null;
    }
  | { readonly kind: 'of'; readonly merchantRefundId: MerchantRefundId }
);

/** Every condition that is set must hold; `null` asks nothing. `createdBefore` is exclusive. */
export interface RefundConditions {
  /** A number, or one refund exactly: see `isNamed`. */
  readonly merchantRefundId: string | null;
  readonly providerRefundId: string | null;
  readonly merchantPaymentId: string | null;
  readonly providerPaymentId: string | null;
  readonly statuses: readonly RefundStatus[] | null;
  readonly createdFrom: Date | null;
  readonly createdBefore: Date | null;
  /** Whether a person must look at it. */
  readonly needsAttention: boolean | null;
  /** The reason that is shown. */
  readonly attention: readonly AttentionReason[] | null;
  /** See `isFound`. */
  readonly search: string | null;
  /** Decimals in the currency of the refund. */
  readonly amountFrom: string | null;
  readonly amountBelow: string | null;
  readonly currencies: readonly string[] | null;
  readonly completedFrom: Date | null;
  readonly completedBefore: Date | null;
  readonly updatedFrom: Date | null;
  readonly updatedBefore: Date | null;
  /** Refunds of one of these. */
  readonly payments: readonly NamedPayment[] | null;
}

/** The conditions that let everything through. */
export const NO_CONDITIONS: RefundConditions = {
  merchantRefundId: null,
  providerRefundId: null,
  merchantPaymentId: null,
  providerPaymentId: null,
  statuses: null,
  createdFrom: null,
  createdBefore: null,
  needsAttention: null,
  attention: null,
  search: null,
  amountFrom: null,
  amountBelow: null,
  currencies: null,
  completedFrom: null,
  completedBefore: null,
  updatedFrom: null,
  updatedBefore: null,
  payments: null,
};

/** Whether only the ledger can answer: no provider knows these conditions. */
export const asksTheLedger = (conditions: RefundConditions): boolean =>
  [
    conditions.needsAttention,
    conditions.attention,
    conditions.search,
    conditions.amountFrom,
    conditions.amountBelow,
    conditions.currencies,
    conditions.completedFrom,
    conditions.completedBefore,
    conditions.updatedFrom,
    conditions.updatedBefore,
    conditions.payments,
  ].some((condition) => condition !== null);

/** What of a refund conditions look at. */
export type Filtered = Pick<
  Refund,
  | 'account'
  | 'merchantRefundId'
  | 'providerRefundId'
  | 'payment'
  | 'status'
  | 'createdAt'
  | 'attention'
  | 'amount'
  | 'completedAt'
  | 'reason'
  | 'failure'
> & {
  /** Null: not known, so that it may be any. */
  readonly updatedAt: Date | null;
};

/** Whether a refund meets the conditions. */
export function meetsConditions(refund: Filtered, conditions: RefundConditions): boolean {
  const { statuses, createdFrom, createdBefore, needsAttention } = conditions;
  return (
    (conditions.merchantRefundId === null || isNamed(refund.merchantRefundId, conditions.merchantRefundId)) &&
    (conditions.providerRefundId === null || refund.providerRefundId === conditions.providerRefundId) &&
    (conditions.merchantPaymentId === null || refund.payment.merchantPaymentId === conditions.merchantPaymentId) &&
    (conditions.providerPaymentId === null || refund.payment.providerPaymentId === conditions.providerPaymentId) &&
    (statuses === null || statuses.includes(refund.status)) &&
    (createdFrom === null || refund.createdAt >= createdFrom) &&
    (createdBefore === null || refund.createdAt < createdBefore) &&
    (needsAttention === null || needsAttention === Object.keys(refund.attention).length > 0) &&
    meetsLedgerConditions(refund, conditions)
  );
}

function meetsLedgerConditions(refund: Filtered, conditions: RefundConditions): boolean {
  const { attention, search, amountFrom, amountBelow, currencies, payments } = conditions;
  const { amount, completedAt, updatedAt } = refund;
  const shown = shownAttention(refund.attention)?.reason;
  return (
    (attention === null || (shown !== undefined && attention.includes(shown))) &&
    (search === null || isFound(refund, search)) &&
    (amountFrom === null || compareAmount(amount, amountFrom) >= 0) &&
    (amountBelow === null || compareAmount(amount, amountBelow) < 0) &&
    (currencies === null || currencies.includes(amount.currency)) &&
    isWithin(completedAt, [conditions.completedFrom, conditions.completedBefore]) &&
    (updatedAt === null || isWithin(updatedAt, [conditions.updatedFrom, conditions.updatedBefore])) &&
    (payments === null || payments.some((payment) => givesBack(refund, payment)))
  );
}

/** From the first instant on, and before the second. An instant that there is not meets no bound. */
const isWithin = (instant: Date | null, [from, before]: readonly [Date | null, Date | null]): boolean =>
  (from === null || (instant !== null && instant >= from)) &&
  (before === null || (instant !== null && instant < before));

function givesBack(refund: Pick<Filtered, 'account' | 'merchantRefundId' | 'payment'>, named: NamedPayment): boolean {
  if (refund.account !== named.account) return false;
  if (named.kind === 'of') return refund.merchantRefundId === named.merchantRefundId;
  const { merchantPaymentId, providerPaymentId } = refund.payment;
  return (
    (merchantPaymentId !== null && merchantPaymentId === named.merchantPaymentId) ||
    (providerPaymentId !== null && providerPaymentId === named.providerPaymentId)
  );
}
