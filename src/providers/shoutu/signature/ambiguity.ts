/**
 * Whether the signed text of a callback could also be something else. `k=v&k=v` is signed without escaping: a
 * value that holds `&refundState=3` gives the same text as one member more, and so does the text of our own
 * request.
 */
import { jsonIn } from '../../wire/callback-body.ts';
import { TWO_NAMES } from '../record-names.ts';
import type { SignedMember } from './signature.ts';

/** Members of our requests; a record has none of them (D). */
const OF_REQUESTS = ['notifyUrl', 'queryPage', 'tenantId'];

/** `&name=`: from here on a value could be read as another member. */
const LOOKS_LIKE_A_MEMBER = /&[A-Za-z_]\w*=/;

/** Why these members are not certainly what was signed, in a sentence part; null: they are. */
export function ambiguityOf(signed: readonly SignedMember[], ownNames: readonly string[]): string | null {
  const names = new Set(signed.map(({ name }) => name));
  if ([...OF_REQUESTS, ...ownNames].some((name) => names.has(name))) return 'its text could be a request of ours';
  if (signed.some(({ name }) => /[&=]/.test(name)) || signed.some(({ text }) => LOOKS_LIKE_A_MEMBER.test(text))) {
    return 'its text can be cut into other members';
  }
  // JSON that was cut in the middle: what follows it came out of a value.
  if (signed.some(({ text }) => /^[{[]/.test(text) && jsonIn(text) === undefined)) return 'a member of it is cut';
  if (TWO_NAMES.some((pair) => pair.every((name) => names.has(name)))) return 'it names one member twice';
  return null;
}
