/** Accounts that can't be told apart by what their provider lists: their refunds would be counted twice. */
import type { AccountSettings } from '../providers/index.ts';

/** Pairs of accounts over one list of which a row does not say to which of the two it belongs. */
export function overlapping(accounts: readonly AccountSettings[]) {
  const lists = accounts.flatMap((one) => (one.provider === 'SHOUTU' ? [one] : []));
  return lists.flatMap((one, nth) =>
    lists.slice(nth + 1).flatMap((other) => {
      const isOneList = one.tenantId === other.tenantId && isSameAddress(one.baseUrl, other.baseUrl);
      const isDecided = one.appId !== other.appId && one.otherApps === 'leave-out' && other.otherApps === 'leave-out';
      return isOneList && !isDecided ? [{ account: one.key, other: other.key }] : [];
    }),
  );
}

const isSameAddress = (one: string, other: string): boolean => URL.parse(one)?.href === URL.parse(other)?.href;
