/** What a list of refunds can be ordered by. */
import { formatMoney } from '../money.ts';
import type { Refund } from '../refund.ts';

export const ORDER_FIELDS = ['CREATED_AT', 'UPDATED_AT', 'COMPLETED_AT', 'AMOUNT'] as const;
export type OrderField = (typeof ORDER_FIELDS)[number];

/** Only the ledger knows it of every refund. */
export const isOfTheLedger = (by: OrderField): boolean => by !== 'CREATED_AT';

/** What of a refund an order looks at. */
export type Ordered = Pick<Refund, 'createdAt' | 'updatedAt' | 'completedAt' | 'amount'>;

/**
 * The number that a refund has its place by: epoch milliseconds, or its amount in the major unit. A refund
 * that has not ended comes before all that have: -Infinity. No two amounts become one number: they have at
 * most 15 digits, beside 10^15 itself.
 */
export function orderValue({ createdAt, updatedAt, completedAt, amount }: Ordered, by: OrderField): number {
  switch (by) {
    case 'CREATED_AT':
      return createdAt.getTime();
    case 'UPDATED_AT':
      return updatedAt.getTime();
    case 'COMPLETED_AT':
      return completedAt?.getTime() ?? -Infinity;
    case 'AMOUNT':
      return Number(formatMoney(amount));
  }
}
