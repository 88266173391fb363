/** Callbacks as they came: the same one again is counted and not kept twice. */
import { createHash } from 'node:crypto';
import { sql, type RawBuilder } from 'kysely';
import type { AccountKey, MerchantRefundId } from '../refunds/ids.ts';
import type { Db, Tx } from './database/database.ts';
import { literal } from './database/statements/together.ts';
import { jsonText } from './json/json.ts';
import type { CallbackRow, CallbackState } from './tables.ts';

/** A callback as it came, before anybody believes it. */
export interface Arrival {
  readonly contentType: string;
  readonly body: Buffer;
  /** Those that the provider's signature needs, names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** Who sent it, as far as that can be told. */
  readonly remoteAddress: string | null;
  readonly receivedAt: Date;
}

/**
 * Recognises what was signed, however it is wrapped: more members and other spaces make no other callback.
 */
export const digestOfSigned = (signed: string): string =>
  createHash('sha256').update('signed\n').update(signed).digest('base64');

/**
 * Recognises bytes that came before. The media type belongs to them, without parameters: it decides how they
 * are read.
 */
export const digestOfCallback = ({ contentType, body }: Pick<Arrival, 'contentType' | 'body'>): string =>
  createHash('sha256')
    .update((contentType.split(';')[0] ?? '').trim().toLowerCase())
    .update('\n')
    .update(body)
    .digest('base64');

/**
 * The reason of a callback that was believed, and could not be applied. It is kept as REJECTED: nothing of it
 * was heard.
 */
export const NOT_TAKEN_IN = 'could not be taken in: a mistake of ours, which is in the log';

export interface StoredCallback {
  readonly id: string;
  /** `null`: it is new. It is kept as APPLIED until `recordResults` says otherwise. */
  readonly before: CallbackState | null;
}

/**
 * Stores believed callbacks, or counts those that came before; by digest. Waits for another transaction that
 * stores one of them.
 */
export async function storeCallbacks(
  tx: Tx,
  account: AccountKey,
  callbacks: readonly (Arrival & {
    readonly id: string;
    /** Of what was signed. */
    readonly digest: string;
    readonly merchantRefundId: MerchantRefundId;
    /** How often it came at once. */
    readonly times: number;
  })[],
): Promise<ReadonlyMap<string, StoredCallback>> {
  const added = callbacks.map((one) => ({
    ...rowOf({ ...one, account }),
    state: 'APPLIED' satisfies CallbackState,
    merchant_refund_id: one.merchantRefundId,
    times_received: one.times,
  }));
  await adoptRejected(tx, account, added);
  // In one order, so that two batches never wait for each other.
  const { rows } = await sql<Pick<CallbackRow, 'id' | 'digest' | 'state' | 'times_received'>>`
    insert into callbacks select * from jsonb_populate_recordset(null::callbacks, ${jsonText(added)}::jsonb) order by digest
    on conflict (account_key, digest) do update set
      times_received = callbacks.times_received + excluded.times_received,
      last_received_at = greatest(callbacks.last_received_at, excluded.last_received_at),
      body = coalesce(callbacks.body, excluded.body),
      headers = case when callbacks.state = 'REJECTED' then excluded.headers else callbacks.headers end,
      merchant_refund_id = coalesce(callbacks.merchant_refund_id, excluded.merchant_refund_id)
    returning id, digest, state, times_received
  `.execute(tx);
  const times = new Map(callbacks.map((one) => [one.digest, one.times]));
  return new Map(
    rows.map(({ id, digest, state, times_received }) => [
      digest,
      { id, before: times_received === times.get(digest) ? null : state },
    ]),
  );
}

/** A callback that is stored for the first time, with what was made of it. */
export interface NewCallback extends Arrival, CallbackResult {
  /** Of what was signed. */
  readonly digest: string;
  readonly merchantRefundId: MerchantRefundId;
  /** How often it came at once. */
  readonly times: number;
}

/** A statement without parameters: whether one of these callbacks came before, believed or not. */
export function anyCame(
  account: AccountKey,
  callbacks: readonly Pick<NewCallback, 'digest' | 'contentType' | 'body'>[],
) {
  const digests = callbacks.map(({ digest }) => literal(digest)).join(', ');
  const bodies = callbacks.map((one) => literal(digestOfCallback(one))).join(', ');
  const ofAccount = `select from callbacks where account_key = ${literal(account)}`;
  return `select exists (${ofAccount} and digest = any(array[${digests}]))
    or exists (${ofAccount} and body_digest = any(array[${bodies}]) and state = 'REJECTED') as came`;
}

/** The statement that stores callbacks of which none came before. */
export function addCallbacks(account: AccountKey, callbacks: readonly NewCallback[]): RawBuilder<unknown> {
  const rows = callbacks.map((one) => ({
    ...rowOf({ ...one, account }),
    state: one.state,
    reason: one.reason,
    merchant_refund_id: one.merchantRefundId,
    times_received: one.times,
  }));
  return sql`
    insert into callbacks select * from jsonb_populate_recordset(null::callbacks, ${jsonText(rows)}::jsonb) order by digest`;
}

/** Bytes that nobody believed when they came first are the callback that is believed now. */
async function adoptRejected(
  tx: Tx,
  account: AccountKey,
  added: readonly { readonly digest: string; readonly body_digest: string }[],
): Promise<void> {
  const digests = added.map(({ digest, body_digest }) => ({ digest, body_digest }));
  await sql`
    update callbacks set digest = added.digest
    from jsonb_populate_recordset(null::callbacks, ${jsonText(digests)}::jsonb) as added
    where callbacks.account_key = ${account} and callbacks.body_digest = added.body_digest and callbacks.state = 'REJECTED'
      and not exists (select from callbacks as kept where kept.account_key = ${account} and kept.digest = added.digest)
  `.execute(tx);
}

export interface CallbackResult {
  readonly id: string;
  readonly state: CallbackState;
  readonly reason: string | null;
}

/** Writes what was made of callbacks that are kept. */
export async function recordResults(db: Db, results: readonly CallbackResult[]): Promise<void> {
  if (results.length === 0) return;
  await sql`
    update callbacks set state = judged.state, reason = judged.reason
    from jsonb_populate_recordset(null::callbacks, ${jsonText(results)}::jsonb) as judged
    where callbacks.id = judged.id
  `.execute(db);
}

/** Limits of what is kept of callbacks that nobody has signed for. */
const MOST_REJECTED_BODY_BYTES = 8 * 1024;
const MOST_REJECTED = 1_000;

/**
 * Stores a rejected callback, or counts it. A body over 8 KiB is left out, and each account keeps its latest
 * thousand. One that was believed before (the key was changed since) stays what it was.
 */
export async function storeRejected(
  db: Db,
  account: AccountKey,
  { reason, ...arrival }: Arrival & { readonly id: string; readonly reason: string },
): Promise<void> {
  const digest = digestOfCallback(arrival);
  const row = {
    ...rowOf({ ...arrival, account, digest }),
    body: arrival.body.length <= MOST_REJECTED_BODY_BYTES ? hexOf(arrival.body) : null,
    state: 'REJECTED' satisfies CallbackState,
    reason,
    times_received: 1,
  };
  await sql`
    with surplus as (
      select id from callbacks where account_key = ${account} and state = 'REJECTED' and digest <> ${digest}
      order by received_at desc, id desc offset ${MOST_REJECTED - 1} for update skip locked
    ), removed as (
      delete from callbacks where id in (select id from surplus)
    ), counted as (
      update callbacks set times_received = times_received + 1, last_received_at = greatest(last_received_at, ${arrival.receivedAt})
      where account_key = ${account} and body_digest = ${digest} and state <> 'REJECTED'
      returning id
    )
    insert into callbacks select * from jsonb_populate_record(null::callbacks, ${jsonText(row)}::jsonb)
    where not exists (select from counted)
    on conflict (account_key, digest) do update set
      times_received = callbacks.times_received + 1,
      last_received_at = greatest(callbacks.last_received_at, excluded.last_received_at),
      reason = case when callbacks.state = 'REJECTED' then excluded.reason else callbacks.reason end
  `.execute(db);
}

const rowOf = (one: Arrival & { readonly id: string; readonly account: AccountKey; readonly digest: string }) => ({
  id: one.id,
  account_key: one.account,
  digest: one.digest,
  body_digest: digestOfCallback(one),
  headers: Object.keys(one.headers).length === 0 ? null : one.headers,
  content_type: one.contentType,
  body: hexOf(one.body),
  body_size: one.body.length,
  remote_address: one.remoteAddress,
  received_at: one.receivedAt,
  last_received_at: one.receivedAt,
});

/** As PostgreSQL reads bytea out of JSON. */
const hexOf = (body: Buffer): string => `\\x${body.toString('hex')}`;
