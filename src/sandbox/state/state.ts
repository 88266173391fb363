/**
 * The sandbox's memory across restarts: one JSON file, replaced whole, so that it is always one state or the
 * next.
 */
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import type { Rows } from '../book.ts';
import { executionSchema, letterSchema, paymentSchema, PROVIDERS, refundSchema } from '../model.ts';
import { explain, parseJson } from '../parse.ts';
import type { KeptKeys } from '../providers.ts';

const ofOurs = z.looseObject({ provider: z.enum(PROVIDERS) });

/** Rows of the providers of this version. A state that a version with more of them wrote has others, too. */
const rowsOf = <Row extends z.ZodType>(row: Row) =>
  z
    .array(z.unknown())
    .transform((rows) => rows.filter((one) => ofOurs.safeParse(one).success))
    .pipe(z.array(row));

const stateSchema = z.object({
  version: z.literal(1),
  /** The seed refunds were made from this number, relative to this instant (epoch ms). */
  seed: z.number().int(),
  startedAt: z.number().int(),
  /** Each provider reads its own: one that an older version did not have has none here. */
  keys: z.record(z.string(), z.unknown()),
  payments: rowsOf(paymentSchema),
  refunds: rowsOf(refundSchema),
  letters: rowsOf(letterSchema),
  executed: z.record(z.string(), executionSchema),
  serial: z.number().int(),
});
/** Everything that is kept. */
export interface State extends Rows {
  readonly version: 1;
  readonly seed: number;
  readonly startedAt: number;
  readonly keys: KeptKeys;
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
