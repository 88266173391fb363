/** Accounts in arguments: by their global id or by their key, as long as they exist for the caller. */
import type { ProviderAccount } from '../../providers/provider.ts';
import type { Context } from '../context.ts';
import { readGlobalId } from '../relay/global-id.ts';
import { badInput } from '../errors.ts';

/**
 * The account that an argument names, or null where none exists for the caller. Takes `library` as well as
 * its global id.
 */
export function visibleAccount(id: string, { accounts }: Pick<Context, 'accounts'>): ProviderAccount | null {
  const named = readGlobalId(id);
  const key = named?.type === 'MerchantAccount' ? named.key : id;
  return accounts.find((account) => account.key === key) ?? null;
}

/**
 * The account that an argument of a query names. Throws BAD_USER_INPUT where none exists for the caller: the
 * two look the same.
 */
export function requireAccount(id: string, argument: string, context: Pick<Context, 'accounts'>): ProviderAccount {
  const account = visibleAccount(id, context);
  if (account !== null) return account;
  throw badInput(`${argument}: there is no such account here, or your token does not name it.`, argument);
}
