/** What a resolver can reach: who calls, the verbs of `services/`, and this request's loaders. */
import type { ProviderAccount } from '../providers/provider.ts';
import type { Tell } from '../operator/event.ts';
import type { AccountKey, RefundRef } from '../refunds/ids.ts';
import type { Telling } from './event/telling.ts';
import type { Actor } from '../refunds/refund.ts';
import type { Services } from './services.ts';
import type { Loaders } from './loaders.ts';

/** What a token may allow. */
export const SCOPES = ['refunds:read', 'refunds:write', 'refunds:raw', 'refunds:operate'] as const;

/** Who is calling, as far as it matters here: which accounts exist for him and what he may do with them. */
export interface Caller {
  readonly sees: (account: AccountKey) => boolean;
  readonly may: (scope: (typeof SCOPES)[number]) => boolean;
  /** By whom a token was given to whom: on whose bill it goes. Null: nobody says, and the address counts. */
  readonly name: string | null;
  /** Who that is, for the events that this caller makes. */
  readonly actor: Actor;
  /** When the token ends; null where there is none. */
  readonly expiresAt: Date | null;
  /**
   * A signal that aborts when the token expires; null where none can. Its timer starts when it is first asked
   * for.
   */
  readonly expiry: () => AbortSignal | null;
}

export interface Context {
  readonly caller: Caller;
  /** The accounts that exist for the caller, in the order of the configuration. */
  readonly accounts: readonly ProviderAccount[];
  readonly services: Services;
  readonly loaders: Loaders;
  /**
   * The stream of events that an HTTP request may be answered with; null on a WebSocket: its messages have no
   * ids.
   */
  readonly stream: {
    /**
     * What the reader last heard before it lost the connection (`Last-Event-ID`); null when it comes for the
     * first time.
     */
    readonly lastEventId: string | null;
    /** The reader has come to this place with what is sent next. */
    readonly reached: (cursor: string) => void;
  } | null;
  /** Which part of a subscription runs here; null: it is none, or one that shares nothing. */
  readonly telling: Telling | null;
  /** Tells the operator. */
  readonly tell: Tell;
  /** Writes down that the caller reads data of a person. */
  readonly audit: (ref: RefundRef, what: string) => void;
  /** From where the request comes, past trusted proxies. */
  readonly address: string;
  /** Aborts when the client has gone. */
  readonly signal: AbortSignal;
}
