/** TiPay's two signatures: SHA-256 over the inputs of a call, RSA with SHA-1 over a callback's `response`. */
import { createHash, createPrivateKey, createPublicKey, sign, timingSafeEqual, verify } from 'node:crypto';

/** Lower-case hex SHA-256 of `ParamsJson + Timestamp + AppKey` (documented). */
export const signTiPay = (paramsJson: string, timestamp: string, appKey: string): string =>
  createHash('sha256')
    .update(paramsJson + timestamp + appKey, 'utf8')
    .digest('hex');

/** What is signed of a call, and its signature. */
interface SignedCall {
  readonly paramsJson: string;
  readonly timestamp: string;
  readonly signature: string;
}

/** Whether a call's signature fits. */
export function fitsTiPay({ paramsJson, timestamp, signature }: SignedCall, appKey: string): boolean {
  const expected = Buffer.from(signTiPay(paramsJson, timestamp, appKey));
  const given = Buffer.from(signature);
  return given.length === expected.length && timingSafeEqual(given, expected);
}

/** The ParamsJson of a GET (inferred): compact JSON of its query parameters as text, in the order sent. */
export const queryJson = (search: string): string =>
  `{${[...new URLSearchParams(search)].map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`).join(',')}}`;

/** Base64 of SHA1withRSA over a callback's response text, with a PKCS#8 key in Base64 (public page). */
export function signTiPayCallback(response: string, privateKey: string): string {
  const key = createPrivateKey({ key: Buffer.from(privateKey, 'base64'), format: 'der', type: 'pkcs8' });
  return sign('sha1', Buffer.from(response, 'utf8'), key).toString('base64');
}

/** Whether a callback's signature fits this SPKI key (Base64): what a merchant would check. */
export function fitsTiPayCallback(response: string, signature: string, publicKey: string): boolean {
  const key = createPublicKey({ key: Buffer.from(publicKey, 'base64'), format: 'der', type: 'spki' });
  return verify('sha1', Buffer.from(response, 'utf8'), key, Buffer.from(signature, 'base64'));
}
