/** GraphQL answers, read without trust: what comes may be of a proxy in front of the server. */
import { ApiFailure } from './failure.ts';

export type Fields = Readonly<Record<string, unknown>>;

export const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** What the first of some errors says; null: there are none. */
export function failureIn(errors: unknown): ApiFailure | null {
  const first: unknown = Array.isArray(errors) ? errors[0] : undefined;
  if (!isFields(first)) return null;
  const code = isFields(first['extensions']) ? first['extensions']['code'] : null;
  const message = first['message'];
  return new ApiFailure(typeof code === 'string' ? code : 'DESK', typeof message === 'string' ? message : 'DESK');
}
