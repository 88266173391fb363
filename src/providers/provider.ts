/** The one interface that every provider's wing implements. Nothing above this room knows a wire name. */
import type { AccountKey, MerchantRefundId } from '../refunds/ids.ts';
import type { RefundConditions, Direction } from '../refunds/filter.ts';
import type { Money } from '../refunds/money.ts';
import type { RecordRead, RefundLookup, RefundObservation, ProviderAnswer } from '../refunds/observation.ts';
import type { CreateOptions, Provider, RefundDetails } from '../refunds/refund.ts';
import type { ProviderError, ProviderErrorCode } from './errors.ts';

/**
 * One call to the provider. Queries of one account with the same key are the same call and have the same
 * answer.
 */
export interface ProviderQuery {
  readonly key: string;
  /**
   * Asks; resolves with all records of the answer (none: the provider doesn't know it). Throws ProviderError.
   */
  readonly send: (signal: AbortSignal) => Promise<ProviderAnswer>;
}

/** One page of a provider's list, in the order asked. */
export interface ListPage {
  /** In their places, also where one can't be read. */
  readonly records: readonly RecordRead[];
  /** Rows in the whole list under the conditions that were pushed. */
  readonly total: number;
  /**
   * The page size that the provider says it used, where it says one. Smaller than asked: it cuts its pages.
   */
  readonly size?: number;
}

/** A provider's list, page by page. `page` counts from 0 here, whatever the wire says. */
export interface ProviderList {
  readonly maxPageSize: number;
  /**
   * Whether the whole filter can be answered by the provider itself; else the caller must filter what it
   * gets.
   */
  readonly canPush: (conditions: RefundConditions) => boolean;
  /** Fetches one page, pushing what of the filter can be pushed. Throws ProviderError. */
  readonly page: (
    request: {
      readonly page: number;
      readonly size: number;
      readonly direction: Direction;
      readonly conditions: RefundConditions;
    },
    signal: AbortSignal,
  ) => Promise<ListPage>;
}

/** A refund to be submitted, recorded in the ledger before. */
export interface CreateCommand {
  readonly merchantRefundId: MerchantRefundId;
  readonly merchantPaymentId: string | null;
  readonly providerPaymentId: string | null;
  readonly amount: Money;
  readonly reason: string | null;
  /** Where the provider reaches us, `PUBLIC_URL/notify/ACCOUNT`. */
  readonly callbackUrl: string;
  /** What only this provider has, as it was recorded; the wing reads its own and leaves another's alone. */
  readonly details: RefundDetails | null;
}

/** Something wrong in an input. Nothing was sent. */
export interface InputIssue {
  /** Where, from the name of the argument down; of a wing's options, inside them. */
  readonly path: readonly string[];
  readonly code:
    | 'REQUIRED'
    | 'TOO_LONG'
    | 'TOO_SHORT'
    | 'MALFORMED'
    | 'NOT_ALLOWED'
    | 'TOO_MANY_DECIMALS'
    | 'OUT_OF_RANGE'
    | 'WRONG_CURRENCY'
    | 'CONTRADICTS_KNOWN';
  /** What is expected there. */
  readonly message: string;
}

/** What a wing makes of the options of a create. */
export interface OptionsReading {
  /**
   * Equal for options that mean the same, whatever the settings say. It is part of what an idempotency key
   * stands for.
   */
  readonly meaning: readonly unknown[];
  /** What is recorded with the refund before anything is sent; `send` finds it in its command. */
  readonly details: RefundDetails | null;
  /** What can't be sent. */
  readonly problems: readonly InputIssue[];
}

/** Sorted by one question: may money have moved? */
export type CreateOutcome =
  /** The provider has it and says so. */
  | { readonly kind: 'accepted'; readonly observation: RefundObservation }
  /** The provider has it, but said nothing else (or said that it had it before): settle it by a query. */
  | { readonly kind: 'known' }
  /**
   * The provider said yes, but the rest can't be read or speaks of something else. Settle it by a query;
   * never send it again.
   */
  | { readonly kind: 'accepted-unread'; readonly error: ProviderError }
  /** The provider said no; no money moves. */
  | {
      readonly kind: 'refused';
      readonly code: string | null;
      readonly message: string;
      readonly retryable: boolean;
      /**
       * A no inside an answer that otherwise says yes. It is believed when the provider, when queried, does
       * not have the refund.
       */
      readonly isDoubted?: true;
    }
  /** Another refund of this payment is under way; this one was not taken. */
  | { readonly kind: 'busy'; readonly code: string | null; readonly message: string }
  /** Never reached the provider (no connection, breaker open). No money moves. */
  | { readonly kind: 'not-sent'; readonly error: ProviderError }
  /** No answer, or one that says nothing: it may have happened. Settle it by a query. */
  | { readonly kind: 'unknown'; readonly error: ProviderError };

/** How a create behaves when repeated, and what it needs: facts of the provider, used by services/. */
export interface CreateRules {
  /** Which payment id the create call needs: exactly one of these must be given. */
  readonly paymentKeys: readonly ('merchantPaymentId' | 'providerPaymentId')[];
  /** A repeat under the same merchantRefundId can't make a second refund, by the provider's own rules. */
  readonly repeatIsHarmless: boolean;
  /** The provider takes one refund in flight per payment. */
  readonly onePerPayment: boolean;
  /** A FAILED refund may be submitted again under the same merchantRefundId. */
  readonly retryFailed: boolean;
  /**
   * A no certainly means that nothing was done. Else it may come from a failure after the money was set in
   * motion: it is believed when the provider, when queried, does not have the refund.
   */
  readonly noIsCertain: boolean;
  /** Longest reason the wire takes, in characters. */
  readonly maxReasonLength: number;
  /**
   * Characters that no reason and no id of a payment may have, because the wire can't tell them from its own.
   */
  readonly forbiddenCharacters?: readonly string[];
  /**
   * Longest id of a payment that the wire takes, in characters; at most 128, which is what the ledger keeps.
   */
  readonly maxPaymentIdLength: number;
}

/** A callback as it came. */
export interface CallbackRequest {
  readonly contentType: string;
  readonly body: Buffer;
  /** Those of `ProviderCallbacks.headers` that came, names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
}

/** Why a well-signed callback does not decide by itself: it is kept, and makes the server query. */
export interface CallbackDoubt {
  /** For every refund, or only for one that is not known here. */
  readonly about: 'any' | 'unknown';
  readonly reason: string;
}

export type CallbackReading =
  | {
      readonly kind: 'observation';
      readonly observation: RefundObservation;
      /**
       * What was signed, without any key: it recognises a callback that comes again, however it is wrapped.
       */
      readonly signed: string;
      readonly doubt: CallbackDoubt | null;
    }
  | { readonly kind: 'rejected'; readonly reason: string };

/** What a provider's callback looks like and how it is acknowledged. */
export interface ProviderCallbacks {
  /**
   * Verifies the raw bytes first, parses after. Never throws: what can't be believed is rejected with a
   * reason.
   */
  readonly read: (request: CallbackRequest) => CallbackReading;
  /** The body as text, without what proves its sender. Null: it can't be read, so that can't be found. */
  readonly shown: (request: Pick<CallbackRequest, 'contentType' | 'body'>) => string | null;
  /** The headers that `read` needs, names in lower case; they are kept with the body. Left out: none. */
  readonly headers?: readonly string[];
  readonly acknowledgement: { readonly contentType: string; readonly body: string };
}

/** One account at one provider: an optional member is a capability. */
export interface ProviderAccount {
  readonly key: AccountKey;
  readonly provider: Provider;
  readonly displayName: string;
  /** ISO 4217. */
  readonly currency: string;
  /** IANA zone of the provider's wall times and of the account's days. */
  readonly timeZone: string;
  /** Longest time of one call, waiting and repeated tries included, in milliseconds. */
  readonly timeoutMs: number;
  /** Addresses and ranges that callbacks may come from; null: all. */
  readonly callbackAllowedIps: readonly string[] | null;
  readonly partialRefund: boolean;
  /** What an operator should know of the account's settings, a sentence each; the doctor shows them. */
  readonly notes?: readonly string[];
  /**
   * The ids by which the provider can be queried about a refund: all of one entry together, any entry will
   * do.
   */
  readonly queriedBy: readonly (readonly (keyof RefundLookup)[])[];
  /** The call that answers a lookup, or null where the provider can't be queried by these ids. */
  readonly query: (lookup: RefundLookup) => ProviderQuery | null;
  readonly list?: ProviderList;
  readonly create?: {
    readonly rules: CreateRules;
    /** Reads what a create takes for this provider alone; left out where it takes nothing. */
    readonly options?: (given: CreateOptions | null) => OptionsReading;
    readonly send: (command: CreateCommand, signal: AbortSignal) => Promise<CreateOutcome>;
  };
  readonly callbacks?: ProviderCallbacks;
  /**
   * One harmless call that proves address, credentials and clock; throws ProviderError. For the start and the
   * doctor.
   */
  readonly probe: (signal: AbortSignal) => Promise<void>;
  readonly health: () => AccountHealth;
  /**
   * The same account for refunds and jobs: what readers ask for neither holds up nor stops its calls. Left
   * out where all calls go one way.
   */
  readonly atWork?: ProviderAccount;
  /** Closes the connection pool after what runs has finished. */
  readonly close: () => Promise<void>;
}

/** How the last calls to an account went, as the transport saw them. */
export interface AccountHealth {
  readonly status: 'HEALTHY' | 'DEGRADED' | 'UNAVAILABLE' | 'UNKNOWN';
  readonly lastSuccessAt: Date | null;
  readonly lastFailure: {
    readonly at: Date;
    readonly code: ProviderErrorCode;
    readonly message: string;
    /** Of a record that could not be read: what of it was wrong. */
    readonly member?: string;
  } | null;
}
