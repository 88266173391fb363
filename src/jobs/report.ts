/** How the copies of providers' lists go, in the log. */
import type { Logger } from 'pino';
import type { MirrorState } from '../ledger/mirror.ts';
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
