/**
 * The clock door of reconciliation: one worker per account queries about unfinished refunds, and a sweep
 * finds those without a job.
 */
import type { JobResult, PgBoss } from 'pg-boss';
import { settleQueueOf, type SettleJob } from '../ledger/queue/enqueue.ts';
import { LedgerUnavailableError } from '../ledger/database/errors.ts';
import { traceOf, withTrace } from '../flow/trace.ts';
import type { AccountKey } from '../refunds/ids.ts';
import type { Tell } from '../operator/event.ts';
import type { Reconciliation } from '../services/settlement/schedule.ts';
import type { Settlement } from '../services/settlement/settlement.ts';

/** How many refunds of one account are queried at once. */
const BATCH = 16;
/** How often a worker looks for due jobs, in seconds. */
const LOOK_EVERY_SECONDS = 1;

/** How long jobs in the middle of their work are waited for, in milliseconds. */
const STOP_MS = 5_000;

/** Starts a worker for each account, and the sweep. */
export async function startSettling(
  boss: PgBoss,
  { settle, sweep }: Settlement,
  parts: {
    readonly accounts: ReadonlyMap<AccountKey, unknown>;
    readonly reconciliation: Reconciliation;
    readonly tell: Tell;
  },
) {
  const stopping = new AbortController();
  const { accounts, reconciliation, tell } = parts;
  for (const account of accounts.keys()) await work(account);

  async function work(account: AccountKey): Promise<void> {
    await boss.work<SettleJob, JobResult[]>(
      settleQueueOf(account),
      { batchSize: BATCH, pollingIntervalSeconds: LOOK_EVERY_SECONDS, burstWhenBatchFull: true, perJobResults: true },
      (jobs) => Promise.all(jobs.map(({ id, data }) => run(id, data))),
    );
  }

  async function run(id: string, job: SettleJob): Promise<JobResult> {
    try {
      const trace = traceOf({ 'x-request-id': `job:${id}` }, () => id);
      await withTrace(trace, () => settle(job, stopping.signal));
      return { id, status: 'completed' };
    } catch (error) {
      // pg-boss gives it to a worker again, after a pause.
      if (!stopping.signal.aborted) tell({ kind: 'settling-failed', ...job, error });
      return { id, status: 'failed' };
    }
  }

  let sweeping: Promise<void> = look();
  const timer = setInterval(() => {
    sweeping = sweeping.then(look);
  }, reconciliation.sweepSeconds * 1000);

  async function look(): Promise<void> {
    if (stopping.signal.aborted) return;
    try {
      const found = await sweep();
      if (found > 0) tell({ kind: 'jobs-missing', found });
    } catch (error) {
      // That the ledger is away is logged elsewhere.
      if (!(error instanceof LedgerUnavailableError)) tell({ kind: 'sweep-failed', error });
    }
  }

  /** Takes no more jobs, and gives up the queries under way: their jobs are left for the next worker. */
  async function stop(): Promise<void> {
    clearInterval(timer);
    stopping.abort(new Error('the server stops'));
    await sweeping;
    await boss.stop({ close: false, graceful: true, timeout: STOP_MS });
  }

  return { stop };
}
