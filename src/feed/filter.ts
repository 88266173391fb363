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
  // An id that was told of a refund stays. So the refunds are looked up by it, and the log is read for
  // theirs alone.
  if (merchantRefundId !== null) {
    parts.push(sql`refund_id in (
      select id from refunds where account_key = any(${accounts}::text[]) and ${idIs(merchantRefundId)})`);
  }
  const { providerRefundId, merchantPaymentId, providerPaymentId } = conditions;
  if (providerRefundId !== null) {
    parts.push(sql`refund_id = any(array(
      select id from refunds where account_key = any(${accounts}::text[]) and provider_refund_id = ${providerRefundId}))`);
  }
  if (merchantPaymentId !== null) parts.push(ofPayment(accounts, sql`merchant_payment_id = ${merchantPaymentId}`));
  if (providerPaymentId !== null) parts.push(ofPayment(accounts, sql`provider_payment_id = ${providerPaymentId}`));
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

const ofPayment = (accounts: EventFilter['accounts'], isNamed: RawBuilder<unknown>): RawBuilder<SqlBool> =>
  sql`refund_id = any(array(
    select refunds.id from refunds join payments on payments.id = refunds.payment_id
    where payments.account_key = any(${accounts}::text[]) and payments.${isNamed}))`;

const equal = (told: RawBuilder<unknown>, value: string | null): readonly RawBuilder<SqlBool>[] =>
  value === null ? [] : [sql`${told} = ${value}`];
