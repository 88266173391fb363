/** The clock door of reconciliation: one worker per account asks about unfinished refunds, a sweep finds the forgotten ones. */
import type { JobResult, PgBoss } from 'pg-boss';
import { settleQueueOf, type SettleJob } from '../ledger/queue/enqueue.ts';
import { LedgerUnavailableError } from '../ledger/database/errors.ts';
import type { AccountKey } from '../refunds/ids.ts';
import { settle, type SettleDeps } from '../services/settlement/settle.ts';
import { sweep } from '../services/settlement/sweep.ts';

/** How many refunds of one account are asked about at once. */
const BATCH = 16;
/** How often a worker looks for due jobs, in seconds. */
const LOOK_EVERY_SECONDS = 1;

export interface Settling {
  /** Takes no more jobs, and has the questions under way given up: their jobs are left for whoever comes next. */
  readonly stop: () => Promise<void>;
}

/** Starts the workers and the sweep. */
export async function startSettling(boss: PgBoss, deps: SettleDeps): Promise<Settling> {
  const stopping = new AbortController();
  const { accounts, reconciliation, tell } = deps;
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
      await settle(deps, job, stopping.signal);
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
      const found = await sweep(deps);
      if (found > 0) tell({ kind: 'jobs-missing', found });
    } catch (error) {
      // The ledger is away: everybody hears of that elsewhere.
      if (!(error instanceof LedgerUnavailableError)) tell({ kind: 'sweep-failed', error });
    }
  }

  return {
    stop: async () => {
      clearInterval(timer);
      stopping.abort(new Error('the server stops'));
      await sweeping;
      await boss.stop({ close: false, graceful: true, timeout: STOP_MS });
    },
  };
}

/** How long jobs in the middle of their work are waited for, in milliseconds. */
const STOP_MS = 5_000;
