/** Conditions on refunds in SQL, as `refunds/filter.ts` means them. A test compares the two. */
import { sql, type RawBuilder, type SqlBool } from 'kysely';
import type { NamedPayment, RefundConditions } from '../../refunds/filter.ts';
import type { AccountKey } from '../../refunds/ids.ts';
import { keepable } from '../json/json.ts';
import { idIs } from './number.ts';
import { inAmounts, isSearched, shownReason, within } from './search.ts';

type Conditions = readonly RawBuilder<SqlBool>[];

/** On rows of `refunds`, and of `payments` joined to them where `namesAnId`. */
export const conditionsOf = (accounts: readonly AccountKey[], conditions: RefundConditions): Conditions => [
  ...named(conditions.merchantRefundId),
  ...equal('refunds.provider_refund_id', conditions.providerRefundId),
  ...equal('payments.merchant_payment_id', conditions.merchantPaymentId),
  ...equal('payments.provider_payment_id', conditions.providerPaymentId),
  ...(conditions.statuses === null ? [] : [sql<SqlBool>`refunds.status = any(${conditions.statuses}::text[])`]),
  ...within(sql`refunds.created_at`, [conditions.createdFrom, conditions.createdBefore]),
  // The first is the condition of an index.
  ...(conditions.needsAttention === true ? [sql<SqlBool>`refunds.attention <> '{}'::jsonb`] : []),
  ...(conditions.needsAttention === false ? [sql<SqlBool>`refunds.attention = '{}'::jsonb`] : []),
  ...(conditions.attention === null
    ? []
    : [
        sql<SqlBool>`refunds.attention <> '{}'::jsonb`,
        sql<SqlBool>`${shownReason(sql`refunds.attention`)} = any(${conditions.attention}::text[])`,
      ]),
  ...(conditions.search === null ? [] : [isSearched(accounts, conditions.search)]),
  ...inAmounts({ minorUnits: sql`refunds.amount_minor`, currency: sql`refunds.currency` }, conditions),
  ...ended([conditions.completedFrom, conditions.completedBefore]),
  ...within(sql`refunds.updated_at`, [conditions.updatedFrom, conditions.updatedBefore]),
  ...(conditions.payments === null ? [] : [isOfPayments(conditions.payments)]),
];

/**
 * Payments are found by account and id: the database can't conclude their account from that of the refunds.
 */
export const ofAccounts = (accounts: readonly AccountKey[], conditions: RefundConditions): Conditions =>
  conditions.merchantPaymentId === null && conditions.providerPaymentId === null
    ? []
    : [sql<SqlBool>`payments.account_key = any(${accounts}::text[])`];

/** Whether conditions leave a handful of refunds, to which an index leads. */
export const namesAnId = (conditions: RefundConditions): boolean =>
  conditions.merchantRefundId !== null ||
  conditions.providerRefundId !== null ||
  conditions.merchantPaymentId !== null ||
  conditions.providerPaymentId !== null ||
  conditions.payments !== null;

/** All of them; true where there are none. */
export const all = (...conditions: readonly Conditions[]): RawBuilder<SqlBool> =>
  conditions.flat().length === 0 ? sql`true` : sql.join(conditions.flat(), sql` and `);

/** The ids of the refunds of some payments; as an array: of a union the database expects thousands. */
export function refundsOf(payments: readonly NamedPayment[]): RawBuilder<unknown> {
  const rows = payments.filter((payment) => payment.kind === 'payment');
  const alone = payments.filter((payment) => payment.kind === 'of');
  const byId = (name: 'merchant_payment_id' | 'provider_payment_id', ids: readonly (string | null)[]) => sql`
    select found.id from unnest(${rows.map(({ account }) => account)}::text[], ${ids.map(kept)}::text[]) as asked(account, id)
      join payments as paid on paid.account_key = asked.account and paid.${sql.ref(name)} = asked.id
      join refunds as found on found.payment_id = paid.id`;
  return sql`array(
    ${byId(
      'merchant_payment_id',
      rows.map((row) => row.merchantPaymentId),
    )} union ${byId(
      'provider_payment_id',
      rows.map((row) => row.providerPaymentId),
    )} union
    select found.id from unnest(${alone.map(({ account }) => account)}::text[],
      ${alone.map(({ merchantRefundId }) => kept(merchantRefundId))}::text[]) as asked(account, id)
      join refunds as found on found.account_key = asked.account and found.merchant_refund_id = asked.id
  )`;
}

const isOfPayments = (payments: readonly NamedPayment[]): RawBuilder<SqlBool> =>
  sql`refunds.id = any(${refundsOf(payments)})`;

const kept = (id: string | null): string | null => (id === null ? null : keepable(id));

/** By a number, or one refund exactly. */
export const named = (asked: string | null): Conditions => (asked === null ? [] : [idIs(asked)]);

/** Equal as the ledger keeps it. */
export const equal = (column: string, value: string | null): Conditions =>
  value === null ? [] : [sql<SqlBool>`${sql.ref(column)} = ${keepable(value)}`];

/** One that has not ended has no instant; an index has it in front of all. */
export const ended = (bounds: readonly [Date | null, Date | null]): Conditions => {
  const known = bounds.every((bound) => bound === null) ? [] : [sql<SqlBool>`refunds.completed_at is not null`];
  return [...known, ...within(sql`coalesce(refunds.completed_at, '-infinity')`, bounds)];
};
