/** The idempotency keys of frontends: one key is one refund, for ever, over all accounts. */
import { sql } from 'kysely';
import type { Db, Tx } from './database.ts';
import { selectStored, storedOf, type StoredRefund } from './stored-refund.ts';

export interface KeyUse {
  readonly inputHash: string;
  readonly stored: StoredRefund;
}

/** What a key was used for; `null` when it is free. */
export async function findKeyUse(db: Db, key: string): Promise<KeyUse | null> {
  const row = await selectStored(db)
    .innerJoin('idempotency_keys', 'idempotency_keys.refund_id', 'refunds.id')
    .select('idempotency_keys.input_hash')
    .where('idempotency_keys.key', '=', key)
    .executeTakeFirst();
  return row === undefined ? null : { inputHash: row.input_hash, stored: storedOf(row) };
}

/** Equal calls go one after the other from here until the transaction ends. Call it before anything else is locked. */
export async function lockKey(tx: Tx, key: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`idempotency ${key}`}, 0))`.execute(tx);
}

/** Uses a key up. Fails when it is used: lock it and look first. */
export async function useKey(tx: Tx, key: string, inputHash: string, refundId: string, at: Date): Promise<void> {
  await tx
    .insertInto('idempotency_keys')
    .values({ key, input_hash: inputHash, refund_id: refundId, created_at: at })
    .execute();
}
