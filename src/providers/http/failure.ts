/**
 * Everything that HTTP can do to a call, sorted into the one error of this room. No message holds a body or
 * an address.
 */
import type { AccountKey } from '../../refunds/ids.ts';
import type { Json } from '../../refunds/refund.ts';
import { ProviderError, type ProviderErrorFacts, type ProviderErrorKind } from '../errors.ts';
import { BadBodyError, TOO_LARGE, jsonOf, refusalOf } from './body.ts';
import type { ExchangeFailure, HttpAnswer } from './exchange.ts';

/** Whose call it was. */
export interface Call {
  readonly account: AccountKey;
  readonly operation: string;
}

/** A ProviderError whose message begins with the call. */
export function failure(
  call: Call,
  kind: ProviderErrorKind,
  sent: boolean,
  what: string,
  more: Partial<
    Pick<ProviderErrorFacts, 'httpStatus' | 'slowDown' | 'providerCode' | 'providerMessage' | 'member' | 'cause'>
  > = {},
): ProviderError {
  return new ProviderError({ ...call, kind, sent, message: `${call.account}: ${call.operation}: ${what}`, ...more });
}

/**
 * What the wing makes of the body of an HTTP failure: the error that its code means, null where the body is
 * not the provider's.
 */
export type ReadFailure = (json: Json, httpStatus: number) => ProviderError | null;

/** The wing's word on HTTP failures; what it does not judge is judged by the HTTP status. */
interface Judged {
  readonly readFailure?: ReadFailure;
  /** Whether the body of a refused request is the answer to it: a 404 may mean "no such refund". */
  readonly isAnswer?: (json: Json, httpStatus: number) => boolean;
}

/** An answer that arrived whole: its JSON, or the error that it is. */
export async function answerOrError(call: Call, answer: HttpAnswer, judged: Judged): Promise<Json | ProviderError> {
  if (answer.status < 200 || answer.status > 299) return httpFailure(call, answer, judged);
  try {
    return await jsonOf(answer);
  } catch (problem) {
    if (!(problem instanceof BadBodyError)) throw problem;
    return failure(call, 'malformed', true, problem.message, { httpStatus: answer.status });
  }
}

/**
 * Statuses that a provider may give its answer under. A server that failed, gave up (408) or is asked too
 * often (429) tells nothing about the refund, whatever its body says.
 */
const mayAnswer = (status: number): boolean => status >= 400 && status < 500 && status !== 408 && status !== 429;

async function httpFailure(
  call: Call,
  answer: HttpAnswer,
  { readFailure, isAnswer }: Judged,
): Promise<Json | ProviderError> {
  const { status } = answer;
  const json = await jsonOf(answer).catch((problem: unknown) => {
    if (problem instanceof BadBodyError) return null;
    throw problem;
  });
  if (json !== null && mayAnswer(status) && isAnswer?.(json, status)) return json;
  const meaning = statusMeaning(status);
  const { what } = meaning;
  // A server that failed in its own words was reached and has answered.
  const own = meaning.kind === 'unavailable' && json !== null ? (readFailure?.(json, status) ?? null) : null;
  const { kind, slowDown = false } = own ?? meaning;
  const refusal = refusalOf(json);
  return failure(call, kind, true, refusal ? `${what}, code ${refusal.code}` : what, {
    httpStatus: status,
    slowDown,
    ...(refusal && { providerCode: refusal.code }),
    ...(refusal?.message != null && { providerMessage: refusal.message }),
  });
}

function statusMeaning(status: number): { kind: ProviderErrorKind; what: string; slowDown?: boolean } {
  if (status >= 500) return { kind: 'unavailable', what: `the provider answered HTTP ${status}` };
  switch (status) {
    case 429:
      return { kind: 'try-later', what: 'too many requests (HTTP 429)', slowDown: true };
    case 408:
      // The front gave up, whatever became of the request behind it.
      return { kind: 'unavailable', what: 'the provider gave up waiting (HTTP 408)' };
    case 401:
    case 403:
      return { kind: 'misconfigured', what: `not admitted (HTTP ${status}): check the ids and keys of the account` };
    case 404:
      return { kind: 'misconfigured', what: 'no such address (HTTP 404): check baseUrl and paths' };
  }
  if (status >= 400) return { kind: 'rejected', what: `the provider refused (HTTP ${status})` };
  // A signed request is not carried to another address.
  return { kind: 'misconfigured', what: `a redirect or nothing of use (HTTP ${status}): check baseUrl` };
}

/**
 * Codes of a connection that never stood. Only the words come from here; `sent` decides what they mean for
 * money.
 */
const CONNECT_WORDS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'the connection was refused',
  ENOTFOUND: 'the host name is unknown',
  EAI_AGAIN: 'the host name could not be looked up',
  UND_ERR_CONNECT_TIMEOUT: 'no connection in time',
};
const NO_HTTP = /^(HPE_|HTTPParserError$|UND_ERR_HEADERS_OVERFLOW$)/;
const CERTIFICATE = /^(ERR_TLS|ERR_SSL|ERR_OSSL|EPROTO|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO)/;

/** No answer, or one that broke off. Not for a deadline: see `timedOut`. */
export function exchangeError(call: Call, { sent, status, code }: ExchangeFailure): ProviderError {
  const at = status === null ? {} : { httpStatus: status };
  if (status !== null && (status < 200 || status > 299)) {
    const { kind, what, slowDown = false } = statusMeaning(status);
    return failure(call, kind, sent, what, { ...at, slowDown });
  }
  if (code === 'TOO_LARGE') return failure(call, 'malformed', sent, TOO_LARGE, at);
  if (NO_HTTP.test(code)) {
    return failure(call, 'malformed', sent, `the answer is no HTTP (${code})`, at);
  }
  if (sent) return failure(call, 'unavailable', true, `the connection broke before the answer was whole (${code})`, at);
  if (CERTIFICATE.test(code)) {
    return failure(call, 'misconfigured', false, `no secure connection (${code}): check baseUrl and its certificate`);
  }
  if (code === 'UND_ERR_INVALID_ARG') {
    return failure(call, 'misconfigured', false, 'the request can not be written: check ids and paths of the account');
  }
  return failure(call, 'unavailable', false, `${CONNECT_WORDS[code] ?? 'no connection'} (${code})`);
}

/** The deadline passed, or everybody who waited has gone. */
export function timedOut(
  call: Call,
  {
    sent,
    isAbandoned,
    timeoutMs,
  }: { readonly sent: boolean; readonly isAbandoned: boolean; readonly timeoutMs: number },
): ProviderError {
  const where = sent ? 'no whole answer' : 'not sent yet';
  return failure(call, 'timed-out', sent, `${where} ${isAbandoned ? 'when it was given up' : `after ${timeoutMs} ms`}`);
}

/** The breaker is open. */
export const notTried = (call: Call): ProviderError =>
  failure(call, 'unavailable', false, 'not tried, because the last calls failed; tried again in a few seconds');

/** Too many calls of the same lane wait already. */
export const overloaded = (call: Call): ProviderError =>
  failure(call, 'unavailable', false, 'not tried, because too many calls wait already');

/** The wing could not make the request, so that not even its name is known. */
export const notMade = (account: AccountKey, cause: unknown): ProviderError =>
  failure({ account, operation: 'make a request' }, 'misconfigured', false, 'it could not be made or signed', {
    cause,
  });

/** The account is being closed, with the server. */
export const closing = (account: AccountKey): ProviderError =>
  failure({ account, operation: 'send a request' }, 'unavailable', false, 'the account is being closed');
