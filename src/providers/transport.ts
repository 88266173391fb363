/** HTTP to one account of one provider. */
import type { Clock, Random } from '../refunds/clock.ts';
import type { AccountKey } from '../refunds/ids.ts';
import type { Json } from '../refunds/refund.ts';
import type { ProviderError } from './errors.ts';
import type { AccountHealth } from './provider.ts';
import type { ProviderObserver } from './wing.ts';

export interface TransportRequest {
  /** The call in our words, for errors and logs: `list refunds`. */
  readonly operation: string;
  readonly method: 'GET' | 'POST';
  /** Path and query, appended to the account's baseUrl. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** A read: may be repeated after a failure. A create never is. */
  readonly repeatable: boolean;
  /**
   * The wing's word on an answer that HTTP calls good: an error given here is thrown, counted, shown in health and, if
   * `unavailable`, followed by another try, as if HTTP had said it. Null: the answer stands.
   */
  readonly judge?: (json: Json) => ProviderError | null;
}

export interface TransportAnswer {
  /** The body parsed as JSON, every number as its source text so that no digit is lost. */
  readonly json: Json;
}

export interface Transport {
  /**
   * Sends once (reads: again with jitter on failure). Resolves with a 2xx JSON answer, else throws ProviderError.
   * A function makes the request anew for each try, so that each is signed with a fresh timestamp.
   */
  readonly send: (
    request: TransportRequest | (() => TransportRequest),
    signal: AbortSignal,
  ) => Promise<TransportAnswer>;
  readonly health: () => AccountHealth;
  /** Lets what runs finish, refuses what comes. */
  readonly close: () => Promise<void>;
}

export interface TransportOptions {
  readonly account: AccountKey;
  readonly baseUrl: string;
  /** Longest time for one call, waiting and repeated tries included. Default 10,000. */
  readonly timeoutMs?: number;
  /** Most requests under way at once; the others wait. Default 32. */
  readonly maxConcurrency?: number;
  readonly clock: Clock;
  readonly random: Random;
  readonly observer?: ProviderObserver;
  /** The breaker opens after so many failures in a row (default 5) and lets one call try after so long (default 5,000 ms). */
  readonly breaker?: { readonly failures: number; readonly halfOpenAfterMs: number };
}

/** Opens the way to one account. Nothing is connected before the first call. */
export function createTransport(_options: TransportOptions): Transport {
  throw new Error('the transport comes with the next commit');
}
