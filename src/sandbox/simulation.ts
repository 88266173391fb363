/** What the sandbox asks of each simulated provider. */
import type { IncomingHttpHeaders } from 'node:http';
import type { Book } from './book.ts';
import type { Keys } from './keys.ts';
import type { Payment, ProviderName, Refund } from './model.ts';

export const OPERATIONS = ['list', 'query', 'create'] as const;
export type Operation = (typeof OPERATIONS)[number];

/** A request as it came; `body` is its text, byte for byte. */
export interface ProviderRequest {
  readonly operation: Operation;
  readonly search: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** What a simulation works with. */
export interface World {
  readonly book: Book;
  readonly keys: Keys;
  /** Epoch ms. */
  readonly now: () => number;
  /** An id for a new refund at its provider. */
  readonly newRefundId: (provider: ProviderName) => string;
  /** Takes a refund in and starts its life. Resolves when it is kept: only then may the caller hear yes. */
  readonly accept: (refund: Refund) => Promise<void>;
}

/** One provider. Answers and callback contents are JSON text. */
export interface Simulation {
  readonly provider: ProviderName;
  readonly routes: readonly { readonly operation: Operation; readonly method: 'GET' | 'POST'; readonly path: string }[];
  readonly answer: (request: ProviderRequest) => Promise<string>;
  /** The provider's no with this code, asked for by the control server; null when it has no such code. */
  readonly refusal: (code: string) => string | null;
  /** What a callback about this refund says; null where the provider has no callback for its state. */
  readonly news: (refund: Refund, payment: Payment) => string | null;
  /** The callback's request: signed, in the provider's form. */
  readonly envelope: (content: string) => { readonly contentType: string; readonly body: string };
  readonly acknowledged: (body: string) => boolean;
  /** How often a callback is sent at most. */
  readonly callbackAttempts: number;
  /** The provider's own words for a state that are special, with what they mean here. */
  readonly words: Readonly<Record<string, Refund['status']>>;
}

/** The provider's no: its own code and message. */
export class Refusal extends Error {
  readonly code: string;
  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}
