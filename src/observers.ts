/** What the operator hears of the lower floors: they are handed observers, and import nothing upwards. */
import type { Logger } from 'pino';
import type { FeedObserver } from './feed/tail.ts';
import type { MirrorObserver } from './jobs/mirror.ts';
import type { MirrorState } from './ledger/mirror.ts';
import type { ProviderObserver } from './providers/wing.ts';

/** What the operator hears of the event feed. */
export function logFeed(log: Logger): FeedObserver {
  return {
    failed: (what, err) => log.error({ what, err }, 'the event feed is disturbed; tried again each second'),
    recovered: (what) => log.info({ what }, 'the event feed works again'),
  };
}

/** What the operator hears of the providers. */
export function logProviders(log: Logger): ProviderObserver {
  return {
    tried: (report) => {
      if (report.outcome === 'ok' || report.outcome === 'abandoned') log.debug(report, 'asked a provider');
      else log.warn(report, 'a provider failed us');
    },
    breakerChanged: (change) => log.warn(change, 'the breaker of an account changed'),
    unknownStatus: (news) => log.warn(news, 'an unknown status word; shown as PROCESSING'),
  };
}

/** Both observers hear everything. */
export function bothHear(one: ProviderObserver, other: ProviderObserver): ProviderObserver {
  return {
    tried: (report) => {
      one.tried?.(report);
      other.tried?.(report);
    },
    breakerChanged: (change) => {
      one.breakerChanged?.(change);
      other.breakerChanged?.(change);
    },
    unknownStatus: (news) => {
      one.unknownStatus?.(news);
      other.unknownStatus?.(news);
    },
  };
}

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
