/** The member `mirror` of the configuration file: the copy of what providers list. */
import { z } from 'zod';

export const mirrorSettings = z.strictObject({
  enabled: z
    .boolean()
    .default(true)
    .describe('Copy the lists of providers that have one, so that every filter is answered whole.'),
  pauseSeconds: z
    .number()
    .min(1)
    .max(86_400)
    .default(30)
    .describe('How long after one look for new refunds the next one begins.'),
  pagesPerSecond: z
    .number()
    .min(0.01)
    .max(100)
    .default(2)
    .describe('Most pages that are asked for in a second, of each account.'),
});
export type MirrorSettings = z.infer<typeof mirrorSettings>;

/** What holds where the file says nothing. */
export const DEFAULT_MIRROR: MirrorSettings = mirrorSettings.parse({});
