/** How the jobs go, in the log. */
import type { Logger } from 'pino';
import type { MirrorState } from '../ledger/mirror.ts';
import type { Clock } from '../flow/clock.ts';
import type { MirrorObserver } from './mirror.ts';

/** What the operator hears of the copies of providers' lists. */
export function logMirror(log: Logger): MirrorObserver {
  const of = ({ account, copied, total }: MirrorState) => ({ account, copied, total });
  return {
    copying: (state) => log.info(of(state), "copying a provider's list into the ledger"),
    complete: (state) =>
      log.info(of(state), "the copy of a provider's list is whole; every filter is answered from it"),
    lost: (account) => log.warn({ account }, 'the rows around the place of the copy have gone; it begins anew'),
    failed: (account, err) => log.warn({ account, err }, "a provider's list could not be copied on; tried again later"),
  };
}

/** What the operator hears of the job queue. */
export interface QueueObserver {
  readonly failed: (error: Error) => void;
  /** The database answers the queue again. */
  readonly recovered: () => void;
}

/** While the database is away every queue fails each second: the first failure is told, then one a minute. */
const QUIET_MS = 60_000;

/** Tells of the first failure, then of one a minute with the number of the others, and once that it is over. */
export function logQueue(log: Logger, clock: Clock): QueueObserver {
  let toldAt = -Infinity;
  let others = 0;
  let isDisturbed = false;
  return {
    failed: (err) => {
      const now = clock().getTime();
      if (Math.abs(now - toldAt) < QUIET_MS) {
        others += 1;
        return;
      }
      log.error({ err, others }, 'the job queue is disturbed');
      [toldAt, others, isDisturbed] = [now, 0, true];
    },
    recovered: () => {
      if (!isDisturbed) return;
      log.info({ others }, 'the job queue works again');
      [others, isDisturbed] = [0, false];
    },
  };
}
