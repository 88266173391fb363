/** TiPay's key of the merchant, and the platform's pair for callbacks. The ids are the page's examples. */
import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { keyPair, newKeyPair } from '../state/key-pair.ts';

export const tiPayKeys = z.object({
  appId: z.string(),
  appKey: z.string(),
  merchantNo: z.string(),
  platform: keyPair,
});
export type TiPayKeys = z.infer<typeof tiPayKeys>;

export const newTiPayKeys = async (): Promise<TiPayKeys> => ({
  appId: 'tichain000000',
  appKey: randomBytes(24).toString('hex'),
  merchantNo: '10012426723',
  platform: await newKeyPair(),
});
