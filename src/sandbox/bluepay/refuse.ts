/** BluePay's no. */
import type { z } from 'zod';
import { explain } from '../parse.ts';
import { Refusal } from '../simulation.ts';
import { CODES, type BluePayCode } from './codes.ts';

/** A refusal with the code's own message, and what the schema found wrong where that is the reason. */
export const refuse = (code: BluePayCode, why?: z.ZodError): Refusal =>
  new Refusal(String(code), why ? `${CODES[code]}: ${explain(why)}` : CODES[code]);
