/** Pieces of what the ledger keeps as JSON. */
import { z } from 'zod';
import { ATTENTION_REASONS, type Json } from '../../refunds/refund.ts';

export const money = z.object({
  minorUnits: z
    .string()
    .regex(/^-?\d+$/)
    .transform(BigInt),
  currency: z.string(),
});
export const instant = z.iso.datetime().transform((text) => new Date(text));
export const attention = z.partialRecord(z.enum(ATTENTION_REASONS), instant);
export const text = z.string().nullable();
export const json: z.ZodType<Json> = z.lazy(() =>
  z.union([z.null(), z.boolean(), z.string(), z.array(json), z.record(z.string(), json)]),
);
