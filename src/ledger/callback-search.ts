/** Callbacks that are kept, as an operator looks for them. */
import { sql } from 'kysely';
import { z } from 'zod';
import { accountKey, merchantRefundId, type AccountKey, type MerchantRefundId } from '../refunds/ids.ts';
import type { Arrival } from './callbacks.ts';
import type { Db } from './database/database.ts';
import { keepable } from './json/json.ts';
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

/** The callbacks that came last, newest first. */
export async function listCallbacks(db: Db, search: CallbackSearch): Promise<readonly KeptCallback[]> {
  const { state, account, refund, since, limit } = search;
  const rows = await db
    .selectFrom('callbacks')
    .select(WITHOUT_BODY)
    .$if(state !== null, (query) => query.where('state', '=', state ?? 'APPLIED'))
    .$if(account !== null, (query) => query.where('account_key', '=', account ?? ''))
    .$if(refund !== null, (query) => query.where('merchant_refund_id', '=', keepable(refund ?? '')))
    .$if(since !== null, (query) => query.where('received_at', '>=', since ?? new Date(0)))
    .orderBy('received_at', 'desc')
    .orderBy('id', 'desc')
    .limit(limit)
    .execute();
  return rows.map(keptOf);
}

/** One callback with its body; `null` when there is none of this id, or it is none. */
export async function findCallback(
  db: Db,
  id: string,
): Promise<(KeptCallback & { readonly body: Buffer | null }) | null> {
  const row = await db
    .selectFrom('callbacks')
    .select([...WITHOUT_BODY, 'body'])
    .where(sql<boolean>`callbacks.id::text = ${keepable(id)}`)
    .executeTakeFirst();
  return row === undefined ? null : { ...keptOf(row), body: row.body };
}
