/** The orders of lists in SQL, and places in them. A test compares them with `refunds/list/order.ts`. */
import { sql, type RawBuilder, type SqlBool } from 'kysely';
import type { Direction } from '../../refunds/filter.ts';
import type { AccountKey, MerchantRefundId } from '../../refunds/ids.ts';
import type { OrderField } from '../../refunds/list/order.ts';
import { keepable } from '../json/json.ts';

/** A place in a list ordered by (value, account, merchantRefundId), ids byte by byte. */
export interface Keyset {
  /** See `orderValue`. */
  readonly value: number;
  readonly account: AccountKey;
  readonly merchantRefundId: MerchantRefundId;
  /** Whether a refund at this very place comes after it. False when left out. */
  readonly inclusive?: boolean;
}

/** Each is what an index is in the order of. */
const VALUES: Readonly<Record<OrderField, RawBuilder<unknown>>> = {
  CREATED_AT: sql`refunds.created_at`,
  UPDATED_AT: sql`refunds.updated_at`,
  COMPLETED_AT: sql`coalesce(refunds.completed_at, '-infinity')`,
  AMOUNT: sql`refund_decimal(refunds.amount_minor, refunds.currency)`,
};

/** What a refund's place begins with. */
export const valueBy = (by: OrderField): RawBuilder<unknown> => VALUES[by];

export const directed = (direction: Direction): RawBuilder<unknown> => (direction === 'ASC' ? sql`asc` : sql`desc`);

/** What follows `order by`. */
export const orderBy = (by: OrderField, direction: Direction): RawBuilder<unknown> => sql`
  ${valueBy(by)} ${directed(direction)}, refunds.account_key ${directed(direction)},
  refunds.merchant_refund_id ${directed(direction)}`;

/**
 * What comes after a place. The first line alone bounds the walk along an index; the second cuts among
 * refunds of the same value.
 */
export function comesAfter(
  after: Keyset | null,
  { by, direction }: { readonly by: OrderField; readonly direction: Direction },
): readonly RawBuilder<SqlBool>[] {
  if (after === null) return [];
  const { account, merchantRefundId, inclusive = false } = after;
  const value = literal(after.value, by);
  const place = sql`(${value}, ${account}, ${keepable(merchantRefundId)})`;
  const row = sql`(${valueBy(by)}, refunds.account_key, refunds.merchant_refund_id)`;
  const equal = inclusive ? sql`=` : sql``;
  return direction === 'ASC'
    ? [sql`${valueBy(by)} >= ${value}`, sql`${row} >${equal} ${place}`]
    : [sql`${valueBy(by)} <= ${value}`, sql`${row} <${equal} ${place}`];
}

function literal(value: number, by: OrderField): RawBuilder<unknown> {
  if (by === 'AMOUNT') return sql`${`${value}`}::numeric`;
  return value === -Infinity ? sql`'-infinity'::timestamptz` : sql`${new Date(value)}::timestamptz(3)`;
}
