/** Secrets and keys of the three accounts. Made once, kept in the state, so that a restart signs with the same ones. */
import { generateKeyPair, randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import { z } from 'zod';

const pair = z.object({
  /** Base64 of PKCS#8 DER, without armour: the form in which BluePay's page prints keys. */
  privateKey: z.string(),
  /** Base64 of SPKI DER, without armour. */
  publicKey: z.string(),
});
export type KeyPair = z.infer<typeof pair>;

export const keysSchema = z.object({
  shoutu: z.object({ appId: z.string(), tenantId: z.string(), secret: z.string() }),
  bluepay: z.object({ appId: z.string(), merchant: pair, platform: pair }),
  tipay: z.object({ appId: z.string(), appKey: z.string(), merchantNo: z.string(), platform: pair }),
});
export type Keys = z.infer<typeof keysSchema>;

const makePair = promisify(generateKeyPair);

async function newPair(): Promise<KeyPair> {
  const { privateKey, publicKey } = await makePair('rsa', {
    modulusLength: 2048,
    privateKeyEncoding: { type: 'pkcs8', format: 'der' },
    publicKeyEncoding: { type: 'spki', format: 'der' },
  });
  return { privateKey: privateKey.toString('base64'), publicKey: publicKey.toString('base64') };
}

/** New keys and secrets. The ids are the providers' own examples; three RSA pairs of 2048 bits take a moment. */
export async function newKeys(): Promise<Keys> {
  const [merchant, bluepayPlatform, tipayPlatform] = await Promise.all([newPair(), newPair(), newPair()]);
  return {
    shoutu: { appId: 'Aleph001', tenantId: 'a000001', secret: randomBytes(32).toString('hex') },
    bluepay: { appId: '733b887a4a784708bb369524db5b6ded', merchant, platform: bluepayPlatform },
    tipay: {
      appId: 'tichain000000',
      appKey: randomBytes(24).toString('hex'),
      merchantNo: '10012426723',
      platform: tipayPlatform,
    },
  };
}
