/** By which ids an account can be queried about a refund that is not known here. */
import type { ProviderAccount } from '../../providers/provider.ts';
import type { RefundLookup } from '../../refunds/observation.ts';

/** Whether the provider can be queried by these ids, provided that it could have given them out. */
export const isEnough = (lookup: RefundLookup, { queriedBy }: ProviderAccount): boolean =>
  queriedBy.some((ids) => ids.every((id) => lookup[id] !== null));

/**
 * "chain can be asked about a refund that is not known here by merchantRefundId together with
 * merchantPaymentId."
 */
export const idsNeeded = ({ key, queriedBy }: ProviderAccount): string =>
  `${key} can be asked about a refund that is not known here by ${queriedBy.map((ids) => ids.join(' together with ')).join(', or by ')}.`;
