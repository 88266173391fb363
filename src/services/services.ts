/** The verbs of all doors, with everything they need already handed to them. */
import { inLane } from '../ledger/database/database.ts';
import { findCallback, pageCallbacks } from '../ledger/callback-search.ts';
import { findEvent, findRequesters, pageEvents } from '../ledger/events.ts';
import { findPaymentById, findPaymentIds } from '../ledger/payment/payments.ts';
import { refundedOf, type PaymentRef } from '../ledger/payment/payment-totals.ts';
import { findNextChecks } from '../ledger/queue/next-checks.ts';
import { findRecords } from '../ledger/refund/records.ts';
import type { ProviderAccount } from '../providers/provider.ts';
import { createSingleFlight } from '../flow/single-flight.ts';
import type { AccountKey, MerchantRefundId, RefundRef } from '../refunds/ids.ts';
import type { Actor } from '../refunds/refund.ts';
import type { ReadPolicy } from '../refunds/read-policy.ts';
import type { QueryAnswer } from './observation/query.ts';
import { createTokenBucket } from '../flow/token-bucket.ts';
import { exportPages, type ExportRequest } from './reading/export.ts';
import { createFinder } from './reading/find.ts';
import { createKnownRows } from './reading/known-rows.ts';
import type { QueriedPage } from './reading/provider-pages.ts';
import { listRefunds, type ListRequest } from './reading/list.ts';
import { copiesOf, progressOf } from './mirroring/mirrored.ts';
import { createReceiver } from './inbox/receive.ts';
import { replay } from './inbox/replay.ts';
import { refreshRefund } from './reading/refresh.ts';
import { createInFlight } from '../flow/in-flight.ts';
import type { Parts } from './parts.ts';
import { closeRefund, type CloseRequest } from './settlement/close.ts';
import { createSettlement } from './settlement/settlement.ts';
import { createSubmission } from './submission/submission.ts';
import { summarise, type SummariseRequest } from './reading/summarise.ts';

/** Callbacks that nobody believes are kept, for each account: so many at once, then one per second. */
const REJECTED_KEPT = { burst: 60, perSecond: 1 };

/**
 * How long one account may take before a list is served without it, in milliseconds. AUTO has the ledger's
 * rows to show in its place, and need not wait as long as those who want the provider's word.
 */
const LIST_DEADLINE_MS: Readonly<Record<ReadPolicy, number>> = { AUTO: 5_000, PROVIDER: 10_000, LEDGER: 10_000 };

/** Makes the verbs of one server. Nothing runs before the first is called. */
export function openServices(
  given: Omit<Parts, 'inFlight' | 'answers'> & {
    /** Accounts that have left the configuration, of which the ledger has refunds. */
    readonly formerAccounts: ReadonlyMap<AccountKey, ProviderAccount>;
    /** Whether the lists of providers are copied. */
    readonly mirrors: boolean;
    /** Aborts when the server stops. */
    readonly stopping: AbortSignal;
  },
) {
  const { queue, accounts, clock, mirrors, stopping } = given;
  const inFlight = createInFlight();
  const ledger = inLane(given.ledger, 'reads');
  const reading: Parts = { ...given, ledger, inFlight, answers: createSingleFlight<QueryAnswer>() };
  // Work has its own connections and its own way to each provider. So it never joins a reader's question.
  const atWork = (account: ProviderAccount): ProviderAccount => account.atWork ?? account;
  const working: Parts = {
    ...reading,
    ledger: given.ledger,
    accounts: new Map([...accounts].map(([key, account]) => [key, atWork(account)])),
    answers: createSingleFlight<QueryAnswer>(),
  };
  const submission = createSubmission(working);
  const startedAt = clock();
  const pages = createSingleFlight<QueriedPage>(stopping);
  const listed = [...accounts.values()].filter(({ list }) => list !== undefined);
  const mirrored = { ledger, mirrored: new Set(mirrors ? listed.map(({ key }) => key) : []) };
  const listing = {
    ledger,
    queue,
    accounts: [...accounts.values()],
    pages,
    clock,
    known: createKnownRows(ledger),
    copies: (keys: readonly AccountKey[]) => copiesOf(mirrored, keys),
    deadlineMs: (read: ReadPolicy) => LIST_DEADLINE_MS[read],
  };

  return {
    /** What the jobs of reconciliation do. */
    settlement: createSettlement({ ...working, ledger: inLane(given.ledger, 'jobs') }, submission),
    /** Receives callbacks. */
    receive: createReceiver({
      ledger: inLane(given.ledger, 'callbacks'),
      queue,
      bucket: createTokenBucket(clock, REJECTED_KEPT),
    }),
    /** Waits for what is being sent to providers, up to the grace (milliseconds), then aborts it. */
    finishSends: inFlight.finish,
    /** What resolvers call. */
    verbs: {
      /** Every configured account, seen by the caller or not. */
      accounts,
      /** Those that have left the configuration. */
      formerAccounts: given.formerAccounts,
      find: createFinder(reading).find,
      list: (request: ListRequest, signal: AbortSignal) => listRefunds(listing, request, signal),
      /** All refunds of a list, from the ledger, page after page. */
      exportPages: (request: ExportRequest) => exportPages(ledger, request),
      /** Minor units given back of each payment. */
      refunded: (payments: readonly PaymentRef[]) => refundedOf(ledger.db, payments),
      /** The payment that an id names, or named before two were one; null: it names none. */
      payment: (account: AccountKey, id: string) => findPaymentById(ledger.db, account, id),
      /** The ids by which refunds name each payment, in its position; null: there is none. */
      paymentIds: (asked: Parameters<typeof findPaymentIds>[1]) => findPaymentIds(ledger.db, asked),
      /** The provider's latest record of each refund, in its position; null where none was received. */
      records: (refs: readonly RefundRef[]) => findRecords(ledger.db, refs),
      /** Who asked for each refund, in its position; null where nobody is known. */
      requesters: (refs: readonly RefundRef[]) => findRequesters(ledger.db, refs),
      /** When the provider of each refund is queried about it next, in its position; null: it is not. */
      nextChecks: (refs: readonly RefundRef[]) => findNextChecks(ledger.db, refs),
      /** How far the lists of accounts have been copied, in their positions; null where nothing is copied. */
      mirrors: (keys: readonly AccountKey[]) => progressOf(mirrored, keys),
      summarise: (request: SummariseRequest) => summarise(reading, request),
      create: (account: ProviderAccount, input: Parameters<typeof submission.create>[1]) =>
        submission.create(atWork(account), input),
      retry: (account: ProviderAccount, id: MerchantRefundId, actor: Actor) =>
        submission.retry(atWork(account), id, actor),
      refresh: (account: ProviderAccount, asked: { id: MerchantRefundId; actor: Actor }, signal: AbortSignal) =>
        refreshRefund({ ...reading, actor: asked.actor }, account, asked.id, signal),
      close: (request: CloseRequest, signal: AbortSignal) => closeRefund({ ...working, startedAt }, request, signal),
      /** A page of one refund's events. */
      events: (ref: RefundRef, request: Parameters<typeof pageEvents>[2]) => pageEvents(ledger.db, ref, request),
      /** A page of the callbacks that providers sent, newest first. */
      callbacks: (asked: Parameters<typeof pageCallbacks>[1]) => pageCallbacks(ledger.db, asked),
      /** One callback with its body; null: there is none. */
      callback: (id: string) => findCallback(ledger.db, id),
      /** Applies a callback again, as if it had come just now. */
      replay: (id: string) => replay(working, id),
      /** One event by its number. */
      event: (number: bigint) => findEvent(ledger.db, number),
    },
  };
}
