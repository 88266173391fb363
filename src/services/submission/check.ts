/** Some outcomes that say "not taken" are checked by a query, once, before they are believed. */
import { ProviderError } from '../../providers/errors.ts';
import type { CreateOutcome } from '../../providers/provider.ts';
import type { RefundObservation } from '../../refunds/observation.ts';
import { queryProvider, queryOrRefusal, lookupOf, mayBe, unreadOf } from '../observation/query.ts';
import type { Parts } from '../parts.ts';
import { mayHideExecution, needsCheck } from './outcome.ts';
import type { Recorded } from './record.ts';

/** What the provider, when queried after a send, says of its outcome. */
export type Checked =
  /** The outcome stands. */
  | { readonly kind: 'stands' }
  /** Nobody was able to say. */
  | { readonly kind: 'doubted' }
  /** The provider has the refund, or another one under its id. */
  | { readonly kind: 'ours' | 'other'; readonly found: RefundObservation; readonly queriedAt: Date };

const STANDS: Checked = { kind: 'stands' };
const DOUBTED: Checked = { kind: 'doubted' };

/** Makes the function that checks outcomes. */
export function createCheck(parts: Parts) {
  const { clock, inFlight } = parts;

  /**
   * Queries the provider where the outcome needs it. A provider that can't be queried leaves it doubted, or
   * as it is.
   */
  return async function check({ account, stored, attempt }: Recorded, outcome: CreateOutcome): Promise<Checked> {
    if (!needsCheck(account, attempt, outcome)) return STANDS;
    const { refund } = stored;
    // No answer is not a "not there", so only a certain refusal stands without one.
    const isCertainNo = outcome.kind === 'refused' && !mayHideExecution(account, outcome);
    const unanswered = isCertainNo ? STANDS : DOUBTED;
    const query = account.query(lookupOf(refund));
    if (query === null) return unanswered;
    // After a no inside a yes, a no to the query agrees with it.
    const run = outcome.kind === 'refused' && outcome.isDoubted === true ? queryOrRefusal : queryProvider;
    const signal = AbortSignal.any([inFlight.signal, AbortSignal.timeout(account.timeoutMs)]);
    const since = clock();
    try {
      const first = await run(parts, account, query, signal);
      // It may have joined a query that left before the send; then it says nothing about the send.
      const answer = first.queriedAt < since ? await run(parts, account, query, signal) : first;
      const { queriedAt, observations } = answer;
      if (queriedAt < since) return unanswered;
      const own = observations.filter(({ merchantRefundId }) => merchantRefundId === refund.merchantRefundId);
      const ours = own.findLast((one) => mayBe(account, refund, one));
      if (ours !== undefined) return { kind: 'ours', found: ours, queriedAt };
      const other = own.at(-1);
      if (other === undefined && unreadOf(answer, lookupOf(refund), account) !== null) return unanswered;
      return other === undefined ? STANDS : { kind: 'other', found: other, queriedAt };
    } catch (error) {
      if (error instanceof ProviderError || signal.aborted) return unanswered;
      throw error;
    }
  };
}
