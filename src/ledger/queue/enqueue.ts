/**
 * The jobs that settle refunds are written in the transaction of the row that they are about. `jobs/` works
 * on them.
 */
import { sql, type RawBuilder } from 'kysely';
import type { PgBoss } from 'pg-boss';
import type { AccountKey, RefundRef } from '../../refunds/ids.ts';
import { accountKey, merchantRefundId } from '../../refunds/ids.ts';
import type { RefundLookup } from '../../refunds/observation.ts';
import { bossIn, statementOfBoss } from './boss.ts';
import type { Db, Tx } from '../database/database.ts';

/** Each account has a queue of its own: a provider that hangs does not hold up the others' jobs. */
export const settleQueueOf = (account: AccountKey): string => `settle.${account}`;

export interface SettleJob {
  readonly account: AccountKey;
  readonly merchantRefundId: string;
  /** The provider is queried even if the refund is finished: what was told of it contradicts itself. */
  readonly evenIfFinished: boolean;
  /** How to query it as long as the ledger does not know it. */
  readonly unknown?: UnknownRefund;
}

/** A refund that was told of by something that may not make it known: only the provider's answer does. */
export interface UnknownRefund {
  readonly lookup: RefundLookup;
  /** When it was told of first, ISO 8601. */
  readonly since: string;
}

/**
 * Seconds after which an active job whose process no longer touches it is given to another. pg-boss takes no
 * less.
 */
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

/** A query about a refund, so many seconds from now. */
interface Due {
  readonly ref: RefundRef;
  readonly seconds: number;
  /** `false` when left out. */
  readonly evenIfFinished?: boolean;
  readonly unknown?: UnknownRefund | undefined;
}

/** Makes the queues of these accounts; those of others can't be sent to. Safe from many processes at once. */
export async function openSettleQueue(boss: PgBoss, accounts: readonly AccountKey[]) {
  for (const account of accounts) await boss.createQueue(settleQueueOf(account), POLICY);

  /** Asks then, unless a job of this refund waits already. */
  async function schedule(tx: Tx, due: Due): Promise<void> {
    const { data, singletonKey, startAfter } = jobOf(due);
    await boss.send(settleQueueOf(due.ref.account), data, { ...bossIn(tx), singletonKey, startAfter });
  }

  /** The statement of `schedule`, to be run together with others. */
  async function scheduling({ ref, ...due }: Due): Promise<RawBuilder<unknown>> {
    const { data, singletonKey, startAfter } = jobOf({ ref, ...due });
    const { db, statement } = statementOfBoss();
    await boss.send(settleQueueOf(ref.account), data, { db, singletonKey, startAfter });
    return statement();
  }

  /** The same for many, in one statement for each account. */
  async function scheduleAll(tx: Tx, all: readonly Due[]): Promise<void> {
    for (const [account, due] of Map.groupBy(all, ({ ref }) => ref.account)) {
      await boss.insert(settleQueueOf(account), due.map(jobOf), bossIn(tx));
    }
  }

  /** Asks then; a job that waits already is moved there. */
  async function reschedule(tx: Tx, due: Due): Promise<void> {
    const { data, singletonKey, startAfter } = jobOf(due);
    await boss.upsert(settleQueueOf(due.ref.account), data, { ...bossIn(tx), singletonKey, startAfter });
  }

  /**
   * Asks as soon as a worker is free, even if the refund is finished. A job that waits is brought forward.
   */
  const expedite = (tx: Tx, ref: RefundRef, unknown?: UnknownRefund): Promise<void> =>
    reschedule(tx, { ref, seconds: 0, evenIfFinished: true, unknown });

  return { schedule, scheduling, scheduleAll, reschedule, expedite };
}

/** Writes jobs in the caller's transaction. */
export type SettleQueue = Awaited<ReturnType<typeof openSettleQueue>>;

const jobOf = ({ ref: { account, merchantRefundId }, seconds, evenIfFinished = false, unknown }: Due) => ({
  data: { account, merchantRefundId, evenIfFinished, ...(unknown !== undefined && { unknown }) } satisfies SettleJob,
  singletonKey: merchantRefundId,
  startAfter: seconds,
});

/** An unfinished refund, and whether somebody will query it. */
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
  { after, limit }: { readonly after: string | null; readonly limit: number },
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
