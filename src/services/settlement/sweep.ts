/** Unfinished refunds without a job get one: what a list made known, what a crash left behind. */
import { inTransaction } from '../../ledger/database/database.ts';
import { pageUnfinished, type Unfinished } from '../../ledger/queue/enqueue.ts';
import type { Parts } from '../parts.ts';
import { findNeedingAttention } from '../../ledger/queue/unfinished.ts';
import { markStuck } from '../observation/attention.ts';
import { isStuck, nextQuery } from './schedule.ts';

/** How many are looked at, and get their jobs, in one transaction. */
const BATCH = 500;

/** Makes the sweep. */
export function createSweep({ ledger, accounts, queue, clock, tell, reconciliation }: Parts) {
  /** Looks once, and tells at which refunds a person must look. Gives back how many had no job. */
  async function sweep(): Promise<number> {
    let found = 0;
    let after: string | null = null;
    for (;;) {
      const batch = await sweepBatch(after);
      found += batch.filter(({ hasJob }) => !hasJob).length;
      await markStuckIn(batch);
      if (batch.length < BATCH) break;
      after = batch.at(-1)?.id ?? null;
    }
    for (const refund of await findNeedingAttention(ledger.db, BATCH)) tell({ kind: 'attention-needed', ...refund });
    return found;
  }

  /** Those that are unfinished for longer than the give-up time need a person. */
  async function markStuckIn(unfinished: readonly Unfinished[]): Promise<void> {
    const at = clock();
    const stuck = unfinished.filter((one) => !one.isStuck && isStuck(one, reconciliation, at));
    for (const [account, ofAccount] of Map.groupBy(stuck, ({ ref }) => ref.account)) {
      const ids = ofAccount.map(({ ref }) => ref.merchantRefundId);
      await inTransaction(ledger, (tx) => markStuck(tx, account, ids, at));
    }
  }

  const sweepBatch = (after: string | null): Promise<readonly Unfinished[]> =>
    inTransaction(ledger, async (tx) => {
      const unfinished = await pageUnfinished(tx, [...accounts.keys()], { after, limit: BATCH });
      // In the order in which others write jobs, too.
      const forgotten = unfinished
        .filter(({ hasJob }) => !hasJob)
        .toSorted((one, other) => (one.ref.merchantRefundId < other.ref.merchantRefundId ? -1 : 1));
      const due = forgotten.map((one) => ({ ref: one.ref, seconds: secondsUntilDue(one) }));
      await queue.scheduleAll(tx, due);
      return unfinished;
    });

  /** The query is due one pause after the last observation. */
  function secondsUntilDue({ createdAt, submittedAt, observedAt }: Unfinished): number {
    const age = ((observedAt ?? createdAt).getTime() - (submittedAt ?? createdAt).getTime()) / 1000;
    const since = observedAt === null ? Infinity : (clock().getTime() - observedAt.getTime()) / 1000;
    return Math.max(0, nextQuery(Math.max(0, age), reconciliation) - since);
  }

  return sweep;
}
