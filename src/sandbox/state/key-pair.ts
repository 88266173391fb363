/** RSA keys of 2048 bits, in the form in which the providers' pages print them. */
import { generateKeyPair } from 'node:crypto';
import { promisify } from 'node:util';
import { z } from 'zod';

export const keyPair = z.object({
  /** Base64 of PKCS#8 DER, without armour. */
  privateKey: z.string(),
  /** Base64 of SPKI DER, without armour. */
  publicKey: z.string(),
});
type KeyPair = z.infer<typeof keyPair>;

const makePair = promisify(generateKeyPair);

/** A new pair; it takes a moment. */
export async function newKeyPair(): Promise<KeyPair> {
  const { privateKey, publicKey } = await makePair('rsa', {
    modulusLength: 2048,
    privateKeyEncoding: { type: 'pkcs8', format: 'der' },
    publicKeyEncoding: { type: 'spki', format: 'der' },
  });
  return { privateKey: privateKey.toString('base64'), publicKey: publicKey.toString('base64') };
}
