/** Refunds as the ledger knows them: found, paged, counted. */
import { sql, type RawBuilder, type SqlBool } from 'kysely';
import type { RefundConditions, Direction } from '../../refunds/filter.ts';
import type { AccountKey, RefundRef } from '../../refunds/ids.ts';
import type { OrderField } from '../../refunds/list/order.ts';
import { answersLookup, type RefundLookup } from '../../refunds/observation.ts';
import type { Refund } from '../../refunds/refund.ts';
import type { Db, Tx } from '../database/database.ts';
import { isKeepable } from '../json/json.ts';
import { all, conditionsOf, equal, named, namesAnId, ofAccounts } from './conditions.ts';
import { hasCommonWords, narrowest } from './narrow.ts';
import { comesAfter, directed, orderBy, valueBy, type Keyset } from './order.ts';
import { searched, waysToFind } from './search.ts';
import { readRow, refundOf, selectStored, storedOf, type StoredRefund } from './stored-refund.ts';

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
  /** Left out: CREATED_AT. */
  readonly by?: OrderField;
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
  const { accounts, conditions, direction, by = 'CREATED_AT' } = asked;
  const statuses = conditions.statuses === null ? null : [...new Set(conditions.statuses)];
  const query: Walk = {
    ...asked,
    by,
    // Each walked once: named twice, a row would take the place of another.
    accounts: [...new Set(accounts)],
    conditions: { ...conditions, statuses },
    after: isOutside(asked) ? null : asked.after,
  };
  const { search } = conditions;
  const ids = namesAnId(query.conditions)
    ? idsFound(query)
    : idsMerged(query, {
        narrow: await narrowest(db, query),
        ways: search === null ? null : waysToFind(search, { hasCommonWords: await hasCommonWords(db, search) }),
      });
  const rows = await selectStored(db)
    .where('refunds.id', 'in', ids)
    .orderBy(sql`${orderBy(by, direction)}`)
    .execute();
  return rows.map(readRow);
}

type Walk = RowsQuery & { readonly by: OrderField };
type Condition = RawBuilder<SqlBool>;

/**
 * A place before the first instant asked for says nothing, and would make the walk along the index start
 * there.
 */
function isOutside({ after, direction, by = 'CREATED_AT', conditions }: RowsQuery): boolean {
  const bounds: Readonly<Record<OrderField, readonly [from: Date | null, before: Date | null]>> = {
    CREATED_AT: [conditions.createdFrom, conditions.createdBefore],
    UPDATED_AT: [conditions.updatedFrom, conditions.updatedBefore],
    COMPLETED_AT: [conditions.completedFrom, conditions.completedBefore],
    AMOUNT: [null, null],
  };
  const [from, before] = bounds[by];
  if (after === null) return false;
  return direction === 'ASC'
    ? from !== null && after.value < from.getTime()
    : before !== null && after.value >= before.getTime();
}

/** An id leaves a handful of refunds: its index finds them, and they are sorted. */
const idsFound = ({ accounts, conditions, direction, by, after, limit, part }: Walk): RawBuilder<string> => sql`(
  select refunds.id from refunds left join payments on payments.id = refunds.payment_id
  where refunds.account_key = any(${accounts}::text[])
    and ${all(ofAccounts(accounts, conditions), conditionsOf(accounts, conditions), comesAfter(after, { by, direction }), ofPart(part))}
  order by ${orderBy(by, direction)} limit ${limit}
)`;

/**
 * Else the page is merged from one short walk per account (and status), each along an index that is in the
 * order asked: over several accounts at once no index is. Where a condition leaves few refunds, these are
 * sorted instead. A search is several walks, one for each way to find a refund.
 */
function idsMerged(
  { accounts, conditions, direction, by, after, limit, part }: Walk,
  { narrow, ways }: { readonly narrow: Condition | null; readonly ways: readonly Condition[] | null },
): RawBuilder<string> {
  const { statuses } = conditions;
  const status = statuses === null ? sql`` : sql`cross join unnest(${statuses}::text[]) as asked_status(status)`;
  const ofStatus = statuses === null ? [] : [sql<SqlBool>`refunds.status = asked_status.status`];
  const left = conditionsOf(accounts, { ...conditions, statuses: null, search: null });
  const inOrder = sql`order by value ${directed(direction)}, account_key ${directed(direction)},
    merchant_refund_id ${directed(direction)} limit ${limit}`;
  // With `offset` it is read as it stands there, and no walk along the order is put in its place.
  const rows =
    narrow === null
      ? sql`refunds`
      : sql`(select * from refunds where refunds.account_key = asked_account.key and ${narrow} offset 0) as refunds`;
  const walk = (found: readonly Condition[]) => sql`
    select refunds.id, ${valueBy(by)} as value, refunds.account_key, refunds.merchant_refund_id from ${rows}
    where refunds.account_key = asked_account.key
      and ${all(ofStatus, left, found, comesAfter(after, { by, direction }), ofPart(part))}
    order by ${valueBy(by)} ${directed(direction)}, refunds.merchant_refund_id ${directed(direction)}
    limit ${limit}`;
  const walks = ways === null ? [walk([])] : ways.map((way) => sql`(${walk([way])})`);
  return sql`(
    select page.id
    from unnest(${accounts}::text[]) as asked_account(key) ${status} cross join lateral (
      ${walks.length === 1 ? walks[0] : sql`select * from (${sql.join(walks, sql` union `)}) as found ${inOrder}`}
    ) as page
    ${inOrder}
  )`;
}

/**
 * The refunds of some accounts that meet the conditions: what follows the columns of a count or a sum over
 * them.
 */
export function fromRefunds({
  accounts,
  conditions,
  part,
}: Pick<RowsQuery, 'accounts' | 'conditions' | 'part'>): RawBuilder<unknown> {
  const { search } = conditions;
  const refunds = search === null ? sql`refunds` : searched(accounts, search);
  const payments = namesAnId(conditions) ? sql`left join payments on payments.id = refunds.payment_id` : sql``;
  const left = conditionsOf(accounts, { ...conditions, search: null });
  return sql`from ${refunds} ${payments}
    where refunds.account_key = any(${accounts}::text[])
      and ${all(ofAccounts(accounts, conditions), left, ofPart(part))}`;
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
