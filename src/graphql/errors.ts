/**
 * Which errors a frontend is told about, in which words. Everything else is masked by the server with an id
 * that is in the log.
 */
import { GraphQLError } from 'graphql';
import { PROVIDER_ERROR_CODES, type ProviderError, type ProviderErrorCode } from '../providers/errors.ts';

/** A mistake in what was asked; `argument` names the field. */
export const badInput = (message: string, argument: string): GraphQLError =>
  new GraphQLError(message, { extensions: { code: 'BAD_USER_INPUT', argument } });

/** The token does not allow it. */
export const forbidden = (message: string): GraphQLError =>
  new GraphQLError(message, { extensions: { code: 'FORBIDDEN' } });

/** There is no such thing, or not for this caller: the two look the same. */
export const notFound = (message: string): GraphQLError =>
  new GraphQLError(message, { extensions: { code: 'NOT_FOUND' } });

/** The token of a subscription has come to its end. */
export const expiredToken = (): GraphQLError =>
  new GraphQLError('The token has expired: come again with a new one, from the cursor of the last event.', {
    extensions: { code: 'UNAUTHENTICATED' },
  });

/** A subscription whose reader was left too far behind; `cursor` is its last event, or where it began. */
export const tooSlow = (cursor: string): GraphQLError =>
  new GraphQLError('Too many events were waiting for this subscription. Go on from the cursor, and read faster.', {
    extensions: { code: 'SLOW_CONSUMER', cursor },
  });

/**
 * The ledger has lost or moved events that were given out: a place among them leads nowhere. `argument` names
 * the cursor that was refused; without it a subscription has ended.
 */
export const beginAnew = (argument?: string): GraphQLError =>
  new GraphQLError('The event feed was set back: load what you show again, and start from latestEventCursor.', {
    extensions: { code: 'BEGIN_ANEW', ...(argument === undefined ? {} : { argument }) },
  });

/**
 * In a frontend's words, by kind. Nothing of the provider's own text passes: it is meant for the merchant's
 * operator.
 */
const SENTENCES: Record<ProviderError['kind'], string> = {
  unavailable: 'can not be reached now',
  'timed-out': 'did not answer in time',
  rejected: 'refused to answer this question',
  misconfigured: 'is not set up correctly on this server; its operator has been told in the log',
  malformed: 'gave an answer that makes no sense',
  'try-later': 'answered that it can not tell now',
};

/**
 * A provider's failure as a frontend sees it: which account, what kind, and the provider's own code if it
 * gave one.
 */
export const providerFailure = (error: ProviderError): GraphQLError =>
  new GraphQLError(`Account ${error.account} ${SENTENCES[error.kind]}.`, {
    extensions: {
      code: `PROVIDER_${error.code}`,
      account: error.account,
      ...(error.providerCode === null ? {} : { providerCode: error.providerCode }),
    },
  });

/** A walk through a list that can't go on until an account's provider can be read again. */
export const listWaits = (account: string, code: ProviderErrorCode): GraphQLError =>
  new GraphQLError(`Account ${account} ${failureSentence(code)}. Go on later from the same cursor: it stays good.`, {
    extensions: { code: `PROVIDER_${code}`, account },
  });

/** The provider can't be queried about a refund by the ids that are known of it. */
export const notQueryable = (account: string): GraphQLError =>
  new GraphQLError(`Account ${account} can not be asked about this refund by the ids that are known of it.`, {
    extensions: { code: 'PROVIDER_CANT_BE_ASKED', account },
  });

/** The same sentence where only the code is known: `ProviderFailure.message` in `sources` and `health`. */
const CODES: Readonly<Record<string, ProviderErrorCode>> = PROVIDER_ERROR_CODES;

export function failureSentence(code: ProviderErrorCode): string {
  return Object.entries(SENTENCES).find(([kind]) => CODES[kind] === code)?.[1] ?? SENTENCES.unavailable;
}
