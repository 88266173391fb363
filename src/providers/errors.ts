/**
 * One error for everything that can go wrong between us and a provider, sorted by what can be done about it.
 */
import type { AccountKey } from '../refunds/ids.ts';

/**
 * unavailable: no connection, 5xx without the provider's own words, breaker open · timed-out: the deadline
 * passed · rejected: the provider understood and said no · misconfigured: keys, ids, addresses are wrong on
 * our side · malformed: the answer makes no sense (not JSON, too large, a needed member is missing) ·
 * try-later: the provider answered that it can't tell now, or is asked too often.
 */
export type ProviderErrorKind = 'unavailable' | 'timed-out' | 'rejected' | 'misconfigured' | 'malformed' | 'try-later';

/** A kind as a frontend sees it. */
export const PROVIDER_ERROR_CODES = {
  unavailable: 'UNAVAILABLE',
  'timed-out': 'TIMED_OUT',
  rejected: 'REJECTED',
  misconfigured: 'MISCONFIGURED',
  malformed: 'MALFORMED',
  'try-later': 'TRY_LATER',
} as const satisfies Record<ProviderErrorKind, string>;
export type ProviderErrorCode = (typeof PROVIDER_ERROR_CODES)[ProviderErrorKind];

export interface ProviderErrorFacts {
  readonly kind: ProviderErrorKind;
  readonly account: AccountKey;
  /** The call, in our words: `list refunds`, `create refund`. */
  readonly operation: string;
  /** A sentence for the operator. Holds no secret and no raw body. */
  readonly message: string;
  /** False only when the request certainly never left: then no money can have moved. */
  readonly sent: boolean;
  readonly httpStatus?: number;
  /** The provider is queried too often. */
  readonly slowDown?: boolean;
  /** The provider's own code and words, where it gave some. */
  readonly providerCode?: string;
  readonly providerMessage?: string;
  /** The member of a record that could not be read, by its name on the wire. */
  readonly member?: string;
  readonly cause?: unknown;
}

export class ProviderError extends Error {
  override readonly name = 'ProviderError';
  readonly kind: ProviderErrorKind;
  readonly account: AccountKey;
  readonly operation: string;
  readonly sent: boolean;
  readonly httpStatus: number | null;
  readonly slowDown: boolean;
  readonly providerCode: string | null;
  readonly providerMessage: string | null;
  readonly member: string | null;

  constructor(facts: ProviderErrorFacts) {
    super(facts.message, facts.cause === undefined ? undefined : { cause: facts.cause });
    this.kind = facts.kind;
    this.account = facts.account;
    this.operation = facts.operation;
    this.sent = facts.sent;
    this.httpStatus = facts.httpStatus ?? null;
    this.slowDown = facts.slowDown ?? false;
    this.providerCode = facts.providerCode ?? null;
    this.providerMessage = facts.providerMessage ?? null;
    this.member = facts.member ?? null;
  }

  /** The code a frontend sees. */
  get code(): ProviderErrorCode {
    return PROVIDER_ERROR_CODES[this.kind];
  }
}

/**
 * Whether the provider answered, be it with a no or with "try later". Else no answer came, or none that makes
 * sense.
 */
export const isAnswered = ({ kind }: ProviderError): boolean => kind === 'rejected' || kind === 'try-later';

/** A provider's error as the outcome of a call. Anything else is thrown on. */
export function asProviderError(error: unknown): ProviderError {
  if (error instanceof ProviderError) return error;
  throw error;
}
