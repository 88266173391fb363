/**
 * One query to a provider about a refund, with the moment at which it left: an answer only speaks of the
 * time after.
 */
import { ProviderError } from '../../providers/errors.ts';
import type { ProviderAccount, ProviderQuery } from '../../providers/provider.ts';
import type { SingleFlight } from '../../flow/single-flight.ts';
import type { Clock } from '../../flow/clock.ts';
import {
  answersLookup,
  mayBeOf,
  type RefundLookup,
  type RefundObservation,
  type ProviderAnswer,
} from '../../refunds/observation.ts';
import { numberOf } from '../../refunds/numbers.ts';
import { contradictions } from '../../refunds/update.ts';
import type { Refund } from '../../refunds/refund.ts';
import type { ObservedAccount } from './judged.ts';

export interface QueryAnswer extends ProviderAnswer {
  readonly queriedAt: Date;
  /**
   * The provider answered with a no and showed nothing. By itself that does not mean that there is no refund.
   */
  readonly refusal: ProviderError | null;
}

export interface QueryDeps {
  readonly clock: Clock;
  /** Equal queries at the same time are one call. */
  readonly answers: SingleFlight<QueryAnswer>;
}

/** Asks. Throws ProviderError, also when the provider answered with a no. */
export async function queryProvider(
  deps: QueryDeps,
  account: ProviderAccount,
  query: ProviderQuery,
  signal: AbortSignal,
): Promise<QueryAnswer> {
  const answer = await queryOrRefusal(deps, account, query, signal);
  if (answer.refusal !== null) throw answer.refusal;
  return answer;
}

/**
 * Asks, for those to whom the provider's no is an answer. Throws ProviderError for anything else that went
 * wrong.
 */
export const queryOrRefusal = (
  { clock, answers }: QueryDeps,
  account: ProviderAccount,
  query: ProviderQuery,
  signal: AbortSignal,
): Promise<QueryAnswer> =>
  answers.run(
    `${account.key} ${query.key}`,
    async (callSignal) => {
      const queriedAt = clock();
      try {
        return { queriedAt, ...(await query.send(callSignal)), refusal: null };
      } catch (error) {
        if (error instanceof ProviderError && error.kind === 'rejected') {
          return { queriedAt, observations: [], unreadable: [], refusal: error };
        }
        throw error;
      }
    },
    signal,
  );

/** Every id that is known of a refund, as its provider knows it. */
export const lookupOf = ({ merchantRefundId, providerRefundId, payment }: Refund): RefundLookup => ({
  merchantRefundId: numberOf(merchantRefundId),
  providerRefundId,
  merchantPaymentId: payment.merchantPaymentId,
  providerPaymentId: payment.providerPaymentId,
});

/**
 * The error of an answer that does not show a refund but has a record that can't be read and may be its;
 * null: the refund is shown, or is not there.
 */
export function unreadOf(
  { observations, unreadable }: ProviderAnswer,
  lookup: RefundLookup,
  account: ProviderAccount,
): ProviderError | null {
  const isShown = observations.some((one) => answersLookup(lookup, one));
  const record = isShown ? undefined : unreadable.find((one) => mayBeOf(one, lookup));
  if (record === undefined) return null;
  const message = `${account.key}: a record that may be the refund's can't be read: ${record.member}`;
  return new ProviderError({ kind: 'malformed', account: account.key, operation: 'query refund', message, sent: true });
}

/** An account as the one door wants it. */
export const observedAccount = ({ key, provider, create }: ProviderAccount): ObservedAccount => ({
  key,
  provider,
  retryFailed: create?.rules.retryFailed ?? false,
});

/**
 * Whether a record may be this refund: under its id, and differing in nothing that never changes. Else the id
 * is somebody else's, too.
 */
export const mayBe = (account: ProviderAccount, refund: Refund, incoming: RefundObservation): boolean =>
  incoming.merchantRefundId === refund.merchantRefundId &&
  contradictions(refund, incoming, observedAccount(account)).length === 0;

/**
 * The answer to a query about a refund. A record that can't be read and may be the refund's is taken for it.
 */
export function namedFor<Answer extends ProviderAnswer>(answer: Answer, refund: Refund | undefined): Answer {
  if (refund === undefined) return answer;
  const { merchantRefundId } = refund;
  const isShown = answer.observations.some((one) => answersLookup(lookupOf(refund), one));
  if (isShown) return answer;
  const unreadable = answer.unreadable.map((one) =>
    mayBeOf(one, lookupOf(refund)) ? { ...one, merchantRefundId } : one,
  );
  return { ...answer, unreadable };
}
