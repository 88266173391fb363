/**
 * An account that has left the configuration: its refunds are shown, and nobody can be queried about them.
 */
import type { ProviderAccount } from './provider.ts';

/** The account as everybody else sees it: without a capability, and never healthy. */
export const formerAccount = (
  kept: Pick<ProviderAccount, 'key' | 'provider' | 'displayName' | 'currency' | 'timeZone'>,
): ProviderAccount => ({
  ...kept,
  timeoutMs: 0,
  callbackAllowedIps: null,
  partialRefund: false,
  queriedBy: [],
  query: () => null,
  probe: () => Promise.reject(new Error(`${kept.key} is not configured`)),
  health: () => ({ status: 'UNKNOWN', lastSuccessAt: null, lastFailure: null }),
  close: () => Promise.resolve(),
});
