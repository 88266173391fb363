/** The member `reconciliation` of the configuration file: when unfinished refunds are queried. */
import { z } from 'zod';

/** 2 s, 5 s, 10 s, 20 s, 40 s, 1 min, 2 min, 5 min, 10 min, 30 min, then every hour. */
const PAUSES = [2, 5, 10, 20, 40, 60, 120, 300, 600, 1800, 3600];

export const reconciliationSettings = z.strictObject({
  pausesSeconds: z
    .array(z.number().min(0.1).max(86_400))
    .min(1)
    .max(50)
    .default(PAUSES)
    .describe('Seconds between the queries about an unfinished refund; the last one repeats until it is finished.'),
  giveUpAfterSeconds: z
    .number()
    .min(1)
    .max(30 * 86_400)
    .default(1800)
    .describe(
      'A refund that the provider has not got so long after its last send becomes FAILED, with the code NOT_ACCEPTED.',
    ),
  lateArrivalSeconds: z
    .number()
    .min(0)
    .max(3600)
    .default(5)
    .describe("How long after the account's timeout a lost request may still arrive: until then it is not sent again."),
  sweepSeconds: z
    .number()
    .min(1)
    .max(3600)
    .default(60)
    .describe('How often unfinished refunds that nobody queries are looked for.'),
});
export type ReconciliationSettings = z.infer<typeof reconciliationSettings>;

/** What holds where the file says nothing. */
export const DEFAULT_RECONCILIATION: ReconciliationSettings = reconciliationSettings.parse({});
