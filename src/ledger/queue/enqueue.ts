/** The jobs that settle refunds, written in the transaction of the row that they are about. `jobs/` works on them. */
import { sql } from 'kysely';
import type { PgBoss } from 'pg-boss';
import type { AccountKey, RefundRef } from '../../refunds/ids.ts';
import { accountKey, merchantRefundId } from '../../refunds/ids.ts';
import { bossIn } from './boss.ts';
import type { Db, Tx } from '../database/database.ts';

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
  /** The same for many, in one statement for each account. */
  readonly allLater: (tx: Tx, due: readonly { readonly ref: RefundRef; readonly seconds: number }[]) => Promise<void>;
  /** After so many seconds from now; a job that waits already is moved there. */
  readonly anew: (tx: Tx, ref: RefundRef, seconds: number) => Promise<void>;
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
  const move = async (tx: Tx, ref: RefundRef, seconds: number, evenIfFinished: boolean): Promise<void> => {
    const options = { ...bossIn(tx), singletonKey: ref.merchantRefundId, startAfter: seconds };
    await boss.upsert(settleQueueOf(ref.account), jobOf(ref, evenIfFinished), options);
  };
  return {
    later: async (tx, ref, seconds, { evenIfFinished } = { evenIfFinished: false }) => {
      const options = { ...bossIn(tx), singletonKey: ref.merchantRefundId, startAfter: seconds };
      await boss.send(settleQueueOf(ref.account), jobOf(ref, evenIfFinished), options);
    },
    allLater: async (tx, due) => {
      for (const [account, ofAccount] of Map.groupBy(due, ({ ref }) => ref.account)) {
        const jobs = ofAccount.map(({ ref, seconds }) => ({
          data: jobOf(ref, false),
          singletonKey: ref.merchantRefundId,
          startAfter: seconds,
        }));
        await boss.insert(settleQueueOf(account), jobs, bossIn(tx));
      }
    },
    anew: (tx, ref, seconds) => move(tx, ref, seconds, false),
    soon: (tx, ref) => move(tx, ref, 0, true),
  };
}

/** An unfinished refund, and whether somebody will ask about it. */
export interface Unfinished {
  readonly id: string;
  readonly ref: RefundRef;
  readonly createdAt: Date;
  readonly submittedAt: Date | null;
  readonly observedAt: Date | null;
  readonly hasJob: boolean;
  /** Its `attention` says already that it is unfinished for too long. */
  readonly isStuck: boolean;
}

/** Unfinished refunds of these accounts, in the order of their ids, from behind one of them on. */
export async function pageUnfinished(
  db: Db,
  accounts: readonly AccountKey[],
  after: string | null,
  limit: number,
): Promise<readonly Unfinished[]> {
  const { rows } = await sql<{
    id: string;
    account_key: string;
    merchant_refund_id: string;
    created_at: Date;
    submitted_at: Date | null;
    observed_at: Date | null;
    has_job: boolean;
    is_stuck: boolean;
  }>`
    with unfinished as materialized (
      select id, account_key, merchant_refund_id, created_at, submitted_at, observed_at,
        attention ? 'STUCK' as is_stuck
      from refunds
      where account_key = any(${accounts}::text[]) and status in ('PENDING', 'PROCESSING')
        and (${after}::uuid is null or id > ${after}::uuid)
      order by id limit ${limit}
    )
    select unfinished.*, exists (
      -- The queue's own index has policy, name, state and key, in the database's own order of texts.
      select from pgboss.job
      where job.name = ('settle.' || unfinished.account_key) collate "default"
        and job.state <= 'active' and job.policy = 'stately'
        and coalesce(job.singleton_key, '') = unfinished.merchant_refund_id collate "default"
    ) as has_job
    from unfinished order by id
  `.execute(db);
  return rows.map((row) => ({
    id: row.id,
    ref: { account: accountKey(row.account_key), merchantRefundId: merchantRefundId(row.merchant_refund_id) },
    createdAt: row.created_at,
    submittedAt: row.submitted_at,
    observedAt: row.observed_at,
    hasJob: row.has_job,
    isStuck: row.is_stuck,
  }));
}
