/** The clock door of the mirror: one worker per account with a list, and one job that follows itself. */
import type { PgBoss } from 'pg-boss';
import { mirrorQueueOf, type MirrorState } from '../ledger/mirror.ts';
import type { Tell } from '../operator/event.ts';
import { ProviderError } from '../providers/errors.ts';
import type { ProviderAccount } from '../providers/provider.ts';
import type { AccountKey } from '../refunds/ids.ts';
import { mirrorStep, type MirrorDeps, type Mirrored } from '../services/mirroring/mirror.ts';
import { createThrottle } from '../flow/throttle.ts';

/**
 * A process that died is noticed after so many seconds; pg-boss takes no less. One job of an account waits
 * and one runs.
 */
const POLICY = { policy: 'stately', heartbeatSeconds: 10, retryLimit: 1, deleteAfterSeconds: 600 } as const;
/** How long one job copies before the next one takes over, in milliseconds. */
const TURN_MS = 30_000;
/** How often a worker looks for a due job, in seconds. */
const LOOK_EVERY_SECONDS = 1;
/** A job that got lost is replaced after so many seconds. */
const LOOK_AFTER_SECONDS = 60;

const copying = ({ account, copied, total }: MirrorState) => ({ account, copied, total });

/** Starts a worker for each account that has a list. */
export async function startMirroring(
  boss: PgBoss,
  parts: MirrorDeps & {
    readonly accounts: ReadonlyMap<AccountKey, ProviderAccount>;
    /** Seconds between the end of one pass and the start of the next. */
    readonly pauseSeconds: number;
    readonly pagesPerSecond: number;
    readonly tell: Tell;
  },
) {
  const stopping = new AbortController();
  const { clock, tell, pauseSeconds } = parts;
  const accounts = [...parts.accounts.values()].flatMap((account): readonly Mirrored[] =>
    account.list === undefined
      ? []
      : [{ account, list: account.list, throttle: createThrottle(clock, parts.pagesPerSecond) }],
  );

  /** The next turn is then; a job that waits already is moved there. */
  const reschedule = async (seconds: number, { key }: ProviderAccount): Promise<void> => {
    await boss.upsert(mirrorQueueOf(key), {}, { singletonKey: key, startAfter: seconds });
  };
  /** The next turn is then, unless a job waits already. */
  const schedule = (seconds: number, { key }: ProviderAccount) =>
    boss.send(mirrorQueueOf(key), {}, { singletonKey: key, startAfter: seconds });

  const turns = new Set<Promise<void>>();

  async function turn(mirrored: Mirrored): Promise<void> {
    const { account } = mirrored;
    const began = clock().getTime();
    try {
      for (;;) {
        const { state, outcome } = await mirrorStep(parts, mirrored, stopping.signal);
        if (outcome === 'lost') tell({ kind: 'copy-begun-anew', account: account.key });
        if (outcome === 'copied') tell({ kind: 'copy-is-whole', ...copying(state) });
        if (outcome === 'short') tell({ kind: 'copy-is-short', ...copying(state) });
        if (outcome === 'copied' || outcome === 'done' || outcome === 'short')
          return await reschedule(pauseSeconds, account);
        if (clock().getTime() - began >= TURN_MS) {
          if (state.completedAt === null) tell({ kind: 'copy-goes-on', ...copying(state) });
          return await reschedule(0, account);
        }
      }
    } catch (error) {
      // Another process goes on, or whoever starts next.
      if (stopping.signal.aborted) return reschedule(0, account).catch(() => undefined);
      tell({ kind: 'copy-failed', account: account.key, error });
      await reschedule(pauseSeconds, account);
      if (!(error instanceof ProviderError)) throw error;
    }
  }

  for (const mirrored of accounts) {
    const queue = mirrorQueueOf(mirrored.account.key);
    await boss.createQueue(queue, POLICY);
    await boss.work(queue, { pollingIntervalSeconds: LOOK_EVERY_SECONDS }, () => {
      const taken = turn(mirrored);
      turns.add(taken);
      return taken.finally(() => turns.delete(taken));
    });
    await schedule(0, mirrored.account);
  }

  const timer = setInterval(() => {
    for (const { account } of accounts) {
      schedule(pauseSeconds, account).catch((error: unknown) =>
        tell({ kind: 'copy-failed', account: account.key, error }),
      );
    }
  }, LOOK_AFTER_SECONDS * 1000);

  /** Asks for no more pages. What was read is kept; the next worker goes on from there. */
  async function stop(): Promise<void> {
    clearInterval(timer);
    stopping.abort(new Error('the server stops'));
    await Promise.allSettled(turns);
  }

  return { stop };
}
