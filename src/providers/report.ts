/** What happens between us and the providers, in the log. */
import type { Logger } from 'pino';
import type { ProviderObserver } from './wing.ts';

/** What the operator hears of the providers. */
export function logProviders(log: Logger): ProviderObserver {
  // What a provider writes otherwise is so in every row of every page: once says it all.
  const said = new Set<string>();
  const once = (account: string, what: string, news: object, message: string): void => {
    const name = `${account} ${what}`;
    if (said.has(name)) return;
    said.add(name);
    log.warn(news, message);
  };
  return {
    tried: (report) => {
      if (report.outcome === 'ok' || report.outcome === 'abandoned') log.debug(report, 'asked a provider');
      else log.warn(report, 'a provider failed us');
    },
    breakerChanged: (change) => log.warn(change, 'the breaker of an account changed'),
    unknownStatus: (news) =>
      once(news.account, `word ${news.word}`, news, 'an unknown status word; shown as PROCESSING; said once'),
    actionNeeded: (news) =>
      once(
        news.account,
        `refund ${news.merchantRefundId}`,
        news,
        "a refund waits for somebody to act in the provider's console; said once",
      ),
    unreadableMember: (news) =>
      once(
        news.account,
        `member ${news.member}`,
        news,
        'a member of a provider can not be read and is left out; said once',
      ),
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
    actionNeeded: (news) => {
      one.actionNeeded?.(news);
      other.actionNeeded?.(news);
    },
    unreadableMember: (news) => {
      one.unreadableMember?.(news);
      other.unreadableMember?.(news);
    },
  };
}
