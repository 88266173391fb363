/** Refunds as the ledger knows them: found, paged, counted. */
import { sql, type RawBuilder, type SqlBool } from 'kysely';
import type { RefundConditions, Direction } from '../../refunds/filter.ts';
import type { AccountKey, MerchantRefundId, RefundRef } from '../../refunds/ids.ts';
import { answersLookup, type RefundLookup } from '../../refunds/observation.ts';
import type { Refund } from '../../refunds/refund.ts';
import type { Db, Tx } from '../database/database.ts';
import { isKeepable, keepable } from '../json/json.ts';
import { idIs } from './number.ts';
import { inAmounts, isSearched, shownReason, within } from './search.ts';
import { readRow, refundOf, selectStored, storedOf, type StoredRefund } from './stored-refund.ts';

/** A place in a list ordered by (createdAt, account, merchantRefundId), ids byte by byte. */
export interface Keyset {
  readonly createdAt: Date;
  readonly account: AccountKey;
  readonly merchantRefundId: MerchantRefundId;
  /** Whether a refund at this very place comes after it. False when left out. */
  readonly inclusive?: boolean;
}

/** The refunds that are known among those named, in no order, in one statement. */
export async function findRefunds(db: Db, asked: readonly RefundRef[]): Promise<readonly Refund[]> {
  const refs = asked.filter(({ merchantRefundId }) => isKeepable(merchantRefundId));
  if (refs.length === 0) return [];
  const rows = await selectStored(db)
    .innerJoin(
      sql<{ account: string; id: string }>`
        unnest(${refs.map((ref) => ref.account)}::text[], ${refs.map((ref) => ref.merchantRefundId)}::text[])
      `.as<'named'>(sql`named(account, id)`),
      (join) =>
        join.onRef('named.account', '=', 'refunds.account_key').onRef('named.id', '=', 'refunds.merchant_refund_id'),
    )
    .execute();
  return rows.map(refundOf);
}

/**
 * Every refund that a lookup names, as `answersLookup` means it: all refunds of a payment where only payment
 * ids are given. Oldest first.
 */
export async function findByLookup(db: Db, account: AccountKey, lookup: RefundLookup): Promise<readonly Refund[]> {
  const asked = [...named(lookup.merchantRefundId), ...equal('refunds.provider_refund_id', lookup.providerRefundId)];
  const askedPayments = [
    ...equal('payments.merchant_payment_id', lookup.merchantPaymentId),
    ...equal('payments.provider_payment_id', lookup.providerPaymentId),
  ];
  const decisive = asked.length > 0 ? asked : askedPayments;
  if (decisive.length === 0) return [];
  const rows = await selectStored(db)
    .where('refunds.account_key', '=', account)
    .$if(asked.length === 0, (query) => query.where('payments.account_key', '=', account))
    .where((eb) => eb.or(decisive))
    .orderBy('refunds.created_at')
    .orderBy('refunds.merchant_refund_id')
    .execute();
  return rows.map(refundOf).filter((refund) => answersLookup(lookup, { ...refund, ...refund.payment }));
}

export interface RowsQuery {
  readonly accounts: readonly AccountKey[];
  readonly conditions: RefundConditions;
  readonly direction: Direction;
  /** Only what comes after this place, in the direction asked. */
  readonly after: Keyset | null;
  readonly limit: number;
  /** Left out: both. */
  readonly part?: LedgerPart;
}

/** UNLISTED: begun here, and as far as is known not in the provider's list. LISTED: all others. */
export type LedgerPart = 'UNLISTED' | 'LISTED';

/** Begun here; and the provider never gave a record of it, or says now that it does not know it. */
const UNLISTED = sql<SqlBool>`(
  refunds.submitted_at is not null and (refunds.created_at_is_ours or refunds.missing_since is not null)
  and (refunds.missing_since is not null
    or not exists (select from provider_records where provider_records.refund_id = refunds.id))
)`;

const ofPart = (part: LedgerPart | undefined): readonly RawBuilder<SqlBool>[] => {
  if (part === undefined) return [];
  return [part === 'UNLISTED' ? UNLISTED : sql<SqlBool>`not ${UNLISTED}`];
};

/** How many refunds of an account that were made up to then have a record of the provider. */
export async function countRecorded(db: Db, account: AccountKey, until: Date): Promise<number> {
  const { rows } = await sql<{ count: bigint }>`
    select count(*) as count from refunds
    where account_key = ${account} and created_at <= ${until}::timestamptz(3)
      and exists (select from provider_records where provider_records.refund_id = refunds.id)
  `.execute(db);
  return Number(rows[0]?.count ?? 0n);
}

/**
 * A page of the refunds of some accounts, in the order of the keyset. Its cost does not grow with the place
 * in the list.
 */
export async function pageRows(db: Db, asked: RowsQuery): Promise<readonly ReturnType<typeof readRow>[]> {
  const { accounts, conditions } = asked;
  const statuses = conditions.statuses === null ? null : [...new Set(conditions.statuses)];
  const query: RowsQuery = {
    ...asked,
    // Each walked once: named twice, a row would take the place of another.
    accounts: [...new Set(accounts)],
    conditions: { ...conditions, statuses },
    after: isOutside(asked) ? null : asked.after,
  };
  const direction = query.direction === 'ASC' ? 'asc' : 'desc';
  const rows = await selectStored(db)
    .where('refunds.id', 'in', namesAnId(query.conditions) ? idsFound(query) : idsMerged(query))
    .orderBy('refunds.created_at', direction)
    .orderBy('refunds.account_key', direction)
    .orderBy('refunds.merchant_refund_id', direction)
    .execute();
  return rows.map(readRow);
}

/**
 * A place before the first instant asked for says nothing, and would make the walk along the index start
 * there.
 */
const isOutside = ({ after, direction, conditions: { createdFrom, createdBefore } }: RowsQuery): boolean =>
  after !== null &&
  (direction === 'ASC'
    ? createdFrom !== null && after.createdAt < createdFrom
    : createdBefore !== null && after.createdAt >= createdBefore);

const namesAnId = (conditions: RefundConditions): boolean =>
  conditions.merchantRefundId !== null ||
  conditions.providerRefundId !== null ||
  conditions.merchantPaymentId !== null ||
  conditions.providerPaymentId !== null ||
  conditions.search !== null;

/** An id, or a search, leaves a handful of refunds: its index finds them, and they are sorted. */
const idsFound = ({ accounts, conditions, direction, after, limit, part }: RowsQuery): RawBuilder<string> => sql`(
  select refunds.id from refunds left join payments on payments.id = refunds.payment_id
  where refunds.account_key = any(${accounts}::text[])
    and ${all(ofAccounts(accounts, conditions), conditionsOf(accounts, conditions), afterOf(after, direction), ofPart(part))}
  order by ${orderOf(direction)} limit ${limit}
)`;

/**
 * Else the page is merged from one short walk per account (and status), each along an index that is in the
 * order asked: over several accounts at once no index is.
 */
const idsMerged = ({ accounts, conditions, direction, after, limit, part }: RowsQuery): RawBuilder<string> => {
  const { statuses } = conditions;
  const status = statuses === null ? sql`` : sql`cross join unnest(${statuses}::text[]) as asked_status(status)`;
  const ofStatus = statuses === null ? [] : [sql<SqlBool>`refunds.status = asked_status.status`];
  const conditionsLeft = conditionsOf(accounts, { ...conditions, statuses: null });
  return sql`(
    select page.id
    from unnest(${accounts}::text[]) as asked_account(key) ${status} cross join lateral (
      select refunds.id, refunds.created_at, refunds.account_key, refunds.merchant_refund_id from refunds
      where refunds.account_key = asked_account.key and ${all(ofStatus, conditionsLeft, afterOf(after, direction), ofPart(part))}
      order by refunds.created_at ${directed(direction)}, refunds.merchant_refund_id ${directed(direction)}
      limit ${limit}
    ) as page
    order by page.created_at ${directed(direction)}, page.account_key ${directed(direction)},
      page.merchant_refund_id ${directed(direction)}
    limit ${limit}
  )`;
};

/**
 * The refunds of some accounts that meet the conditions: what follows the columns of a count or a sum over
 * them.
 */
export function fromRefunds({
  accounts,
  conditions,
  part,
}: Pick<RowsQuery, 'accounts' | 'conditions' | 'part'>): RawBuilder<unknown> {
  const payments = namesAnId(conditions) ? sql`left join payments on payments.id = refunds.payment_id` : sql``;
  return sql`from refunds ${payments}
    where refunds.account_key = any(${accounts}::text[])
      and ${all(ofAccounts(accounts, conditions), conditionsOf(accounts, conditions), ofPart(part))}`;
}

/** How many refunds of some accounts meet the conditions. */
export async function countRefunds(
  db: Db,
  asked: Pick<RowsQuery, 'accounts' | 'conditions' | 'part'>,
): Promise<number> {
  const { rows } = await sql<{ count: bigint }>`select count(*) as count ${fromRefunds(asked)}`.execute(db);
  return Number(rows[0]?.count ?? 0n);
}

/**
 * Whether an account has refunds that were made elsewhere and whose time the provider has not told: theirs is
 * our own.
 */
export async function hasRefundsWithoutTime(db: Db, account: AccountKey): Promise<boolean> {
  const row = await db
    .selectFrom('refunds')
    .select('id')
    .where('account_key', '=', account)
    .where('created_at_is_ours', '=', true)
    .where('submitted_at', 'is', null)
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

/**
 * The refund's row, locked until the transaction ends; `null` when it is not known. Events of it wait
 * meanwhile.
 */
export async function lockRefund(tx: Tx, { account, merchantRefundId }: RefundRef): Promise<StoredRefund | null> {
  const row = await selectStored(tx)
    .where('refunds.account_key', '=', account)
    .where('refunds.merchant_refund_id', '=', merchantRefundId)
    .forNoKeyUpdate('refunds')
    .executeTakeFirst();
  return row === undefined ? null : storedOf(row);
}

const directed = (direction: Direction): RawBuilder<unknown> => (direction === 'ASC' ? sql`asc` : sql`desc`);

const orderOf = (direction: Direction): RawBuilder<unknown> => sql`
  refunds.created_at ${directed(direction)}, refunds.account_key ${directed(direction)},
  refunds.merchant_refund_id ${directed(direction)}`;

/** The first line alone bounds the walk along an index; the second cuts among refunds of the same instant. */
function afterOf(after: Keyset | null, direction: Direction): readonly RawBuilder<SqlBool>[] {
  if (after === null) return [];
  const { createdAt, account, merchantRefundId, inclusive = false } = after;
  const place = sql`(${createdAt}::timestamptz(3), ${account}, ${keepable(merchantRefundId)})`;
  const row = sql`(refunds.created_at, refunds.account_key, refunds.merchant_refund_id)`;
  const equal = inclusive ? sql`=` : sql``;
  return direction === 'ASC'
    ? [sql`refunds.created_at >= ${createdAt}::timestamptz(3)`, sql`${row} >${equal} ${place}`]
    : [sql`refunds.created_at <= ${createdAt}::timestamptz(3)`, sql`${row} <${equal} ${place}`];
}

const conditionsOf = (
  accounts: readonly AccountKey[],
  conditions: RefundConditions,
): readonly RawBuilder<SqlBool>[] => [
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
  ...within(sql`refunds.completed_at`, [conditions.completedFrom, conditions.completedBefore]),
];

/**
 * Payments are found by account and id: the database can't conclude their account from that of the refunds.
 */
const ofAccounts = (accounts: readonly AccountKey[], conditions: RefundConditions): readonly RawBuilder<SqlBool>[] =>
  conditions.merchantPaymentId === null && conditions.providerPaymentId === null
    ? []
    : [sql<SqlBool>`payments.account_key = any(${accounts}::text[])`];

const named = (asked: string | null): readonly RawBuilder<SqlBool>[] => (asked === null ? [] : [idIs(asked)]);

const equal = (column: string, value: string | null): readonly RawBuilder<SqlBool>[] =>
  value === null ? [] : [sql<SqlBool>`${sql.ref(column)} = ${keepable(value)}`];

const all = (...conditions: readonly (readonly RawBuilder<SqlBool>[])[]): RawBuilder<SqlBool> =>
  conditions.flat().length === 0 ? sql`true` : sql.join(conditions.flat(), sql` and `);
