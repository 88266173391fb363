/** The verbs of all doors, with everything they need already handed to them. */
import type { Ledger } from '../ledger/database/database.ts';
import type { SettleQueue } from '../ledger/queue/enqueue.ts';
import { findEvent, pageEvents, type EventPageAsk } from '../ledger/events.ts';
import { refundedOf, type PaymentRef } from '../ledger/payment/payment-totals.ts';
import { findNextChecks } from '../ledger/queue/next-checks.ts';
import { findRecords } from '../ledger/refund/records.ts';
import type { Tell } from '../operator/event.ts';
import type { ProviderAccount } from '../providers/provider.ts';
import { createSingleFlight } from '../flow/single-flight.ts';
import type { Clock } from '../flow/clock.ts';
import type { AccountKey, MerchantRefundId, RefundRef } from '../refunds/ids.ts';
import type { ReadPolicy } from '../refunds/read-policy.ts';
import type { Answer } from './observation/ask.ts';
import { createTokenBucket } from '../flow/token-bucket.ts';
import type { CreateInput } from './submission/create-input.ts';
import { createRefund } from './submission/create.ts';
import { createFinder } from './reading/find.ts';
import type { AskedPage } from './reading/provider-pages.ts';
import { listRefunds, type ListRequest } from './reading/list.ts';
import { copiesOf, progressOf } from './mirroring/mirrored.ts';
import type { Reconciliation } from './settlement/schedule.ts';
import { createReceiver } from './inbox/receive.ts';
import { refreshRefund } from './reading/refresh.ts';
import { retryRefund } from './submission/retry.ts';
import { createInFlight } from '../flow/in-flight.ts';
import { closeRefund, type CloseRequest } from './settlement/close.ts';
import type { SettleDeps } from './settlement/settle.ts';
import { summarise, type SummariseAsk } from './reading/summarise.ts';

/** Callbacks that nobody believes are kept, for each account: so many at once, then one per second. */
const REJECTED_KEPT = { burst: 60, perSecond: 1 };

/**
 * How long one account may take before a list is served without it, in milliseconds. AUTO has the ledger's
 * rows to show in its place, and need not wait as long as those who want the provider's word.
 */
const LIST_DEADLINE_MS: Readonly<Record<ReadPolicy, number>> = { AUTO: 5_000, PROVIDER: 10_000, LEDGER: 10_000 };

/**
 * The longest time of one call to each account. Asking of one that is not configured is a mistake of ours.
 */
function timeoutsOf(accounts: ReadonlyMap<AccountKey, ProviderAccount>): (account: AccountKey) => number {
  return (key) => {
    const account = accounts.get(key);
    if (account === undefined) throw new Error(`${key} is not configured`);
    return account.timeoutMs;
  };
}

/** Makes the verbs of one server. Nothing runs before the first is called. */
export function openServices(parts: {
  readonly ledger: Ledger;
  readonly queue: SettleQueue;
  readonly accounts: ReadonlyMap<AccountKey, ProviderAccount>;
  /** Accounts that have left the configuration, of which the ledger has refunds. */
  readonly formerAccounts: ReadonlyMap<AccountKey, ProviderAccount>;
  readonly clock: Clock;
  readonly tell: Tell;
  readonly reconciliation: Reconciliation;
  /** Whether the lists of providers are copied. */
  readonly mirrors: boolean;
  /** Where the account's provider reaches us. */
  readonly callbackUrl: (account: AccountKey) => string;
  /** Aborts when the server stops. */
  readonly stopping: AbortSignal;
}) {
  const { ledger, queue, accounts, clock, stopping } = parts;
  const sends = createInFlight();
  const pages = createSingleFlight<AskedPage>(stopping);
  const answers = createSingleFlight<Answer>();
  const settling: SettleDeps = { ...parts, sends, answers, timeoutMs: timeoutsOf(accounts) };
  const closing = { ...settling, startedAt: clock() };
  const listed = [...accounts.values()].filter(({ list }) => list !== undefined);
  const mirrored = { ledger, mirrored: new Set(parts.mirrors ? listed.map(({ key }) => key) : []) };
  const listing = {
    ledger,
    queue,
    accounts: [...accounts.values()],
    pages,
    clock,
    copies: (keys: readonly AccountKey[]) => copiesOf(mirrored, keys),
    deadlineMs: (read: ReadPolicy) => LIST_DEADLINE_MS[read],
  };

  return {
    /** What jobs settle and copy with. */
    settling,
    /** Takes callbacks in. */
    receive: createReceiver({ ledger, queue, budget: createTokenBucket(clock, REJECTED_KEPT) }),
    /** Waits for what is being sent to providers, up to the grace (milliseconds), then aborts it. */
    finishSends: sends.finish,
    /** What resolvers call. */
    verbs: {
      /** Every configured account, seen by the caller or not. */
      accounts,
      formerAccounts: parts.formerAccounts,
      find: createFinder(settling).find,
      list: (ask: ListRequest, signal: AbortSignal) => listRefunds(listing, ask, signal),
      /** Minor units given back of each payment. */
      refunded: (payments: readonly PaymentRef[]) => refundedOf(ledger.db, payments),
      /** The provider's latest record of each refund, in its position; null where none was received. */
      records: (refs: readonly RefundRef[]) => findRecords(ledger.db, refs),
      /** When the provider of each refund is asked about it next, in its position; null: it is not. */
      nextChecks: (refs: readonly RefundRef[]) => findNextChecks(ledger.db, refs),
      /** How far the lists of accounts have been copied, in their positions; null where nothing is copied. */
      mirrors: (keys: readonly AccountKey[]) => progressOf(mirrored, keys),
      summarise: (ask: SummariseAsk) => summarise(settling, ask),
      create: (account: ProviderAccount, input: CreateInput) => createRefund(settling, account, input),
      retry: (account: ProviderAccount, id: MerchantRefundId) => retryRefund(settling, account, id),
      refresh: (account: ProviderAccount, id: MerchantRefundId, signal: AbortSignal) =>
        refreshRefund(settling, account, id, signal),
      close: (request: CloseRequest, signal: AbortSignal) => closeRefund(closing, request, signal),
      /** A page of one refund's events. */
      events: (ref: RefundRef, ask: EventPageAsk) => pageEvents(ledger.db, ref, ask),
      /** One event by its number. */
      event: (number: bigint) => findEvent(ledger.db, number),
    },
  };
}

/** What resolvers call. */
export type Verbs = ReturnType<typeof openServices>['verbs'];
