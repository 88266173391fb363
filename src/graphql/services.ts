/** The verbs that resolvers call, with everything they need already handed to them. */
import type { Feed } from '../feed/feed.ts';
import type { ProviderAccount } from '../providers/provider.ts';
import type { AccountKey } from '../refunds/ids.ts';
import type { FindAnswer, FindAsk } from '../services/find.ts';
import type { ListAsk, RefundPage } from '../services/list.ts';
import type { PaymentRef } from '../ledger/payment-totals.ts';

export interface Services {
  /** Every configured account, seen by the caller or not. */
  readonly accounts: ReadonlyMap<AccountKey, ProviderAccount>;
  readonly feed: Pick<Feed, 'end' | 'page' | 'last' | 'follow'>;
  readonly find: (asks: readonly FindAsk[], signal: AbortSignal) => Promise<readonly FindAnswer[]>;
  readonly list: (ask: ListAsk, signal: AbortSignal) => Promise<RefundPage>;
  /** Minor units given back of each payment. */
  readonly refunded: (payments: readonly PaymentRef[]) => Promise<readonly bigint[]>;
}
