/** Rows of refunds, read and written in whole batches. What they mean is decided in services/. */
import { createHash } from 'node:crypto';
import { sql, type RawBuilder } from 'kysely';
import type { AccountKey, MerchantRefundId } from '../../refunds/ids.ts';
import type { Db, Tx } from '../database/database.ts';
import { literal, writeTogether } from '../database/statements/together.ts';
import { isKeepable, jsonText } from '../json/json.ts';
import { rowOf, selectStored, storedOf, type StoredRefund } from './stored-refund.ts';

/** A refund with the digest of the provider's record that is kept of it. */
export interface StoredWithRecord extends StoredRefund {
  readonly recordDigest: string | null;
}

/** Recognises a record without reading it. */
export const digestOf = (raw: string): string => createHash('sha256').update(raw).digest('base64');

const selectWithRecord = (db: Db, account: AccountKey, ids: readonly MerchantRefundId[]) =>
  selectStored(db)
    .leftJoin('provider_records', 'provider_records.refund_id', 'refunds.id')
    .select('provider_records.digest')
    .where('refunds.account_key', '=', account)
    .where(sql<boolean>`refunds.merchant_refund_id = any(${ids.filter(isKeepable)}::text[])`);

/** The refunds known among these of one account, not locked. */
export async function readStored(
  db: Db,
  account: AccountKey,
  ids: readonly MerchantRefundId[],
): Promise<readonly StoredWithRecord[]> {
  if (ids.length === 0) return [];
  const rows = await selectWithRecord(db, account, ids).execute();
  return rows.map((row) => ({ ...storedOf(row), recordDigest: row.digest }));
}

/**
 * The same, locked until the transaction ends; always in the same order, so that two batches never wait for
 * each other.
 */
export async function lockStored(
  tx: Tx,
  account: AccountKey,
  ids: readonly MerchantRefundId[],
): Promise<readonly StoredWithRecord[]> {
  if (ids.length === 0) return [];
  await sql`
    select from refunds where account_key = ${account} and merchant_refund_id = any(${ids.filter(isKeepable)}::text[])
    order by merchant_refund_id for no key update
  `.execute(tx);
  // In a statement of its own: one that waited for a lock sees the row as it is now, but what it was joined
  // with as it was.
  return readStored(tx, account, ids);
}

/** A statement without parameters that locks one refund until the transaction ends. */
export const lockOf = (id: string): string => `select from refunds where id = ${literal(id)}::uuid for no key update`;

/** The same of those that are known among these of one account, in the order of `lockStored`. */
export const lockOfAll = (account: AccountKey, ids: readonly MerchantRefundId[]): string => `
  select from refunds where account_key = ${literal(account)}
    and merchant_refund_id = any(array[${ids.filter(isKeepable).map(literal).join(', ')}]::text[])
  order by merchant_refund_id for no key update`;

/** What of a refund may change; its names and its account never do, its amount by `replaceRefund` alone. */
const CHANGING = [
  'provider_refund_id',
  'payment_id',
  'fee_minor',
  'status',
  'provider_status',
  'reason',
  'failure_code',
  'failure_message',
  'failure_retryable',
  'created_at',
  'created_at_is_ours',
  'completed_at',
  'observed_at',
  'details',
  'submitted_at',
  'answers_count_from',
  'missing_since',
  'attempts',
  'has_left_failed',
  'attention',
  'version',
  'updated_at',
  'is_answered',
  'revision',
] as const;

const COLUMNS = ['id', 'account_key', 'provider', 'merchant_refund_id', 'amount_minor', 'currency', ...CHANGING];

const columns = (names: readonly string[]) => sql.join(names.map((name) => sql.ref(name)));

const rowsOf = (refunds: readonly StoredRefund[]) =>
  sql`jsonb_populate_recordset(null::refunds, ${jsonText(refunds.map(rowOf))}::jsonb)`;

/**
 * Adds refunds; one whose natural key is known already is left as it is. Gives back the ids of those that
 * were added.
 */
export async function insertRefunds(tx: Tx, refunds: readonly StoredRefund[]): Promise<ReadonlySet<string>> {
  if (refunds.length === 0) return new Set();
  const { rows } = await sql<{ id: string }>`
    insert into refunds (${columns(COLUMNS)})
    select ${columns(COLUMNS)} from ${rowsOf(refunds)} order by account_key, merchant_refund_id
    on conflict (account_key, merchant_refund_id) do nothing
    returning id
  `.execute(tx);
  return new Set(rows.map((row) => row.id));
}

/** The statement that adds a refund that nobody knows. */
export const addRefund = (refund: StoredRefund): RawBuilder<unknown> => sql`
  insert into refunds (${columns(COLUMNS)}) select ${columns(COLUMNS)} from ${rowsOf([refund])}`;

/** Writes refunds whose rows this transaction has locked. */
export const updateRefunds = (tx: Tx, refunds: readonly StoredRefund[]): Promise<void> =>
  writeTogether(tx, changeRefunds(refunds));

/** The statements that write refunds whose rows the transaction has locked. */
export function changeRefunds(refunds: readonly StoredRefund[]): readonly RawBuilder<unknown>[] {
  // Details that can't be read are null in memory: they stay what they are in the row.
  const [told, untold] = [refunds.filter(hasDetails), refunds.filter((one) => !hasDetails(one))];
  const withoutDetails = CHANGING.filter((name) => name !== 'details');
  return [...changeColumns(told, CHANGING), ...changeColumns(untold, withoutDetails)];
}

const hasDetails = ({ refund }: StoredRefund): boolean => refund.details !== null;

/** Writes a refund that turned out to be another one under its id, its amount too. Its row is locked. */
export const replaceRefund = (tx: Tx, stored: StoredRefund): Promise<void> =>
  writeTogether(tx, changeColumns([stored], ['amount_minor', 'currency', ...CHANGING]));

function changeColumns(refunds: readonly StoredRefund[], names: readonly string[]): readonly RawBuilder<unknown>[] {
  if (refunds.length === 0) return [];
  const change = sql`
    update refunds set (${columns(names)}) = (select ${columns(names.map((column) => `changed.${column}`))})
    from ${rowsOf(refunds)} as changed
    where refunds.id = changed.id
  `;
  return [change];
}

/**
 * Moves `observed_at` forwards where nothing else is new. A row that somebody else is changing, or has
 * changed since it was read, is left to them: no waiting, no deadlock.
 */
export const touchRefunds = (db: Db, refunds: readonly StoredRefund[], observedAt: Date): Promise<void> =>
  writeTogether(db, moveObserved(refunds, observedAt));

/** The statement of `touchRefunds`; none where there is nothing to move. */
export function moveObserved(refunds: readonly StoredRefund[], observedAt: Date): readonly RawBuilder<unknown>[] {
  if (refunds.length === 0) return [];
  const touch = sql`
    update refunds set observed_at = ${observedAt}::timestamptz(3)
    where id in (
      select refunds.id
      from refunds
      join unnest(${refunds.map((refund) => refund.id)}::uuid[], ${refunds.map((refund) => refund.revision)}::int[])
        as seen(id, revision) on seen.id = refunds.id and seen.revision = refunds.revision
      where refunds.observed_at is null or refunds.observed_at < ${observedAt}::timestamptz(3)
      order by refunds.merchant_refund_id
      for no key update of refunds skip locked
    )
  `;
  return [touch];
}
