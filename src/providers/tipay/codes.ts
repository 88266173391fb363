/** What the codes of TiPay's answers mean. Beyond the two successes nothing is published. */
import type { Json } from '../../refunds/refund.ts';
import { ProviderError, type ProviderErrorKind } from '../errors.ts';
import { failure, type Call } from '../transport-failure.ts';
import { readAnswer } from '../wire-members.ts';
import type { TiPaySettings } from './settings.ts';
import { tiPayAnswer, tiPayResult } from './wire.ts';

/** The outer success (D). It only means that the call was understood; `data.status` tells what became of it (P). */
export const OUTER_SUCCESS = '200';

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

/** Sorts an answer by its outer code and success, then by `data.code`. What `data.status` says is `map.ts`'s matter. */
export function verdictOf(json: Json, settings: TiPaySettings, call: Call): TiPayVerdict {
  const answer = readAnswer(tiPayAnswer, json, call);
  if (answer instanceof ProviderError) return { kind: 'error', error: answer };
  const { code, success, data } = answer;
  const message = answer.msg ?? 'TiPay gave no reason';
  const said = { providerCode: code, providerMessage: message };
  const error = (kind: ProviderErrorKind, what: string): ProviderError => failure(call, kind, true, what, said);
  // Needed (D). Without it this may be a server in front of TiPay, whose 404 knows of no refunds.
  if (typeof success !== 'boolean') {
    const what = `the answer can't be read: success: expected true or false beside code ${code}`;
    return { kind: code === OUTER_SUCCESS ? 'unread' : 'error', error: error('malformed', what) };
  }
  if (settings.notFoundCodes.includes(code)) return { kind: 'not-found', code, message };
  if (code !== OUTER_SUCCESS) {
    const what = `TiPay answered code ${code}`;
    if (settings.temporaryCodes.includes(code)) return { kind: 'error', error: error('unavailable', what) };
    const kind = settings.misconfiguredCodes.includes(code) ? 'misconfigured' : 'rejected';
    return { kind: 'refused', code, message, error: error(kind, what) };
  }
  if (!success)
    return { kind: 'inner-no', code, message, error: error('rejected', 'TiPay answered code 200 without success') };
  if (data === null || data === undefined) return { kind: 'empty', data };
  const result = readAnswer(tiPayResult, data, call, ['data']);
  if (result instanceof ProviderError) return { kind: 'unread', error: result };
  // YeePay's own success inside (D, in the sample only: it may be absent).
  if (result.code === null || settings.dataSuccessCodes.includes(result.code)) return { kind: 'data', data };
  if (settings.notFoundCodes.includes(result.code)) {
    return { kind: 'not-found', code: result.code, message: result.message ?? message };
  }
  const inner = { providerCode: result.code, ...(result.message !== null && { providerMessage: result.message }) };
  const what = `TiPay answered data.code ${result.code}`;
  if (settings.unclearDataCodes.includes(result.code)) {
    return { kind: 'error', error: failure(call, 'unavailable', true, what, inner) };
  }
  return {
    kind: 'inner-no',
    code: result.code,
    message: result.message ?? message,
    error: failure(call, 'rejected', true, what, inner),
  };
}
