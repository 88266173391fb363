/** Callbacks that are kept, as an operator looks for them. */
import { sql, type RawBuilder, type SqlBool } from 'kysely';
import { z } from 'zod';
import { accountKey, merchantRefundId, type AccountKey, type MerchantRefundId } from '../refunds/ids.ts';
import { numberOf } from '../refunds/numbers.ts';
import { NOT_TAKEN_IN, type Arrival } from './callbacks.ts';
import type { Db } from './database/database.ts';
import { keepable } from './json/json.ts';
import { within } from './refund/search.ts';
import { branded } from './refund/stored-refund.ts';
import type { CallbackRow, CallbackState } from './tables.ts';

export interface KeptCallback extends Omit<Arrival, 'body'> {
  readonly id: string;
  readonly account: AccountKey;
  readonly state: CallbackState;
  /** Why it was not applied; of an applied one, why it changed nothing. */
  readonly reason: string | null;
  readonly merchantRefundId: MerchantRefundId | null;
  readonly bodySize: number;
  readonly lastReceivedAt: Date;
  readonly timesReceived: number;
}

const keptHeaders = z.record(z.string(), z.string());

const WITHOUT_BODY = [
  'id',
  'account_key',
  'state',
  'reason',
  'merchant_refund_id',
  'content_type',
  'headers',
  'body_size',
  'remote_address',
  'received_at',
  'last_received_at',
  'times_received',
] as const;

const keptOf = (row: Pick<CallbackRow, (typeof WITHOUT_BODY)[number]>): KeptCallback => ({
  id: row.id,
  account: accountKey(row.account_key),
  state: row.state,
  reason: row.reason,
  merchantRefundId: branded(row.merchant_refund_id, merchantRefundId),
  contentType: row.content_type,
  headers: keptHeaders.parse(row.headers ?? {}),
  bodySize: row.body_size,
  remoteAddress: row.remote_address,
  receivedAt: row.received_at,
  lastReceivedAt: row.last_received_at,
  timesReceived: row.times_received,
});

export interface CallbackSearch {
  readonly state: CallbackState | null;
  readonly account: string | null;
  readonly refund: string | null;
  readonly since: Date | null;
  readonly limit: number;
}

/** The callbacks that came last, newest first. Those that were believed and not applied are REJECTED here. */
export const listCallbacks = (db: Db, { state, account, refund, since, limit }: CallbackSearch) =>
  pageCallbacks(db, {
    accounts: account === null ? null : [account],
    states: state === 'REJECTED' ? [state, 'PENDING'] : state && [state],
    refund,
    from: since,
    before: null,
    after: null,
    limit,
  });

/** What readers of a list are told. PENDING: it is believed, and could not be applied. */
export type ShownState = CallbackState | 'PENDING';

/** The state of a kept callback as readers of a list are told it. */
export const shownState = ({ state, reason }: Pick<KeptCallback, 'state' | 'reason'>): ShownState =>
  state === 'REJECTED' && reason === NOT_TAKEN_IN ? 'PENDING' : state;

/** A page of callbacks, newest first. What is null asks nothing. */
export async function pageCallbacks(
  db: Db,
  asked: {
    readonly accounts: readonly string[] | null;
    readonly states: readonly ShownState[] | null;
    /** Its merchantRefundId. One that names its merchant too is told in callbacks by its number. */
    readonly refund: string | null;
    readonly from: Date | null;
    readonly before: Date | null;
    /** Only what comes after this place. */
    readonly after: Pick<KeptCallback, 'receivedAt' | 'id'> | null;
    readonly limit: number;
  },
): Promise<readonly KeptCallback[]> {
  const { accounts, states, refund, from, before, after, limit } = asked;
  const conditions: RawBuilder<SqlBool>[] = [sql`true`];
  if (accounts !== null) conditions.push(sql`account_key = any(${accounts}::text[])`);
  if (states !== null) conditions.push(sql`${SHOWN} = any(${states}::text[])`);
  // The condition of an index.
  if (states?.includes('APPLIED') === false) conditions.push(sql`state <> 'APPLIED'`);
  if (refund !== null) {
    conditions.push(sql`merchant_refund_id = any(${[refund, numberOf(refund)].map(keepable)}::text[])`);
  }
  conditions.push(...within(sql`received_at`, [from, before]));
  if (after !== null) {
    conditions.push(sql`(received_at, id) < (${after.receivedAt}::timestamptz(3), ${after.id}::uuid)`);
  }
  const rows = await db
    .selectFrom('callbacks')
    .select(WITHOUT_BODY)
    .where(sql<SqlBool>`${sql.join(conditions, sql` and `)}`)
    .orderBy('received_at', 'desc')
    .orderBy('id', 'desc')
    .limit(limit)
    .execute();
  return rows.map(keptOf);
}

const SHOWN = sql`case when state = 'REJECTED' and reason = ${NOT_TAKEN_IN} then 'PENDING' else state end`;

/** A callback's id as the database writes it. */
const ID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/;

/** One callback with its body; `null` when there is none of this id, or it is none. */
export async function findCallback(
  db: Db,
  id: string,
): Promise<(KeptCallback & { readonly body: Buffer | null }) | null> {
  if (!ID.test(id)) return null;
  const row = await db
    .selectFrom('callbacks')
    .select([...WITHOUT_BODY, 'body'])
    .where('id', '=', id)
    .executeTakeFirst();
  return row === undefined ? null : { ...keptOf(row), body: row.body };
}
