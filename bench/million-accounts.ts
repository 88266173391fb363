/** The accounts of the million refunds. */
import type { ProviderAccount } from '../src/providers/provider.ts';
import type { AccountKey } from '../src/refunds/ids.ts';
import { createModelAccount } from '../test/services/reading/list-model.ts';

/** An account whose provider is never asked. */
export const accountOf = (key: AccountKey): ProviderAccount =>
  createModelAccount(key, null, { maxPageSize: 1 }).account;
