/** The verbs that resolvers call, with everything they need already handed to them. */
import type { Feed } from '../feed/feed.ts';
import type { ProviderAccount } from '../providers/provider.ts';
import type { AccountKey } from '../refunds/ids.ts';
import type { EventPageAsk, RefundEvent } from '../ledger/events.ts';
import type { MerchantRefundId, RefundRef } from '../refunds/ids.ts';
import type { CreateResult } from '../services/create.ts';
import type { CreateInput } from '../services/create-input.ts';
import type { FindAnswer, FindAsk } from '../services/find.ts';
import type { ListRequest } from '../services/list.ts';
import type { RefundPage } from '../services/list-answer.ts';
import type { MirrorState } from '../ledger/mirror.ts';
import type { PaymentRef } from '../ledger/payment-totals.ts';
import type { ProviderRecord } from '../ledger/records.ts';
import type { SummaryRow } from '../ledger/summary.ts';
import type { RefreshResult } from '../services/refresh.ts';
import type { RetryResult } from '../services/retry.ts';
import type { SummariseAsk } from '../services/summarise.ts';

export interface Services {
  /** Every configured account, seen by the caller or not. */
  readonly accounts: ReadonlyMap<AccountKey, ProviderAccount>;
  readonly feed: Pick<Feed, 'end' | 'page' | 'last' | 'follow'>;
  readonly find: (asks: readonly FindAsk[]) => Promise<readonly FindAnswer[]>;
  readonly list: (ask: ListRequest, signal: AbortSignal) => Promise<RefundPage>;
  /** Minor units given back of each payment. */
  readonly refunded: (payments: readonly PaymentRef[]) => Promise<readonly bigint[]>;
  /** The provider's latest record of each refund, in its position; null where none was received. */
  readonly records: (refs: readonly RefundRef[]) => Promise<readonly (ProviderRecord | null)[]>;
  /** How far the lists of accounts have been copied, in their positions; null where nothing is copied. */
  readonly mirrors: (accounts: readonly AccountKey[]) => Promise<readonly (MirrorState | null)[]>;
  readonly summarise: (ask: SummariseAsk) => Promise<readonly SummaryRow[]>;
  readonly create: (account: ProviderAccount, input: CreateInput) => Promise<CreateResult>;
  readonly retry: (account: ProviderAccount, id: MerchantRefundId) => Promise<RetryResult>;
  readonly refresh: (account: ProviderAccount, id: MerchantRefundId, signal: AbortSignal) => Promise<RefreshResult>;
  /** A page of one refund's events. */
  readonly events: (ref: RefundRef, ask: EventPageAsk) => Promise<readonly RefundEvent[]>;
  /** One event by its number. */
  readonly event: (number: bigint) => Promise<RefundEvent | null>;
}
