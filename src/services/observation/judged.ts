/** What judging an update takes, and what it gives. */
import type { NewId } from '../../flow/clock.ts';
import type { Contradiction } from '../../ledger/events.ts';
import type { ResolvedPayment } from '../../ledger/payment/payment-identity.ts';
import type { StoredWithRecord } from '../../ledger/refund/refund-writes.ts';
import type { AccountKey } from '../../refunds/ids.ts';
import type { Actor, ObservedVia, Provider } from '../../refunds/refund.ts';
import type { RefundUpdate } from '../../refunds/update.ts';

/** What of an account matters for judging its updates. */
export interface ObservedAccount {
  readonly key: AccountKey;
  readonly provider: Provider;
  /** The provider takes a FAILED refund again under the same id. */
  readonly retryFailed: boolean;
}

export interface ObservationContext {
  readonly via: ObservedVia;
  /** When the update reached us. */
  readonly at: Date;
  /** The provider's own time of the update, where it gives one. */
  readonly occurredAt?: Date | null;
  /**
   * Of QUERY and POLL: when the query was sent. Without it an answer that goes backwards is not believed.
   */
  readonly queriedAt?: Date;
  /** It is a part of the first whole copy of a list: refunds that nobody knew are history, no news. */
  readonly isFirstCopy?: boolean;
  /** Who asked for it; nobody when left out. */
  readonly actor?: Actor | null;
}

export type ObservedChange =
  | 'DISCOVERED'
  | 'STATUS_CHANGED'
  | 'DETAILS_CHANGED'
  | 'CONFLICT_DETECTED'
  | 'ATTENTION_CHANGED'
  | 'NONE';

export interface JudgeContext {
  readonly account: ObservedAccount;
  readonly context: ObservationContext;
  readonly newId: NewId;
}

/** One update, and what it is judged against. `Stored` is null where the refund is not known. */
export interface Case<Stored extends StoredWithRecord | null = StoredWithRecord | null> {
  readonly stored: Stored;
  readonly incoming: RefundUpdate;
  /** The row of its payment; null while it was not looked up, or where the update names none. */
  readonly payment: ResolvedPayment | null;
  /** Contradictions of this refund that are recorded already, as JSON. */
  readonly recorded: readonly unknown[];
}

export interface Judged {
  readonly incoming: RefundUpdate;
  readonly before: StoredWithRecord | null;
  readonly after: StoredWithRecord;
  readonly change: ObservedChange;
  /** The provider should be queried, because the update alone does not decide. */
  readonly queryAgain: boolean;
  /** The update agrees with what is stored, or became it. Else it was ignored. */
  readonly believed: boolean;
  /**
   * The same update from a later query changes nothing either, but `observed_at`, as long as the rows of the
   * ledger stay what they are.
   */
  readonly repeats: boolean;
  /** The provider's record should be kept. */
  readonly keepsRecord: boolean;
  /** Of CONFLICT_DETECTED. */
  readonly contradiction: Contradiction | null;
}

/** The result of an update that is ignored. */
export const ignored = ({ stored, incoming }: Case<StoredWithRecord>) =>
  ({
    incoming,
    before: stored,
    after: stored,
    change: 'NONE',
    queryAgain: false,
    believed: false,
    repeats: false,
    keepsRecord: false,
    contradiction: null,
  }) satisfies Judged;
