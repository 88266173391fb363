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

/** Codes after which it is not known whether a mutation was done. */
const OPEN_ENDED = new Set(['OFFLINE', 'UNAVAILABLE', 'INTERNAL_SERVER_ERROR']);

/** Whether the server may have done what was asked, although no answer says so. */
export const mayHaveHappened = (error: unknown): boolean =>
  !(error instanceof ApiFailure) || OPEN_ENDED.has(error.code) || error.code.startsWith('PROVIDER_');

/** The failure that something thrown stands for. */
export function failureOf(error: unknown): ApiFailure {
  if (error instanceof ApiFailure) return error;
  return new ApiFailure('DESK', error instanceof Error ? error.message : String(error));
}
