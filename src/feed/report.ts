/** The feed's troubles, in the log. */
import type { Logger } from 'pino';
import type { FeedObserver } from './alarm.ts';

/** What the operator hears of the event feed. */
export function logFeed(log: Logger): FeedObserver {
  return {
    failed: (what, err) => log.error({ what, err }, 'the event feed is disturbed; tried again each second'),
    recovered: (what) => log.info({ what }, 'the event feed works again'),
    setBack: (followers) =>
      log.error({ followers }, 'the ledger has lost its last events; subscriptions were told to begin anew'),
  };
}
