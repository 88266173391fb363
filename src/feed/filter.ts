/** Which events a reader of the feed is given. */
import { sql, type RawBuilder, type SqlBool } from 'kysely';
import type { RefundEvent } from '../ledger/events.ts';
import { keepable } from '../ledger/json/json.ts';
import { refundsOf } from '../ledger/refund/conditions.ts';
import { idIs } from '../ledger/refund/number.ts';
import { hasWords, inAmounts, shownReason, startsWith, within } from '../ledger/refund/search.ts';
import { meetsConditions, type NamedPayment, type RefundConditions } from '../refunds/filter.ts';
import type { AccountKey } from '../refunds/ids.ts';

/**
 * Events of these accounts whose refund meets the conditions, before the event or after it: who shows a list
 * hears who left it.
 */
export interface EventFilter {
  readonly accounts: readonly AccountKey[];
  readonly conditions: RefundConditions;
  /** Only these types; null, or left out: all. */
  readonly types?: readonly RefundEvent['type'][] | null;
  /** Only these ways; null, or left out: all. */
  readonly via?: readonly RefundEvent['via'][] | null;
}

/**
 * The first whole copy of a list is history: the feed passes its events over. The words are the condition of
 * an index.
 */
export const IS_NEWS = sql<SqlBool>`via <> 'COPY'`;

/** Whether an event passes. `matching` says the same in SQL; a test compares them. */
export function letsThrough({ accounts, conditions, types, via }: EventFilter, event: RefundEvent): boolean {
  return (
    accounts.includes(event.account) &&
    (types?.includes(event.type) ?? true) &&
    (via?.includes(event.via) ?? true) &&
    (meetsConditions(event.snapshot, conditions) ||
      (event.before !== null && meetsConditions(event.before, conditions)))
  );
}

/**
 * The filter with its ids as the ledger keeps them: characters that it drops from a refund are dropped here
 * too.
 */
export const asKept = ({ conditions, ...filter }: EventFilter): EventFilter => ({
  ...filter,
  conditions: {
    ...conditions,
    merchantRefundId: kept(conditions.merchantRefundId),
    providerRefundId: kept(conditions.providerRefundId),
    merchantPaymentId: kept(conditions.merchantPaymentId),
    providerPaymentId: kept(conditions.providerPaymentId),
    search: kept(conditions.search),
  },
});

const kept = (id: string | null): string | null => (id === null ? null : keepable(id));

/** The condition on rows of `refund_events` that lets the same events through. */
export function matching({ accounts, conditions, types, via }: EventFilter): RawBuilder<SqlBool> {
  const { merchantRefundId } = conditions;
  const parts: RawBuilder<SqlBool>[] = [sql`account_key = any(${accounts}::text[])`];
  if (types) parts.push(sql`type = any(${types}::text[])`);
  if (via) parts.push(sql`via = any(${via}::text[])`);
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
  if (conditions.payments !== null) parts.push(sql`refund_id = any(${refundsOf(conditions.payments)})`);
  const after = [
    ...stateMeets({ accounts, conditions }, { status: sql`status`, members: sql`snapshot` }),
    // Of the state before, nobody knows it: it may be any.
    ...within(sql`recorded_at`, [conditions.updatedFrom, conditions.updatedBefore]),
  ];
  if (after.length > 0) {
    const earlier = { status: sql`previous_status`, members: sql`(snapshot || coalesce(before, '{}'))` };
    const before = sql.join(
      [sql`previous_status is not null`, ...stateMeets({ accounts, conditions }, earlier)],
      sql` and `,
    );
    parts.push(sql`(${sql.join(after, sql` and `)} or ${before})`);
  }
  return sql.join(parts, sql` and `);
}

/** The conditions on a state of a refund: its status, and the other members as the event keeps them. */
function stateMeets(
  { accounts, conditions }: Pick<EventFilter, 'accounts' | 'conditions'>,
  { status, members }: Readonly<Record<'status' | 'members', RawBuilder<unknown>>>,
): readonly RawBuilder<SqlBool>[] {
  const { statuses, createdFrom, createdBefore, needsAttention, attention, search, ...ids } = conditions;
  const instantOf = (name: string) => sql`(${members} ->> ${name})::timestamptz`;
  const reasons = sql`coalesce(nullif(${members} -> 'attention', 'null'), '{}')`;
  const parts: RawBuilder<SqlBool>[] = [];
  if (statuses !== null) parts.push(sql`${status} = any(${statuses}::text[])`);
  parts.push(...within(instantOf('createdAt'), [createdFrom, createdBefore]));
  if (needsAttention !== null) {
    parts.push(sql`(${reasons} <> '{}') = ${needsAttention}`);
  }
  if (attention !== null) parts.push(sql`${shownReason(reasons)} = any(${attention}::text[])`);
  if (search !== null) parts.push(isFoundIn({ accounts, members }, search));
  const amount = {
    minorUnits: sql`(${members} #>> '{amount,minorUnits}')::bigint`,
    currency: sql`(${members} #>> '{amount,currency}')`,
  };
  return [
    ...parts,
    ...inAmounts(amount, conditions),
    ...within(instantOf('completedAt'), [conditions.completedFrom, conditions.completedBefore]),
    ...(conditions.payments === null ? [] : [givesBack(members, conditions.payments)]),
    ...equal(sql`${members} ->> 'providerRefundId'`, ids.providerRefundId),
    ...equal(sql`${members} #>> '{payment,merchantPaymentId}'`, ids.merchantPaymentId),
    ...equal(sql`${members} #>> '{payment,providerPaymentId}'`, ids.providerPaymentId),
  ];
}

/**
 * A search in a state as the event keeps it. Its merchantRefundId is in the refund's row, and never changes.
 */
function isFoundIn(
  { accounts, members }: { readonly accounts: EventFilter['accounts']; readonly members: RawBuilder<unknown> },
  search: string,
): RawBuilder<SqlBool> {
  const texts = {
    reason: sql`(${members} ->> 'reason')`,
    code: sql`(${members} #>> '{failure,code}')`,
    message: sql`(${members} #>> '{failure,message}')`,
  };
  const words = hasWords(texts, search);
  const ids = ['{providerRefundId}', '{payment,merchantPaymentId}', '{payment,providerPaymentId}'];
  const found = [
    sql<SqlBool>`refund_id in (select id from refunds
      where account_key = any(${accounts}::text[]) and ${startsWith(sql`merchant_refund_id`, search)})`,
    ...ids.map((path) => sql<SqlBool>`coalesce(${startsWith(sql`(${members} #>> ${path}::text[])`, search)}, false)`),
    ...(words === null ? [] : [words]),
  ];
  return sql`(${sql.join(found, sql` or `)})`;
}

/** Whether a state names one of these payments. A refund that is all that is known of one is its own. */
function givesBack(members: RawBuilder<unknown>, payments: readonly NamedPayment[]): RawBuilder<SqlBool> {
  const rows = payments.filter((payment) => payment.kind === 'payment');
  const alone = payments.filter((payment) => payment.kind === 'of');
  return sql`(refund_id = any(${refundsOf(alone)}) or exists (
    select from unnest(${rows.map(({ account }) => account)}::text[], ${rows.map((row) => row.merchantPaymentId)}::text[],
      ${rows.map((row) => row.providerPaymentId)}::text[]) as asked(account, merchant, provider)
    where asked.account = account_key and (${members} #>> '{payment,merchantPaymentId}' = asked.merchant
      or ${members} #>> '{payment,providerPaymentId}' = asked.provider)))`;
}

const ofPayment = (accounts: EventFilter['accounts'], isNamed: RawBuilder<unknown>): RawBuilder<SqlBool> =>
  sql`refund_id = any(array(
    select refunds.id from refunds join payments on payments.id = refunds.payment_id
    where payments.account_key = any(${accounts}::text[]) and payments.${isNamed}))`;

const equal = (told: RawBuilder<unknown>, value: string | null): readonly RawBuilder<SqlBool>[] =>
  value === null ? [] : [sql`${told} = ${value}`];
