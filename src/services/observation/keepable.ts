/**
 * What the ledger can't keep of a provider's texts (NUL, half a surrogate pair) goes before an update is
 * judged: so the first answer shows what later ones show, and the same update again is no change.
 */
import { readDetails } from '../../ledger/json/details.ts';
import { isKeepable, jsonText, keepable } from '../../ledger/json/json.ts';
import type { RefundRef } from '../../refunds/ids.ts';
import type { RefundUpdate } from '../../refunds/update.ts';

/** The update as the ledger gives it back. Ids stay as they are: the wings refuse those with such texts. */
export function keepableUpdate(update: RefundUpdate, account: RefundRef['account']): RefundUpdate {
  const { providerStatus, reason, failure, details, merchantRefundId } = update;
  if (isWhole([providerStatus, reason, failure, details])) return update;
  const text = (value: string | null): string | null => (value === null ? null : keepable(value));
  return {
    ...update,
    providerStatus: text(providerStatus),
    reason: text(reason),
    failure: failure && { ...failure, code: text(failure.code), message: keepable(failure.message) },
    details: details && readDetails(JSON.parse(jsonText(details)), { account, merchantRefundId }),
  };
}

/** Whether the ledger keeps every text in a value, and every name of a member, as it is. */
function isWhole(value: unknown): boolean {
  if (typeof value === 'string') return isKeepable(value);
  if (typeof value !== 'object' || value === null) return true;
  return Object.entries(value).every(([name, member]) => isKeepable(name) && isWhole(member));
}
