/** What the codes of TiPay's answers mean. Beyond the two successes nothing is published. */
import type { Json } from '../../refunds/refund.ts';
import { ProviderError, type ProviderErrorKind } from '../errors.ts';
import { isAnyMatch, type AnswerCodes } from '../wire/answer-match.ts';
import { failure, type Call } from '../http/failure.ts';
import { readAnswer } from '../wire/members.ts';
import type { TiPaySettings } from './settings.ts';
import { tiPayAnswer, tiPayResult } from './wire.ts';

/**
 * The outer success (D). It only means that the call was understood; `data.status` tells what became of it
 * (P).
 */
export const OUTER_SUCCESS = '200';

/** The outer code "too many requests" (I, from the HTTP status that it looks like). */
const SLOW_DOWN = '429';

const NO_WORDS = 'TiPay gave no reason';

export type TiPayVerdict =
  /** Understood, with what it says. */
  | { readonly kind: 'data'; readonly data: Json }
  /** Understood, and nothing said: `data` is null, or absent. */
  | { readonly kind: 'empty'; readonly data: null | undefined }
  /** A code that means "no such refund"; to a create it is a no like any other. */
  | { readonly kind: 'not-found'; readonly code: string; readonly message: string }
  /** The outer code is another than success: not accepted (P). */
  | { readonly kind: 'refused'; readonly code: string; readonly message: string; readonly error: ProviderError }
  /** The outer code is success, and what stands beside or inside it says no: YeePay did not accept it (P). */
  | { readonly kind: 'inner-no'; readonly code: string; readonly message: string; readonly error: ProviderError }
  /** The outer code is success, and the rest can't be read: a create may have been accepted. */
  | { readonly kind: 'unread'; readonly error: ProviderError }
  /** Anything else: it says nothing about what happened. */
  | { readonly kind: 'error'; readonly error: ProviderError };

/**
 * Sorts an answer by its outer code and success, then by `data.code`. What `data.status` says is `map.ts`'s
 * matter.
 */
export function verdictOf(json: Json, settings: TiPaySettings, call: Call): TiPayVerdict {
  const answer = readAnswer(tiPayAnswer, json, call);
  if (answer instanceof ProviderError) return { kind: 'error', error: answer };
  const { code, success, data } = answer;
  const result = readAnswer(tiPayResult, data ?? {}, call, ['data']);
  const inner = result instanceof ProviderError ? { code: null, message: null } : result;
  const answerCodes = { code, dataCode: inner.code, words: [answer.msg, inner.message].flatMap((one) => one ?? []) };
  const message = answer.msg ?? NO_WORDS;
  const error = (kind: ProviderErrorKind, what: string): ProviderError =>
    failure(call, kind, true, what, { providerCode: code, providerMessage: message, slowDown: code === SLOW_DOWN });
  // Needed (D). Without it this may be a server in front of TiPay, whose 404 knows of no refunds.
  if (typeof success !== 'boolean') {
    const what = `the answer can't be read: success: expected true or false beside code ${code}`;
    return { kind: code === OUTER_SUCCESS ? 'unread' : 'error', error: error('malformed', what) };
  }
  if (code !== OUTER_SUCCESS) {
    if (isAnyMatch(settings.notFoundCodes, answerCodes)) return { kind: 'not-found', code, message };
    const what = `TiPay answered code ${code}`;
    if (isAnyMatch(settings.temporaryCodes, answerCodes)) return { kind: 'error', error: error('try-later', what) };
    const kind = isAnyMatch(settings.misconfiguredCodes, answerCodes) ? 'misconfigured' : 'rejected';
    return { kind: 'refused', code, message, error: error(kind, what) };
  }
  const isGood = inner.code === null || settings.dataSuccessCodes.includes(inner.code);
  if (!success || !isGood) return innerNo(answerCodes, settings, call);
  if (data === null || data === undefined) return { kind: 'empty', data };
  if (result instanceof ProviderError) return { kind: 'unread', error: result };
  return { kind: 'data', data };
}

/**
 * A no inside an answer whose outer code is success: YeePay's own code, in the sample only (D), or `success`
 * (I).
 */
function innerNo(answerCodes: AnswerCodes, settings: TiPaySettings, call: Call): TiPayVerdict {
  const isInner = answerCodes.dataCode !== null && !settings.dataSuccessCodes.includes(answerCodes.dataCode);
  const code = isInner && answerCodes.dataCode !== null ? answerCodes.dataCode : answerCodes.code;
  const message = (isInner ? answerCodes.words.at(-1) : answerCodes.words.at(0)) ?? NO_WORDS;
  if (isAnyMatch(settings.notFoundCodes, answerCodes)) return { kind: 'not-found', code, message };
  const what = isInner ? `TiPay answered data.code ${code}` : `TiPay answered code ${code} without success`;
  const words = { providerCode: code, providerMessage: message };
  if (isAnyMatch(settings.unclearDataCodes, answerCodes)) {
    return { kind: 'error', error: failure(call, 'try-later', true, what, words) };
  }
  return { kind: 'inner-no', code, message, error: failure(call, 'rejected', true, what, words) };
}

/**
 * Whether the same refund may succeed when it is submitted again, under the same refundRequestId (P): not
 * where its amount is the cause.
 */
export const mayRetry = ({ amountCodes }: TiPaySettings, code: string, words: string): boolean =>
  !isAnyMatch(amountCodes, { code, dataCode: null, words: [words] });

/** An HTTP failure with TiPay's own body is an answer; a server in front of it does not write `success`. */
export function readFailure(json: Json, settings: TiPaySettings, call: Call): ProviderError | null {
  const answer = readAnswer(tiPayAnswer, json, call);
  if (answer instanceof ProviderError || typeof answer.success !== 'boolean') return null;
  const verdict = verdictOf(json, settings, call);
  if ('error' in verdict && verdict.error.kind !== 'malformed') return verdict.error;
  return failure(call, 'try-later', true, `TiPay answered code ${answer.code} in an HTTP failure`);
}
