/** What the verbs are made of. `openServices` puts it together once; each room closes over what it needs. */
import type { Clock } from '../flow/clock.ts';
import type { createInFlight } from '../flow/in-flight.ts';
import type { SingleFlight } from '../flow/single-flight.ts';
import type { Ledger } from '../ledger/database/database.ts';
import type { SettleQueue } from '../ledger/queue/enqueue.ts';
import type { Tell } from '../operator/event.ts';
import type { ProviderAccount } from '../providers/provider.ts';
import type { AccountKey } from '../refunds/ids.ts';
import type { QueryAnswer } from './observation/query.ts';
import type { Reconciliation } from './settlement/schedule.ts';

export interface Parts {
  readonly ledger: Ledger;
  readonly queue: SettleQueue;
  readonly accounts: ReadonlyMap<AccountKey, ProviderAccount>;
  readonly clock: Clock;
  readonly tell: Tell;
  readonly reconciliation: Reconciliation;
  /** Where the account's provider reaches us. */
  readonly callbackUrl: (account: AccountKey) => string;
  /** What is being sent. A stop waits for it. */
  readonly inFlight: ReturnType<typeof createInFlight>;
  /** Equal queries at the same time are one call. */
  readonly answers: SingleFlight<QueryAnswer>;
}
