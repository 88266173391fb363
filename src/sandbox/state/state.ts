/** The sandbox's memory across restarts: one JSON file, replaced whole, so that it is always one state or the next. */
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import type { Rows } from '../book.ts';
import { type Keys, keysSchema } from '../keys.ts';
import { executionSchema, letterSchema, paymentSchema, refundSchema } from '../model.ts';
import { ACCOUNT_KEYS } from '../control/configuration.ts';
import { explain, parseJson } from '../parse.ts';

const stateSchema = z.object({
  version: z.literal(1),
  /** The seed refunds were made from this number, relative to this instant (epoch ms). */
  seed: z.number().int(),
  startedAt: z.number().int(),
  keys: keysSchema,
  payments: z.array(paymentSchema),
  refunds: z.array(refundSchema),
  letters: z.array(letterSchema),
  executed: z.record(z.string(), executionSchema),
  serial: z.number().int(),
});
/** Everything that is kept. */
export interface State extends Rows {
  readonly version: 1;
  readonly seed: number;
  readonly startedAt: number;
  readonly keys: Keys;
}

/** Writes a state as JSON; amounts become decimal text. */
export const printState = (state: State): string =>
  JSON.stringify(state, (_name, value: unknown) => (typeof value === 'bigint' ? value.toString() : value));

/** Reads the state kept in a file; null when there is none yet. Throws when the file is not a state. */
export async function readState(file: string): Promise<State | null> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
  const read = stateSchema.safeParse(parseJson(text));
  if (read.success) return read.data;
  throw new Error(`${file} is not a state of the sandbox (${explain(read.error)}); remove it to start anew`);
}

/** All refunds of the state in a file, as `ACCOUNT MERCHANT_REFUND_ID`. None where there is no file, or one that is no state. */
export async function rememberedRefunds(file: string): Promise<readonly string[]> {
  const state = await readState(file).catch(() => null);
  return (state?.refunds ?? []).map((refund) => `${ACCOUNT_KEYS[refund.provider]} ${refund.merchantRefundId}`);
}
