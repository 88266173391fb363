/** The jobs that settle refunds, written in the transaction of the row that they are about. `jobs/` works on them. */
import { sql } from 'kysely';
import type { PgBoss } from 'pg-boss';
import type { AccountKey, RefundRef } from '../refunds/ids.ts';
import { accountKey, merchantRefundId } from '../refunds/ids.ts';
import { bossIn } from './boss.ts';
import type { Db, Tx } from './database.ts';

/** Each account has a queue of its own: a provider that hangs does not hold up the others' jobs. */
export const settleQueueOf = (account: AccountKey): string => `settle.${account}`;

export interface SettleJob {
  readonly account: AccountKey;
  readonly merchantRefundId: string;
  /** The provider is asked even if the refund is finished: what was told of it contradicts itself. */
  readonly evenIfFinished: boolean;
}

/** Seconds after which an active job whose process no longer touches it is given to another. pg-boss takes no less. */
const HEARTBEAT_SECONDS = 10;

/** One job of a refund waits and one runs, at most: so each refund is asked by one process at a time. */
const POLICY = {
  policy: 'stately',
  heartbeatSeconds: HEARTBEAT_SECONDS,
  retryLimit: 10,
  retryDelay: 1,
  retryBackoff: true,
  retryDelayMax: 60,
  deleteAfterSeconds: 600,
} as const;

export interface SettleQueue {
  /** After so many seconds, unless a job of this refund waits already. */
  readonly later: (
    tx: Tx,
    ref: RefundRef,
    seconds: number,
    more?: { readonly evenIfFinished: boolean },
  ) => Promise<void>;
  /** As soon as a worker is free, and even if the refund is finished. A job that waits is brought forward. */
  readonly soon: (tx: Tx, ref: RefundRef) => Promise<void>;
}

/** Makes the queues of these accounts; those of others can't be sent to. Safe from many processes at once. */
export async function openSettleQueue(boss: PgBoss, accounts: readonly AccountKey[]): Promise<SettleQueue> {
  for (const account of accounts) await boss.createQueue(settleQueueOf(account), POLICY);
  const jobOf = ({ account, merchantRefundId }: RefundRef, evenIfFinished: boolean): SettleJob => ({
    account,
    merchantRefundId,
    evenIfFinished,
  });
  return {
    later: async (tx, ref, seconds, { evenIfFinished } = { evenIfFinished: false }) => {
      const options = { ...bossIn(tx), singletonKey: ref.merchantRefundId, startAfter: seconds };
      await boss.send(settleQueueOf(ref.account), jobOf(ref, evenIfFinished), options);
    },
    soon: async (tx, ref) => {
      const options = { ...bossIn(tx), singletonKey: ref.merchantRefundId, startAfter: 0 };
      await boss.upsert(settleQueueOf(ref.account), jobOf(ref, true), options);
    },
  };
}

/** An unfinished refund that nobody would ask about. */
export interface Forgotten {
  readonly ref: RefundRef;
  readonly createdAt: Date;
  readonly submittedAt: Date | null;
  readonly observedAt: Date | null;
}

/** Unfinished refunds of these accounts that have no job: made known by a list, or left behind by a crash. */
export async function findForgotten(
  db: Db,
  accounts: readonly AccountKey[],
  limit: number,
): Promise<readonly Forgotten[]> {
  const { rows } = await sql<{
    account_key: string;
    merchant_refund_id: string;
    created_at: Date;
    submitted_at: Date | null;
    observed_at: Date | null;
  }>`
    select account_key, merchant_refund_id, created_at, submitted_at, observed_at from refunds
    where account_key = any(${accounts}::text[]) and status in ('PENDING', 'PROCESSING') and not exists (
      select from pgboss.job
      where job.name = 'settle.' || refunds.account_key and job.state <= 'active'
        and coalesce(job.singleton_key, '') = refunds.merchant_refund_id
    )
    limit ${limit}
  `.execute(db);
  return rows.map((row) => ({
    ref: { account: accountKey(row.account_key), merchantRefundId: merchantRefundId(row.merchant_refund_id) },
    createdAt: row.created_at,
    submittedAt: row.submitted_at,
    observedAt: row.observed_at,
  }));
}
