/** Shoutu's signature: the rule of the Jeepay family (inferred; see the provider's page). */
import { createHash, timingSafeEqual } from 'node:crypto';

/** The text that is hashed: members with a value, sorted by name; a nested value is its compact JSON text. */
export function signedText(members: Readonly<Record<string, unknown>>, secret: string): string {
  const pairs = Object.keys(members)
    .filter((name) => name !== 'sign' && members[name] !== null && members[name] !== undefined && members[name] !== '')
    .toSorted()
    .map((name) => {
      const value = members[name];
      return `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`;
    });
  return [...pairs, `key=${secret}`].join('&');
}

/** Upper-case hex MD5 of the signed text in UTF-8. */
export const signShoutu = (members: Readonly<Record<string, unknown>>, secret: string): string =>
  createHash('md5').update(signedText(members, secret), 'utf8').digest('hex').toUpperCase();

/** Whether a signature fits, upper or lower case. */
export function fitsShoutu(members: Readonly<Record<string, unknown>>, sign: string, secret: string): boolean {
  const expected = Buffer.from(signShoutu(members, secret));
  const given = Buffer.from(sign.toUpperCase());
  return given.length === expected.length && timingSafeEqual(given, expected);
}
