/** The idempotency keys of frontends: in its account one key is one refund, for ever. */
import { sql, type RawBuilder } from 'kysely';
import type { AccountKey } from '../refunds/ids.ts';
import type { Db, Tx } from './database/database.ts';
import { jsonText } from './json/json.ts';
import { selectStored, storedOf, type StoredRefund } from './refund/stored-refund.ts';

/** A key as its account knows it. */
export interface KeyName {
  readonly account: AccountKey;
  readonly idempotencyKey: string;
}

export interface KeyUse {
  readonly inputHash: string;
  readonly stored: StoredRefund;
}

/** What a key was used for in its account; `null` when it is free. */
export async function findKeyUse(db: Db, { account, idempotencyKey }: KeyName): Promise<KeyUse | null> {
  const row = await selectStored(db)
    .innerJoin('idempotency_keys', 'idempotency_keys.refund_id', 'refunds.id')
    .select('idempotency_keys.input_hash')
    .where('idempotency_keys.account_key', '=', account)
    .where('idempotency_keys.key', '=', idempotencyKey)
    .executeTakeFirst();
  return row === undefined ? null : { inputHash: row.input_hash, stored: storedOf(row) };
}

/**
 * Equal calls go one after the other from here until the transaction ends. Call it before anything else is
 * locked.
 */
export async function lockKey(tx: Tx, key: KeyName): Promise<void> {
  const name = lockNameOf(key);
  await sql`select pg_advisory_xact_lock(hashtextextended(${name}, 0))`.execute(tx);
}

/** What the lock of a key is called. */
export const lockNameOf = ({ account, idempotencyKey }: KeyName): string =>
  jsonText(['idempotency', account, idempotencyKey]);

/** Whether a refund has a key. Lock the refund before: then the answer holds until the transaction ends. */
export async function hasKey(tx: Tx, refundId: string): Promise<boolean> {
  const row = await tx
    .selectFrom('idempotency_keys')
    .select('key')
    .where('refund_id', '=', refundId)
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

/** Uses a key up. Fails when it is used: lock it and look first. */
export async function useKey(tx: Tx, ...use: Parameters<typeof useOf>): Promise<void> {
  await useOf(...use).execute(tx);
}

/** The statement of `useKey`. */
export const useOf = (
  { account, idempotencyKey, inputHash }: KeyName & { readonly inputHash: string },
  { refundId, at }: { readonly refundId: string; readonly at: Date },
): RawBuilder<unknown> => sql`
  insert into idempotency_keys (account_key, key, input_hash, refund_id, created_at)
  values (${account}, ${idempotencyKey}, ${inputHash}, ${refundId}::uuid, ${at}::timestamptz(3))`;

/** Frees the key of a refund that is not what its caller asked for. */
export async function freeKeys(tx: Tx, refundId: string): Promise<void> {
  await tx.deleteFrom('idempotency_keys').where('refund_id', '=', refundId).execute();
}
