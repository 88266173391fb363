/** Unfinished refunds that nobody would ask about get a job: what a list made known, what a crash left behind. */
import { inTransaction } from '../ledger/database.ts';
import { findForgotten } from '../ledger/enqueue.ts';
import { pauseAt } from './pauses.ts';
import type { SettleDeps } from './settle.ts';

/** How many get their jobs in one transaction. */
const BATCH = 500;

/** Looks once. Gives back how many there were. */
export async function sweep(deps: SettleDeps): Promise<number> {
  const { ledger, accounts, queue, clock, reconciliation } = deps;
  let found = 0;
  for (;;) {
    const forgotten = await inTransaction(ledger, async (tx) => {
      const batch = await findForgotten(tx, [...accounts.keys()], BATCH);
      for (const { ref, createdAt, submittedAt, observedAt } of batch) {
        // The question is due one pause after the last news.
        const age = ((observedAt ?? createdAt).getTime() - (submittedAt ?? createdAt).getTime()) / 1000;
        const since = observedAt === null ? Infinity : (clock().getTime() - observedAt.getTime()) / 1000;
        const pause = pauseAt(Math.max(0, age), reconciliation.pausesSeconds) - since;
        await queue.later(tx, ref, Math.max(0, pause));
      }
      return batch.length;
    });
    found += forgotten;
    if (forgotten < BATCH) return found;
  }
}
