/**
 * One question to a provider about a refund, with the moment at which it left: an answer only speaks of the
 * time after.
 */
import { ProviderError } from '../../providers/errors.ts';
import type { ProviderAccount, Question } from '../../providers/provider.ts';
import type { SingleFlight } from '../../flow/single-flight.ts';
import type { Clock } from '../../flow/clock.ts';
import {
  answersLookup,
  mayBeOf,
  type RefundLookup,
  type RefundObservation,
  type Told,
} from '../../refunds/observation.ts';
import { contradictions } from '../../refunds/news.ts';
import { numberOf } from '../../refunds/numbers.ts';
import type { Refund } from '../../refunds/refund.ts';
import type { ObservedAccount } from './judge.ts';

export interface Answer extends Told {
  readonly askedAt: Date;
  /**
   * The provider answered with a no and showed nothing. By itself that does not mean that there is no refund.
   */
  readonly refusal: ProviderError | null;
}

export interface AskDeps {
  readonly clock: Clock;
  /** Equal questions at the same time are one call. */
  readonly answers: SingleFlight<Answer>;
}

/** Asks. Throws ProviderError, also when the provider answered with a no. */
export async function ask(
  deps: AskDeps,
  account: ProviderAccount,
  question: Question,
  signal: AbortSignal,
): Promise<Answer> {
  const answer = await askOrRefused(deps, account, question, signal);
  if (answer.refusal !== null) throw answer.refusal;
  return answer;
}

/**
 * Asks, for those to whom the provider's no is an answer. Throws ProviderError for anything else that went
 * wrong.
 */
export const askOrRefused = (
  { clock, answers }: AskDeps,
  account: ProviderAccount,
  question: Question,
  signal: AbortSignal,
): Promise<Answer> =>
  answers.run(
    `${account.key} ${question.key}`,
    async (callSignal) => {
      const askedAt = clock();
      try {
        return { askedAt, ...(await question.ask(callSignal)), refusal: null };
      } catch (error) {
        if (error instanceof ProviderError && error.kind === 'rejected') {
          return { askedAt, observations: [], unreadable: [], refusal: error };
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
  { observations, unreadable }: Told,
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
export const mayBe = (account: ProviderAccount, refund: Refund, told: RefundObservation): boolean =>
  told.merchantRefundId === refund.merchantRefundId &&
  contradictions(refund, told, observedAccount(account).retryFailed).length === 0;
