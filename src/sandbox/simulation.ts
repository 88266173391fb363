/** What the sandbox asks of each simulated provider, and what a simulation works with. */
import type { IncomingHttpHeaders } from 'node:http';
import type { Book } from './book.ts';
import type { Payment, ProviderName, Refund } from './model.ts';
import type { Random } from './random.ts';

export const OPERATIONS = ['list', 'query', 'create'] as const;
export type Operation = (typeof OPERATIONS)[number];

/** An endpoint. `{name}` as a part of the path takes any text: `/refunds/{id}`. */
export interface Route {
  readonly operation: Operation;
  readonly method: 'GET' | 'POST';
  readonly path: string;
}

/** A request as it came, with all that a signature may cover; `body` is its text, byte for byte. */
export interface ProviderRequest {
  readonly operation: Operation;
  readonly method: string;
  /** As it came, without the search. */
  readonly path: string;
  /** What stands in the path at each `{name}` of the route, decoded. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly search: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** JSON text with HTTP status 200, where nothing else is said. */
export interface Answer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string;
}

/** The request of a callback. A signature may stand in a header. */
export interface CallbackMessage {
  readonly contentType: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What a simulation works with. */
export interface World {
  readonly book: Book;
  /** Epoch ms. */
  readonly now: () => number;
  readonly random: Random;
  /** The quirks that the control server switched on, of all providers. */
  readonly quirks: ReadonlySet<string>;
  /** An id for a new refund at its provider. */
  readonly newRefundId: (provider: ProviderName) => string;
  /** Takes a refund in and starts its life. Resolves when it is kept: only then may the caller hear yes. */
  readonly accept: (refund: Refund) => Promise<void>;
}
/** A world with the keys of the provider that looks at it. */
export type WorldWith<Keys> = World & { readonly keys: Keys };

/** A no that the control server asks for. */
export interface RefusalAsked {
  readonly code: string;
  /** In place of the provider's own. */
  readonly message?: string | undefined;
  /** A no inside a yes: the envelope says that all went well, and the data inside it says no. */
  readonly isInner: boolean;
}

/** One provider over a world. Callback contents are JSON text. */
export interface Simulation {
  readonly provider: ProviderName;
  readonly routes: readonly Route[];
  readonly answer: (request: ProviderRequest) => Promise<Answer>;
  /** The provider's no; null when it has no such code, or none of that kind. */
  readonly refusal: (asked: RefusalAsked) => Answer | null;
  /** What a callback about this refund says; null where the provider has no callback for its state. */
  readonly callbackContent: (refund: Refund, payment: Payment) => string | null;
  /** The callback's request: signed, in the provider's form. */
  readonly envelope: (content: string) => CallbackMessage;
  readonly acknowledged: (body: string) => boolean;
  /** How often a callback is sent at most. */
  readonly callbackAttempts: number;
  /** The provider's own words for a state that are special, with what they mean here. */
  readonly words: Readonly<Record<string, Refund['status']>>;
  /** What the real provider may do otherwise, by a name that the control server switches on: what it does. */
  readonly quirks: Readonly<Record<string, string>>;
}

/** The provider's no: its own code and message. */
export class Refusal extends Error {
  readonly code: string;
  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}
