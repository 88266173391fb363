/** What a list can be narrowed by, and the meaning of it in plain code. */
import { shownAttention } from './attention.ts';
import { compareAmount } from './money.ts';
import { isNamed } from './numbers.ts';
import type { AttentionReason, Refund, RefundStatus } from './refund.ts';
import { isFound } from './search.ts';

/** The order of a list, by time of creation. ASC: oldest first. */
export type Direction = 'ASC' | 'DESC';

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
  ].some((condition) => condition !== null);

/** Whether a refund meets the conditions. */
export function meetsConditions(
  refund: Pick<
    Refund,
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
  >,
  conditions: RefundConditions,
): boolean {
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

function meetsLedgerConditions(
  refund: Parameters<typeof meetsConditions>[0],
  { attention, search, amountFrom, amountBelow, currencies, completedFrom, completedBefore }: RefundConditions,
): boolean {
  const { amount, completedAt } = refund;
  const shown = shownAttention(refund.attention)?.reason;
  return (
    (attention === null || (shown !== undefined && attention.includes(shown))) &&
    (search === null || isFound(refund, search)) &&
    (amountFrom === null || compareAmount(amount, amountFrom) >= 0) &&
    (amountBelow === null || compareAmount(amount, amountBelow) < 0) &&
    (currencies === null || currencies.includes(amount.currency)) &&
    (completedFrom === null || (completedAt !== null && completedAt >= completedFrom)) &&
    (completedBefore === null || (completedAt !== null && completedAt < completedBefore))
  );
}
