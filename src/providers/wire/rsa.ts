/**
 * RSA keys as operators hand them over, and PKCS#1 v1.5 signatures with them. No message here ever holds key
 * text.
 */
import { constants, createPrivateKey, createPublicKey, sign, verify, type KeyObject } from 'node:crypto';
import { z } from 'zod';

export const RSA_HASHES = ['SHA256', 'SHA1'] as const;
/** The digest of a signature: SHA256withRSA or SHA1withRSA in the providers' words. */
export type RsaHash = (typeof RSA_HASHES)[number];

type KeyKind = 'private' | 'public';
/** PEM labels and DER containers that hold each kind of key: PKCS#8 and PKCS#1, SPKI and PKCS#1. */
const CONTAINERS = {
  private: { labels: ['PRIVATE KEY', 'RSA PRIVATE KEY'], types: ['pkcs8', 'pkcs1'] },
  public: { labels: ['PUBLIC KEY', 'RSA PUBLIC KEY'], types: ['spki', 'pkcs1'] },
} as const;

/**
 * A member of an account's settings that is an RSA key: PEM, or the Base64 of its DER without armour (PKCS#8
 * private, SPKI public, PKCS#1 tolerated). Line breaks may be written as `\n`, as environment variables often
 * hold them. Parses to a key object, which prints as nothing; a bad key is an issue of the member that holds
 * it.
 */
export const rsaKeySetting = (kind: KeyKind) =>
  z.string().transform((text, context): KeyObject => {
    const key = readRsaKey(text, kind);
    if (typeof key !== 'string') return key;
    context.addIssue({ code: 'custom', message: key });
    return z.NEVER;
  });

/** Reads a key, or says in a sentence why the text is none. */
export function readRsaKey(text: string, kind: KeyKind): KeyObject | string {
  const plain = text.replaceAll('\\n', '\n').trim();
  if (plain === '') return `expected an RSA ${kind} key, got nothing`;
  const label = /^-----BEGIN ([A-Z0-9 ]{1,30})-----/.exec(plain)?.[1];
  if (label !== undefined && !CONTAINERS[kind].labels.some((known) => known === label)) {
    return `expected an RSA ${kind} key, got PEM with the label "${label}"`;
  }
  const key = label === undefined ? readDer(plain, kind) : readPem(plain, kind);
  if (key === null) return `expected an RSA ${kind} key as PEM or as the Base64 of its DER, got text that is neither`;
  if (key.asymmetricKeyType !== 'rsa') return `expected an RSA ${kind} key, got one of another algorithm`;
  return key;
}

function readPem(pem: string, kind: KeyKind): KeyObject | null {
  return attempt(() => (kind === 'private' ? createPrivateKey(pem) : createPublicKey(pem)));
}

function readDer(base64: string, kind: KeyKind): KeyObject | null {
  const key = decodeBase64(base64);
  if (key === null) return null;
  const secret = firstOf(CONTAINERS.private.types, (type) => createPrivateKey({ key, format: 'der', type }));
  if (kind === 'private') return secret;
  // OpenSSL would take the public half of a private key; who hands that over has mixed up two settings.
  return secret ? null : firstOf(CONTAINERS.public.types, (type) => createPublicKey({ key, format: 'der', type }));
}

function firstOf<Type>(types: readonly Type[], read: (type: Type) => KeyObject): KeyObject | null {
  for (const type of types) {
    const key = attempt(() => read(type));
    if (key) return key;
  }
  return null;
}

/** OpenSSL's own words for a bad key say nothing that an operator can use. */
function attempt(read: () => KeyObject): KeyObject | null {
  try {
    return read();
  } catch {
    return null;
  }
}

/** Signs the UTF-8 bytes of a text; Base64. */
export function signText(text: string, key: KeyObject, hash: RsaHash): string {
  return sign(hash, Buffer.from(text), { key, padding: constants.RSA_PKCS1_PADDING }).toString('base64');
}

/**
 * Whether a Base64 signature holds over the UTF-8 bytes of a text. False for text that has no UTF-8 bytes of
 * its own (a lone surrogate would be signed as U+FFFD, so that another text than the signed one would pass).
 */
export function verifyText(text: string, signature: string, key: KeyObject, hash: RsaHash): boolean {
  const bytes = decodeBase64(signature);
  if (bytes === null || !text.isWellFormed()) return false;
  return verify(hash, Buffer.from(text), { key, padding: constants.RSA_PKCS1_PADDING }, bytes);
}

/** Decodes Base64, white space allowed; null unless it is exactly what an encoder would have written. */
function decodeBase64(text: string): Buffer | null {
  const joined = text.replaceAll(/\s/g, '');
  const bytes = Buffer.from(joined, 'base64');
  return bytes.length > 0 && bytes.toString('base64') === joined ? bytes : null;
}
