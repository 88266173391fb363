/** What the state file of a sandbox that does not run says. */
import type { Account } from '../provider.ts';
import { openProviders, SIMULATED } from '../providers.ts';
import { accountsOf, NOWHERE } from '../control/configuration.ts';
import { readState } from './state.ts';

/**
 * All refunds of the state in a file, as `ACCOUNT MERCHANT_REFUND_ID`. None where there is no file, or one
 * that is no state.
 */
export async function rememberedRefunds(file: string): Promise<readonly string[]> {
  const state = await readState(file).catch(() => null);
  return (state?.refunds ?? []).map(
    ({ provider, merchantRefundId }) => `${SIMULATED[provider].accountKey} ${merchantRefundId}`,
  );
}

/** The accounts of the state in a file, at addresses where nobody listens; null where there is no file. */
export async function rememberedAccounts(file: string): Promise<readonly Account[] | null> {
  const state = await readState(file);
  return state === null ? null : accountsOf(NOWHERE, await openProviders(state.keys));
}
