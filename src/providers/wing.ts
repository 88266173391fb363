/** What every wing is handed, so that logs and gauges reach it without an import upwards. */
import type { AccountKey, MerchantRefundId } from '../refunds/ids.ts';
import type { Clock, NewId, Random } from '../flow/clock.ts';
import type { ProviderErrorKind } from './errors.ts';

/** One try of one call, when it ended. */
export interface TryReport {
  readonly account: AccountKey;
  readonly operation: string;
  /** 1 for the first try of a call. */
  readonly attempt: number;
  /** `abandoned`: everybody who waited for the answer has gone. */
  readonly outcome: 'ok' | 'abandoned' | ProviderErrorKind;
  /** Of an answer that was an error. */
  readonly httpStatus: number | null;
  readonly ms: number;
}

/** Hears what happens between us and the providers. Its functions must not throw. */
export interface ProviderObserver {
  readonly tried?: (report: TryReport) => void;
  /** The breaker of an account changed: open means that calls fail at once without being sent. */
  readonly breakerChanged?: (change: { readonly account: AccountKey; readonly state: BreakerState }) => void;
  /** A status word that no map knows; the refund is shown as PROCESSING. */
  readonly unknownStatus?: (news: { readonly account: AccountKey; readonly word: string }) => void;
  /** A refund goes on only when a person acts at the provider. Heard with every record that says so. */
  readonly actionNeeded?: (news: {
    readonly account: AccountKey;
    readonly merchantRefundId: MerchantRefundId;
    readonly word: string;
  }) => void;
  /** A member that is not needed could not be read and counts as not said. Without its value, which may be personal. */
  readonly unreadableMember?: (news: { readonly account: AccountKey; readonly member: string }) => void;
}

export type BreakerState = 'closed' | 'open' | 'half-open';

export interface WingDeps {
  readonly clock: Clock;
  readonly random: Random;
  readonly newId?: NewId;
  readonly observer?: ProviderObserver;
}
