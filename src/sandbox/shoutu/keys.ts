/** Shoutu's ids and secret. The ids are the examples of its page. */
import { randomBytes } from 'node:crypto';
import { z } from 'zod';

export const shoutuKeys = z.object({ appId: z.string(), tenantId: z.string(), secret: z.string() });
export type ShoutuKeys = z.infer<typeof shoutuKeys>;

export const newShoutuKeys = (): ShoutuKeys => ({
  appId: 'Aleph001',
  tenantId: 'a000001',
  secret: randomBytes(32).toString('hex'),
});
