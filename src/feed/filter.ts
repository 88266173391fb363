/** Which events a reader of the feed is given. */
import { sql, type RawBuilder, type SqlBool } from 'kysely';
import type { RefundEvent } from '../ledger/events.ts';
import { keepable } from '../ledger/json.ts';
import { idIs } from '../ledger/refund/number.ts';
import { meetsConditions, type RefundConditions } from '../refunds/filter.ts';
import type { AccountKey } from '../refunds/ids.ts';

/** Events of these accounts whose refund, as it was right after the event, meets the conditions. */
export interface EventFilter {
  readonly accounts: readonly AccountKey[];
  readonly conditions: RefundConditions;
}

/** Whether an event passes. `matching` says the same in SQL; a test compares them. */
export const letsThrough = ({ accounts, conditions }: EventFilter, event: RefundEvent): boolean =>
  accounts.includes(event.account) && meetsConditions(event.refund, conditions);

/**
 * The filter with its ids as the ledger keeps them: characters that it drops from a refund are dropped here
 * too.
 */
export const asKept = ({ accounts, conditions }: EventFilter): EventFilter => ({
  accounts,
  conditions: {
    ...conditions,
    merchantRefundId: kept(conditions.merchantRefundId),
    providerRefundId: kept(conditions.providerRefundId),
    merchantPaymentId: kept(conditions.merchantPaymentId),
    providerPaymentId: kept(conditions.providerPaymentId),
  },
});

const kept = (id: string | null): string | null => (id === null ? null : keepable(id));

/** The condition on rows of `refund_events` that lets the same events through. */
export function matching({ accounts, conditions }: EventFilter): RawBuilder<SqlBool> {
  const { merchantRefundId, statuses, createdFrom, createdBefore, needsAttention } = conditions;
  const parts: RawBuilder<SqlBool>[] = [sql`account_key = any(${accounts}::text[])`];
  // Our id never changes, so it is looked up in the refunds: the log need not be read for one refund's
  // events.
  if (merchantRefundId !== null) {
    parts.push(sql`refund_id in (
      select id from refunds where account_key = any(${accounts}::text[]) and ${idIs(merchantRefundId)})`);
  }
  if (statuses !== null) parts.push(sql`status = any(${statuses}::text[])`);
  if (createdFrom !== null) parts.push(sql`(snapshot ->> 'createdAt')::timestamptz >= ${createdFrom}::timestamptz`);
  if (createdBefore !== null) parts.push(sql`(snapshot ->> 'createdAt')::timestamptz < ${createdBefore}::timestamptz`);
  if (needsAttention !== null) parts.push(sql`(snapshot -> 'attention' <> '{}'::jsonb) = ${needsAttention}`);
  parts.push(
    ...equal(sql`snapshot ->> 'providerRefundId'`, conditions.providerRefundId),
    ...equal(sql`snapshot #>> '{payment,merchantPaymentId}'`, conditions.merchantPaymentId),
    ...equal(sql`snapshot #>> '{payment,providerPaymentId}'`, conditions.providerPaymentId),
  );
  return sql.join(parts, sql` and `);
}

const equal = (told: RawBuilder<unknown>, value: string | null): readonly RawBuilder<SqlBool>[] =>
  value === null ? [] : [sql`${told} = ${value}`];
