/** What happens between us and the providers, in the log. */
import type { Logger } from 'pino';
import type { ProviderObserver } from './wing.ts';

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
