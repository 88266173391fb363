/** The bodies of callbacks, read without ever throwing: what can't be read is refused with a reason. */
import type { Json } from '../../refunds/refund.ts';
import type { CallbackReading, CallbackRequest } from '../provider.ts';
import { asReceived, NotJsonError, parseJson, withoutMembers } from './json.ts';

/** The media type of a Content-Type header, without its parameters and in lower case. */
export const mediaType = (contentType: string): string => (contentType.split(';')[0] ?? '').trim().toLowerCase();

/** Bytes as UTF-8 text; undefined when they are none. */
export function utf8Text(body: Buffer): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch {
    return undefined;
  }
}

/** Text as JSON; undefined when it is none. */
export function jsonIn(text: string | undefined): Json | undefined {
  if (text === undefined) return undefined;
  try {
    return parseJson(text);
  } catch (problem) {
    if (problem instanceof NotJsonError) return undefined;
    throw problem;
  }
}

/** Whether JSON is an object. */
export const hasMembers = (json: Json | undefined): json is Readonly<Record<string, Json>> =>
  typeof json === 'object' && json !== null && !Array.isArray(json);

/**
 * A body as text without these members of its outermost level. Null where it is neither a form nor a JSON
 * object: they could stand anywhere in it.
 */
export function bodyWithout(
  names: ReadonlySet<string>,
  { contentType, body }: Pick<CallbackRequest, 'contentType' | 'body'>,
): string | null {
  const text = utf8Text(body);
  switch (mediaType(contentType)) {
    case 'application/json': {
      const json = jsonIn(text);
      return hasMembers(json) ? asReceived(withoutMembers(json, names)) : null;
    }
    case 'application/x-www-form-urlencoded': {
      if (text === undefined) return null;
      const form = new URLSearchParams(text);
      for (const name of names) form.delete(name);
      return form.toString();
    }
    default:
      return null;
  }
}

/** A callback that is not believed, with the reason for the operator. */
export const rejected = (reason: string): CallbackReading => ({ kind: 'rejected', reason });
