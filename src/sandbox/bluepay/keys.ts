/** BluePay's keys: a pair of the merchant's and one of the platform's. The id is the example of its page. */
import { z } from 'zod';
import { keyPair, newKeyPair } from '../state/key-pair.ts';

export const bluePayKeys = z.object({ appId: z.string(), merchant: keyPair, platform: keyPair });
export type BluePayKeys = z.infer<typeof bluePayKeys>;

export async function newBluePayKeys(): Promise<BluePayKeys> {
  const [merchant, platform] = await Promise.all([newKeyPair(), newKeyPair()]);
  return { appId: '733b887a4a784708bb369524db5b6ded', merchant, platform };
}
