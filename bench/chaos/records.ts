/** What a run recorded, and where. Instants are epoch ms. */
import type { Fate } from './plan.ts';
import type { Account } from './providers.ts';

/** Where in the life of a request or a notice an instance may be killed. */
export const MOMENTS = [
  'create came',
  'create executed',
  'create answered',
  'query came',
  'query answered',
  'notice sent',
  'notice acknowledged',
] as const;
export type Moment = (typeof MOMENTS)[number];

/** A create as it came to a provider. */
export interface Arrival {
  readonly at: number;
  readonly key: string;
  readonly account: Account;
  readonly merchantRefundId: string;
  readonly amount: bigint;
  /** Of the sender; -1 when it is none of ours. */
  readonly instance: number;
  readonly fate: Fate;
  /** The provider had a refund of this id when it came. */
  readonly wasKnown: boolean;
}

/** Money that was set in motion. */
export interface Execution {
  readonly at: number;
  readonly key: string;
  readonly account: Account;
  readonly payment: string;
  readonly merchantRefundId: string;
  readonly providerRefundId: string;
  readonly amount: bigint;
  /** The same id again, where the provider's rules take it for another refund. */
  readonly isRepeat: boolean;
  status: 'PROCESSING' | 'SUCCEEDED' | 'FAILED' | 'CANCELED';
  endedAt: number | null;
}

/** A notice as it was sent, once for each try. */
export interface Notice {
  readonly at: number;
  readonly key: string;
  readonly status: string;
  readonly url: string;
  readonly answer: 'acknowledged' | 'not acknowledged' | 'no answer';
  readonly forged: boolean;
}

/** A refund as a client saw it. */
export interface SeenRefund {
  readonly id: string;
  readonly merchantRefundId: string;
  readonly status: string;
}

/** A client's call. */
export interface Call {
  readonly at: number;
  readonly key: string;
  readonly verb: 'create' | 'misuse' | 'retry' | 'refresh' | 'replay';
  readonly instance: number;
  readonly endedAt: number;
  /** `null`: no answer. */
  readonly answer: {
    /** The answer's GraphQL type, or `error CODE`. */
    readonly type: string;
    readonly replayed: boolean | null;
    readonly refund: SeenRefund | null;
    readonly message: string | null;
  } | null;
}

export interface Kill {
  readonly at: number;
  readonly instance: number;
  /** What it was in the middle of. */
  readonly moment: string;
}

/** A refund as the ledger has it in the end. */
export interface LedgerRefund {
  readonly account: string;
  readonly merchantRefundId: string;
  readonly providerRefundId: string | null;
  readonly key: string | null;
  readonly amount: bigint;
  readonly status: string;
  readonly failure: string | null;
  /** How many notices about it were kept, repetitions counted. */
  readonly notices: number;
  readonly events: readonly {
    readonly at: number;
    readonly type: string;
    readonly status: string;
    readonly via: string;
  }[];
  readonly sends: readonly {
    readonly at: number;
    readonly kind: string;
    /** `null`: the process ended in the middle. */
    readonly outcome: string | null;
    readonly endedAt: number | null;
  }[];
}
