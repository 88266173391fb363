/**
 * Everything that an operator is told, whichever room it happens in. `telemetry/log.ts` says which line of
 * the log each event is, `telemetry/metrics.ts` which are counted. No event holds a secret, a raw body or
 * what a payer wrote.
 */
import type { AccountKey, MerchantRefundId } from '../refunds/ids.ts';
import type { AttentionReason } from '../refunds/refund.ts';

/** Tells the operator. Must not throw. */
export type Tell = (event: OperatorEvent) => void;

/**
 * Open: calls fail at once, without being sent. Half-open: one call finds out whether the provider is back.
 */
export type BreakerState = 'closed' | 'open' | 'half-open';

/** Whose calls to a provider: creates of refunds, questions of jobs, and what callers ask for. */
export type CallLane = 'refunds' | 'jobs' | 'reads';

/**
 * The log can't be read, or the database's notifications can't be heard (events come a second later), or
 * committed events have waited long for an older transaction that does not end.
 */
export type FeedTrouble = 'reading' | 'listening' | 'settling';

export type OperatorEvent =
  // The process
  | { readonly kind: 'stopping' | 'stopped' }
  | { readonly kind: 'sandbox-used'; readonly control: string }
  | { readonly kind: 'sandbox-noted'; readonly line: string }
  // Providers
  | {
      /** One try of one call to a provider, when it ended; whether it `failed` depends on the outcome. */
      readonly kind: 'call-answered' | 'call-failed';
      readonly account: AccountKey;
      readonly operation: string;
      /** 1 for the first try of a call. */
      readonly attempt: number;
      /**
       * `ok`, `abandoned` (no caller waits any more; no failure), or the kind of the
       * ProviderError.
       */
      readonly outcome: string;
      /** Of an answer that was an error. */
      readonly httpStatus: number | null;
      readonly ms: number;
    }
  | {
      /** Each lane of an account has a breaker of its own. */
      readonly kind: 'breaker-changed';
      readonly account: AccountKey;
      readonly lane: CallLane;
      readonly state: BreakerState;
    }
  /**
   * A status word that no map knows; the refund is shown as PROCESSING. Told with every record that has it.
   */
  | { readonly kind: 'unknown-status'; readonly account: AccountKey; readonly word: string }
  /** A refund goes on only when a person acts at the provider. Told with every record that says so. */
  | {
      readonly kind: 'action-needed';
      readonly account: AccountKey;
      readonly merchantRefundId: MerchantRefundId;
      readonly word: string;
    }
  /**
   * A member that is not needed could not be read and counts as not said. Without its value, which may be
   * personal.
   */
  | { readonly kind: 'unreadable-member'; readonly account: AccountKey; readonly member: string }
  /** A record of an answer can't be read and is left out; `member` is the first of it that is wrong. */
  | {
      readonly kind: 'unreadable-record';
      readonly account: AccountKey;
      readonly operation: string;
      readonly member: string;
    }
  /** Two accounts over one list, the rows of which do not say to which they belong. */
  | { readonly kind: 'accounts-overlap'; readonly account: AccountKey; readonly other: AccountKey }
  /** The first call to an account, at the start. */
  | { readonly kind: 'account-answers'; readonly account: AccountKey }
  | { readonly kind: 'account-fails'; readonly account: AccountKey; readonly error: unknown }
  // Refunds
  | {
      readonly kind: 'create-answer-strange';
      readonly account: AccountKey;
      readonly merchantRefundId: MerchantRefundId;
    }
  /**
   * What only its provider tells about a stored refund can't be read: it is shown without. Told with every
   * reading.
   */
  | {
      readonly kind: 'stored-details-unreadable';
      readonly account: AccountKey;
      readonly merchantRefundId: MerchantRefundId;
    }
  | { readonly kind: 'busy-refund-unknown'; readonly account: AccountKey; readonly error: unknown }
  /** A person must look at a refund. Told at each look as long as it is so. */
  | {
      readonly kind: 'attention-needed';
      readonly account: AccountKey;
      readonly merchantRefundId: MerchantRefundId;
      readonly reason: AttentionReason;
    }
  /** A person ended a refund that its provider does not end. */
  | {
      readonly kind: 'refund-closed';
      readonly account: AccountKey;
      readonly merchantRefundId: MerchantRefundId;
      readonly outcome: 'SUCCEEDED' | 'FAILED';
    }
  | { readonly kind: 'account-gone'; readonly account: AccountKey; readonly merchantRefundId: MerchantRefundId }
  | {
      readonly kind: 'settling-failed';
      readonly account: AccountKey;
      readonly merchantRefundId: string;
      readonly error: unknown;
    }
  | { readonly kind: 'jobs-missing'; readonly found: number }
  | { readonly kind: 'sweep-failed'; readonly error: unknown }
  // Copies of providers' lists
  | {
      /** `copy-is-short`: rows of the list are missing in the copy, and it goes back for them. */
      readonly kind: 'copy-goes-on' | 'copy-is-whole' | 'copy-is-short';
      readonly account: AccountKey;
      readonly copied: number;
      readonly total: number | null;
    }
  | { readonly kind: 'copy-begun-anew'; readonly account: AccountKey }
  | { readonly kind: 'copy-failed'; readonly account: AccountKey; readonly error: unknown }
  // Callbacks
  | {
      readonly kind:
        | 'callback-applied'
        | 'callback-taken'
        | 'callback-flagged'
        | 'callback-rejected'
        | 'callback-unknown-account'
        | 'callback-refused'
        | 'callback-not-kept'
        | 'callback-failed';
      /** As the sender wrote it, its first 64 characters. */
      readonly account: string;
      readonly sender: string | null;
      /** The kind of the answer that the sender got. */
      readonly answer: string;
      /** What became of it, where it was read. */
      readonly outcome?: string;
      /** Of which refund it told, where it was believed. */
      readonly merchantRefundId?: string | null;
      readonly reason?: string;
      readonly error?: unknown;
    }
  // The database
  /** The queue's own loops failed. Told with every failure. */
  | { readonly kind: 'queue-disturbed'; readonly error: Error }
  | { readonly kind: 'queue-works' }
  /** Followers wait; each second it is tried again. Told once until it works. */
  | { readonly kind: 'feed-disturbed'; readonly what: FeedTrouble; readonly error: unknown }
  | { readonly kind: 'feed-works'; readonly what: FeedTrouble }
  /**
   * Events that were delivered are not in the log any more. `followers` subscriptions were ended with
   * BEGIN_ANEW.
   */
  | { readonly kind: 'feed-set-back'; readonly followers: number }
  /** A setting of the database under which it may lose what it has acknowledged; `why` names it. */
  | { readonly kind: 'ledger-may-forget'; readonly why: string }
  // What callers do
  | {
      /** A mutation has been answered; `outcome` is the type of the answer, or the code of the error. */
      readonly kind: 'mutation-answered';
      readonly mutation: string;
      readonly account: string | null;
      readonly merchantRefundId: string | null;
      readonly outcome: string;
      readonly subject: string;
      readonly client: string | null;
    }
  | {
      /** A caller read what may name a person, of so many `refunds`; the first of them are named. */
      readonly kind: 'personal-data-read';
      readonly account: AccountKey;
      readonly what: string;
      readonly merchantRefundIds: readonly string[];
      readonly refunds: number;
      readonly subject: string;
      readonly client: string | null;
    }
  /** A caller has taken so many refunds away in a file; `whole`: all that were asked for. */
  | {
      readonly kind: 'refunds-exported';
      readonly rows: number;
      readonly whole: boolean;
      readonly subject: string;
      readonly client: string | null;
    }
  // HTTP
  /** What callers have used could not be added to what other servers counted. */
  | { readonly kind: 'bills-disturbed'; readonly error: unknown }
  /** A caller has used up what a minute gives of this. */
  | { readonly kind: 'caller-refused'; readonly what: string }
  /** A connection over the limit of all, or of its address. */
  | { readonly kind: 'connection-refused'; readonly limit: 'all' | 'address' }
  /** The route as it is matched, never the address itself. */
  | { readonly kind: 'request-answered'; readonly route: string; readonly status: number; readonly seconds: number }
  | { readonly kind: 'ledger-away'; readonly path: Path; readonly reason: string }
  | { readonly kind: 'request-abandoned'; readonly errorId: string; readonly path: Path }
  | { readonly kind: 'request-failed'; readonly errorId: string; readonly path: Path; readonly error: unknown }
  | { readonly kind: 'tokens-unchecked'; readonly error: unknown }
  | { readonly kind: 'websocket-broke' | 'websocket-message-failed'; readonly error: unknown }
  | { readonly kind: 'yoga-warned'; readonly words: readonly string[] };

/** Where in the answer of a GraphQL request. */
type Path = readonly (string | number)[] | undefined;
