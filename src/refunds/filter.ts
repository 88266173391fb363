/** What a list can be narrowed by, and the meaning of it in plain code. */
import { isNamed } from './numbers.ts';
import type { Refund, RefundStatus } from './refund.ts';

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
};

/** Whether a refund meets the conditions. */
export function meetsConditions(
  refund: Pick<Refund, 'merchantRefundId' | 'providerRefundId' | 'payment' | 'status' | 'createdAt' | 'attention'>,
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
    (needsAttention === null || needsAttention === Object.keys(refund.attention).length > 0)
  );
}
