/** The accounts of the million refunds. */
import type { ProviderAccount } from '../src/providers/provider.ts';
import type { AccountKey } from '../src/refunds/ids.ts';

/** An account whose provider is never asked. */
export const accountOf = (key: AccountKey): ProviderAccount => ({
  key,
  provider: 'SHOUTU',
  displayName: key,
  currency: 'CNY',
  timeZone: 'Asia/Shanghai',
  timeoutMs: 10_000,
  callbackAllowedIps: null,
  queriedBy: [],
  partialRefund: true,
  query: () => null,
  probe: () => Promise.resolve(),
  health: () => ({ status: 'UNKNOWN', lastSuccessAt: null, lastFailure: null }),
  close: () => Promise.resolve(),
});
