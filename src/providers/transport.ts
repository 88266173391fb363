/** HTTP to one account of one provider. (The interface; the implementation comes with the transport.) */
import type { Json } from '../refunds/refund.ts';
import type { AccountHealth } from './provider.ts';

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
}

export interface TransportAnswer {
  /** The body parsed as JSON, every number as its source text so that no digit is lost. */
  readonly json: Json;
}

export interface Transport {
  /** Sends once (reads: again with jitter on failure). Resolves with a 2xx JSON answer, else throws ProviderError. */
  readonly send: (
    request: TransportRequest | (() => TransportRequest),
    signal: AbortSignal,
  ) => Promise<TransportAnswer>;
  readonly health: () => AccountHealth;
  readonly close: () => Promise<void>;
}
