/**
 * A stored callback is applied again, as if it had come just now: verified again, and through the same door.
 */
import { findCallback } from '../../ledger/callback-search.ts';
import { recordResults } from '../../ledger/callbacks.ts';
import { inTransaction } from '../../ledger/database/database.ts';
import type { ProviderAccount } from '../../providers/provider.ts';
import type { AccountKey } from '../../refunds/ids.ts';
import type { Observed } from '../observation/observe.ts';
import type { QueryAgainDeps } from '../observation/query-again.ts';
import { createApply } from './apply.ts';

export type Replayed =
  | { readonly kind: 'unknown' }
  /** Its account is not configured, or its body was not kept. */
  | { readonly kind: 'impossible'; readonly reason: string }
  | { readonly kind: 'rejected'; readonly reason: string }
  | { readonly kind: 'flagged'; readonly reason: string | null }
  | { readonly kind: 'applied'; readonly reason: string | null; readonly observed: Observed };

/** Applies one again. Throws LedgerUnavailableError. */
export async function replay(
  parts: QueryAgainDeps & { readonly accounts: ReadonlyMap<AccountKey, ProviderAccount> },
  id: string,
): Promise<Replayed> {
  const { ledger, accounts } = parts;
  const apply = createApply(parts);
  const kept = await findCallback(ledger.db, id);
  if (kept === null) return { kind: 'unknown' };
  const { body, contentType, headers } = kept;
  const account = accounts.get(kept.account);
  if (account?.callbacks === undefined) {
    return { kind: 'impossible', reason: `its account ${kept.account} is not configured` };
  }
  if (body === null) {
    return { kind: 'impossible', reason: 'its body was too large to be kept while it was not believed' };
  }
  const reading = account.callbacks.read({ contentType, body, headers });
  if (reading.kind === 'rejected') {
    // What was believed once was applied: a key that was changed since takes nothing back.
    if (kept.state === 'REJECTED') {
      await recordResults(ledger.db, [{ id: kept.id, state: 'REJECTED', reason: reading.reason }]);
    }
    return reading;
  }
  const { observation, doubt } = reading;
  const callback = { id: kept.id, before: kept.state, observation, doubt };
  const [applied] = await inTransaction(ledger, (tx) => apply(tx, account, [callback]));
  if (applied === undefined) throw new Error('a callback was not judged');
  const { result, observed } = applied;
  if (result.state === 'FLAGGED' || observed === null) return { kind: 'flagged', reason: result.reason };
  return { kind: 'applied', reason: result.reason, observed };
}
