/** Why an answer did not come. */

/** What a screen can do about it hangs on `code`: OFFLINE is ours, the others are of docs/frontend.md. */
export class ApiFailure extends Error {
  override readonly name = 'ApiFailure';
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/** Codes with which the server refuses a request before it does anything of it. */
const NOTHING_DONE: ReadonlySet<string> = new Set([
  'BAD_USER_INPUT',
  'BAD_REQUEST',
  'UNSUPPORTED_MEDIA_TYPE',
  'DOCUMENT_NOT_TRUSTED',
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'UNAUTHENTICATED',
  'FORBIDDEN',
  'RATE_LIMITED',
]);

/**
 * Whether the server may have done what this request asked, although no answer says so. It tells nothing of
 * an earlier request with the same key: that one may have arrived.
 */
export const mayHaveHappened = (error: unknown): boolean =>
  !(error instanceof ApiFailure) || !(NOTHING_DONE.has(error.code) || error.code.startsWith('QUERY_'));

/** The failure that something thrown stands for. */
export function failureOf(error: unknown): ApiFailure {
  if (error instanceof ApiFailure) return error;
  return new ApiFailure('DESK', error instanceof Error ? error.message : String(error));
}
