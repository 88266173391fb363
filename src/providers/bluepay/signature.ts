/** BluePay's envelope: the business object travels as JSON text, and exactly that text is signed (D, P). */
import type { KeyObject } from 'node:crypto';
import { compactJson } from '../wire/json.ts';
import { signText, type RsaHash } from '../wire/rsa.ts';

/** The request body `{ appId, param, sign }`; `sign` is Base64 over the very text that is sent as `param`. */
export function envelope(
  param: string,
  signer: { readonly appId: string; readonly privateKey: KeyObject; readonly hash: RsaHash },
): string {
  return compactJson({ appId: signer.appId, param, sign: signText(param, signer.privateKey, signer.hash) });
}
