/** The bodies of callbacks, read without ever throwing: what can't be read is refused with a reason. */
import type { Json } from '../../refunds/refund.ts';
import { NotJsonError, parseJson } from './json.ts';
import type { CallbackReading } from '../provider.ts';

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

/** A callback that is not believed, with the reason for the operator. */
export const rejected = (reason: string): CallbackReading => ({ kind: 'rejected', reason });
