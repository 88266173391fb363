/** BluePay's signature: Base64 of RSA PKCS#1 v1.5 with SHA-256 over the text of `param` (public page). */
import { createPrivateKey, createPublicKey, sign, verify } from 'node:crypto';

/** Signs a param text with a PKCS#8 key in Base64 without armour. */
export function signBluePay(param: string, privateKey: string): string {
  const key = createPrivateKey({ key: Buffer.from(privateKey, 'base64'), format: 'der', type: 'pkcs8' });
  return sign('sha256', Buffer.from(param, 'utf8'), key).toString('base64');
}

/**
 * Whether a signature was made over this very text by the holder of this SPKI key (Base64 without armour). It
 * must be spelt as an encoder writes it. Node's decoder takes other spellings of the same bytes, too, which
 * the real platform may refuse.
 */
export function fitsBluePay(param: string, signature: string, publicKey: string): boolean {
  const bytes = Buffer.from(signature, 'base64');
  if (bytes.toString('base64') !== signature) return false;
  const key = createPublicKey({ key: Buffer.from(publicKey, 'base64'), format: 'der', type: 'spki' });
  return verify('sha256', Buffer.from(param, 'utf8'), key, bytes);
}
