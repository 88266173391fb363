/** How the last tries of an account went, as people see it. */
import type { Clock } from '../../flow/clock.ts';
import { isAnswered, type ProviderError } from '../errors.ts';
import type { AccountHealth } from '../provider.ts';

/** A failure is shown for so long, even when later calls went well. */
const RECENT_MS = 60_000;

/**
 * UNKNOWN before the first call, UNAVAILABLE while the breaker is not closed, DEGRADED after a failure of the
 * last minute.
 */
export function createHealth(clock: Clock) {
  let lastSuccessAt: Date | null = null;
  let lastFailure: AccountHealth['lastFailure'] = null;
  let lastFailed = false;

  function status(breakerOpen: boolean): AccountHealth['status'] {
    if (breakerOpen) return 'UNAVAILABLE';
    if (lastSuccessAt === null && lastFailure === null) return 'UNKNOWN';
    if (lastFailed) return 'DEGRADED';
    return lastFailure !== null && clock().getTime() - lastFailure.at.getTime() < RECENT_MS ? 'DEGRADED' : 'HEALTHY';
  }

  return {
    succeeded: (): void => {
      lastSuccessAt = clock();
      lastFailed = false;
    },
    /**
     * A no, and "try later", are answers of a provider that can be reached: they leave the health as it is.
     */
    failed: (error: ProviderError): void => {
      if (isAnswered(error)) return;
      const { code, message, member } = error;
      lastFailure = { at: clock(), code, message, ...(member !== null && { member }) };
      lastFailed = true;
    },
    read: (breakerOpen: boolean): AccountHealth => ({ status: status(breakerOpen), lastSuccessAt, lastFailure }),
  };
}
