/**
 * The signature of requests and callbacks, by the rule of the Jeepay family (shoutu.md, inferred), and that
 * of the OpenAPI route.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import { formatWallTime } from '../../../refunds/wall-time.ts';
import type { WingParts } from '../../wing.ts';
import { compactJson, sortedJson, type WritableJson } from '../../wire/json.ts';
import type { HeaderSignature } from '../settings.ts';

export interface SignatureRule {
  readonly secret: string;
  /** How a nested value counts: as its compact JSON text, not at all, or as JSON with sorted keys. */
  readonly nested: 'compact' | 'omit' | 'sorted';
}

/**
 * Members of a request as they are sent, or of a callback as `parseJson` gave them (numbers as their source
 * text).
 */
export type SignedMembers = Readonly<Record<string, WritableJson | undefined>>;

/** The members that are signed, by name: those that say something, with their values as text. */
export function signedMembers(members: SignedMembers, nested: SignatureRule['nested']): readonly SignedMember[] {
  const signed: SignedMember[] = [];
  for (const name of Object.keys(members).toSorted()) {
    const value = members[name];
    if (name === 'sign' || value === undefined || value === null || value === '') continue;
    if (typeof value !== 'object') signed.push({ name, text: String(value) });
    else if (nested !== 'omit')
      signed.push({ name, text: nested === 'sorted' ? sortedJson(value) : compactJson(value) });
  }
  return signed;
}

export interface SignedMember {
  readonly name: string;
  readonly text: string;
}

/** `k=v` joined with `&`. Nothing is escaped: a value may look like further members. */
export const joinedMembers = (signed: readonly SignedMember[]): string =>
  signed.map(({ name, text }) => `${name}=${text}`).join('&');

/** The text that is hashed: the members, then the key. Holds the secret. */
export function signedText(members: SignedMembers, { secret, nested }: SignatureRule): string {
  const joined = joinedMembers(signedMembers(members, nested));
  return joined === '' ? `key=${secret}` : `${joined}&key=${secret}`;
}

/** MD5 over UTF-8, upper-case hex. */
export const sign = (members: SignedMembers, rule: SignatureRule): string =>
  digest(members, rule).toString('hex').toUpperCase();

/** Whether a signature in hex of either case holds over the members; in constant time. */
export function verify(members: SignedMembers, signature: string, rule: SignatureRule): boolean {
  return /^[0-9a-f]{32}$/i.test(signature) && timingSafeEqual(Buffer.from(signature, 'hex'), digest(members, rule));
}

const digest = (members: SignedMembers, rule: SignatureRule): Buffer =>
  createHash('md5').update(signedText(members, rule), 'utf8').digest();

/**
 * The four headers of a call on the OpenAPI route. Their names and forms are public (P), the rule of lk-sign
 * is not. It is the MD5 of the setting's text in lower-case hex, as the samples look: the library must tell
 * that text.
 */
export function headerSignature(
  { appId, secret, text }: HeaderSignature,
  body: string,
  source: Pick<WingParts, 'clock' | 'random'> & { readonly timeZone: string },
) {
  const time = formatWallTime(source.clock(), source.timeZone);
  const nonce = Array.from({ length: 32 }, () => Math.floor(source.random() * 16).toString(16)).join('');
  const values: Readonly<Record<string, string>> = { appId, time, nonce, body, secret };
  const filled = text.replaceAll(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole);
  const sign = createHash('md5').update(filled, 'utf8').digest('hex');
  return { 'lk-appid': appId, 'lk-time': time, 'lk-nonce': nonce, 'lk-sign': sign };
}
