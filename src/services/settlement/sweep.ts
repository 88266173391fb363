/** Unfinished refunds that nobody would ask about get a job: what a list made known, what a crash left behind. */
import { inTransaction } from '../../ledger/database/database.ts';
import { pageUnfinished, type Unfinished } from '../../ledger/queue/enqueue.ts';
import { pauseAt } from './schedule.ts';
import type { SettleDeps } from './settle.ts';

/** How many are looked at, and get their jobs, in one transaction. */
const BATCH = 500;

/** Looks once. Gives back how many there were. */
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
      await queue.scheduleAll(
        tx,
        forgotten.map((one) => ({ ref: one.ref, seconds: secondsUntilDue(deps, one) })),
      );
      return unfinished;
    });
    found += batch.filter(({ hasJob }) => !hasJob).length;
    if (batch.length < BATCH) return found;
    last = batch.at(-1)?.id ?? null;
  }
}

/** The question is due one pause after the last news. */
function secondsUntilDue({ clock, reconciliation }: SettleDeps, refund: Unfinished): number {
  const { createdAt, submittedAt, observedAt } = refund;
  const age = ((observedAt ?? createdAt).getTime() - (submittedAt ?? createdAt).getTime()) / 1000;
  const since = observedAt === null ? Infinity : (clock().getTime() - observedAt.getTime()) / 1000;
  return Math.max(0, pauseAt(Math.max(0, age), reconciliation.pausesSeconds) - since);
}
