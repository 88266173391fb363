/** Unfinished refunds that nobody would ask about get a job: what a list made known, what a crash left behind. */
import { inTransaction } from '../../ledger/database/database.ts';
import { pageUnfinished, type Unfinished } from '../../ledger/queue/enqueue.ts';
import { findNeedingAttention } from '../../ledger/queue/unfinished.ts';
import { markStuck } from '../observation/attention.ts';
import { isStuck, pauseAt } from './schedule.ts';
import type { SettleDeps } from './settle.ts';

/** How many are looked at, and get their jobs, in one transaction. */
const BATCH = 500;

/** Looks once, and tells at which refunds a person must look. Gives back how many had no job. */
export async function sweep(deps: SettleDeps): Promise<number> {
  const { ledger, accounts, queue } = deps;
  let found = 0;
  let last: string | null = null;
  for (;;) {
    const batch: readonly Unfinished[] = await inTransaction(ledger, async (tx) => {
      const unfinished = await pageUnfinished(tx, [...accounts.keys()], last, BATCH);
      // In the order in which others write jobs, too.
      const forgotten = unfinished
        .filter(({ hasJob }) => !hasJob)
        .toSorted((one, other) => (one.ref.merchantRefundId < other.ref.merchantRefundId ? -1 : 1));
      await queue.allLater(
        tx,
        forgotten.map((one) => ({ ref: one.ref, seconds: secondsUntilDue(deps, one) })),
      );
      return unfinished;
    });
    await sayStuck(deps, batch);
    found += batch.filter(({ hasJob }) => !hasJob).length;
    if (batch.length < BATCH) break;
    last = batch.at(-1)?.id ?? null;
  }
  const needing = await findNeedingAttention(ledger.db, BATCH);
  for (const refund of needing) deps.tell({ kind: 'attention-needed', ...refund });
  return found;
}

/** Those that are unfinished for longer than the give-up time need a person. */
async function sayStuck(
  { ledger, clock, reconciliation }: SettleDeps,
  unfinished: readonly Unfinished[],
): Promise<void> {
  const at = clock();
  const stuck = unfinished.filter((one) => !one.isStuck && isStuck(one, reconciliation, at));
  for (const [account, ofAccount] of Map.groupBy(stuck, ({ ref }) => ref.account)) {
    const ids = ofAccount.map(({ ref }) => ref.merchantRefundId);
    await inTransaction(ledger, (tx) => markStuck(tx, account, ids, at));
  }
}

/** The question is due one pause after the last news. */
function secondsUntilDue({ clock, reconciliation }: SettleDeps, refund: Unfinished): number {
  const { createdAt, submittedAt, observedAt } = refund;
  const age = ((observedAt ?? createdAt).getTime() - (submittedAt ?? createdAt).getTime()) / 1000;
  const since = observedAt === null ? Infinity : (clock().getTime() - observedAt.getTime()) / 1000;
  return Math.max(0, pauseAt(Math.max(0, age), reconciliation.pausesSeconds) - since);
}
