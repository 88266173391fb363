/** Members of wire records, as zod pieces that the wings build their schemas of. Numbers arrive as their source text. */
import { z } from 'zod';
import { formatUnits, parseMoney, type Money } from '../refunds/money.ts';
import type { Json } from '../refunds/refund.ts';
import { parseWallTime } from '../refunds/wall-time.ts';
import { ProviderError } from './errors.ts';
import { boundedWords } from './transport-body.ts';
import { failure, type Call } from './transport-failure.ts';

/** A member that must be there and not empty. */
export const neededText = z.string().min(1);

/** A member that may be absent, null or "": all three say nothing. */
export const optionalText = z
  .string()
  .nullish()
  .transform((text) => (text === undefined || text === null || text === '' ? null : text));

/** Reads one text as an amount; an issue of the member when it is none or can't be expressed exactly. */
type ReadMoney = (text: string) => Money | null;

/** Decimal text in the currency's major unit ("12.92", as a JSON number also "1.2E+7") as money. Never negative. */
export const decimalMoney =
  (currency: string): ReadMoney =>
  (text) => {
    const money = parseMoney(plainDecimal(text), currency);
    return typeof money === 'string' || money.minorUnits < 0n ? null : money;
  };

/** Moves the point of a number written with an exponent, digit by digit; other text stays as it is. */
function plainDecimal(text: string): string {
  const [, whole = '', fraction = '', exponent = ''] =
    /^(\d{1,20})(?:\.(\d{1,20}))?[eE]([+-]?\d{1,2})$/.exec(text) ?? [];
  if (exponent === '' || Math.abs(Number(exponent)) > 20) return text;
  const digits = `${'0'.repeat(20)}${whole}${fraction}${'0'.repeat(20)}`;
  const point = 20 + whole.length + Number(exponent);
  return `${digits.slice(0, point) || '0'}.${digits.slice(point) || '0'}`;
}

/** An integer of units of 10^-exponent major units as money in ISO minor units, exactly or not at all. Never negative. */
export const integerMoney =
  (currency: string, exponent: number): ReadMoney =>
  (text) =>
    /^\d{1,40}$/.test(text) ? decimalMoney(currency)(formatUnits(BigInt(text), exponent)) : null;

const orIssue =
  <Value>(read: (text: string) => Value | null, expected: string) =>
  (text: string, context: z.RefinementCtx): Value => {
    const value = read(text);
    if (value !== null) return value;
    context.addIssue({ code: 'custom', message: `expected ${expected}` });
    return z.NEVER;
  };

const asCode = (text: string | null): string | null => boundedWords(text, 64);

/** The provider's own code, as it may be kept and shown: one line of at most 64 characters. */
export const neededCode = neededText.transform(orIssue(asCode, 'a code'));

/** As `neededCode`, for a code that may be left out. */
export const optionalCode = optionalText.transform(asCode);

/** The provider's words for people, as they may be kept and shown: one line of at most 200 characters. */
export const optionalWords = optionalText.transform((text) => boundedWords(text, 200));

/** The words beside an answer's code. What can't be read is none: they must not hide what the code says. */
export const wordsOfAnswer = optionalWords.catch(null);

/** An amount that must be there. */
export const neededMoney = (read: ReadMoney, expected: string) => neededText.transform(orIssue(read, expected));

/** An amount that may be left out; what is there must be readable. */
export const optionalMoney = (read: ReadMoney, expected: string) =>
  optionalText.transform((text, context) => (text === null ? null : orIssue(read, expected)(text, context)));

/** A wall time, `yyyy-MM-dd HH:mm:ss`, in a zone (IANA name); may be left out, what is there must be readable. */
export const optionalWallTime = (timeZone: string) =>
  optionalText.transform((text, context): Date | null => {
    if (text === null) return null;
    const instant = parseWallTime(text, timeZone);
    if (instant !== null) return instant;
    context.addIssue({ code: 'custom', message: 'expected a time, yyyy-MM-dd HH:mm:ss' });
    return z.NEVER;
  });

/** The first thing that is wrong, named by its path; never the value, which may be personal. */
export function firstIssue(error: z.ZodError, at: readonly string[] = []): string {
  const [issue] = error.issues;
  const path = [...at, ...(issue?.path ?? []).map(String)].join('.');
  return `${path === '' ? 'the answer' : path}: ${issue?.message ?? 'not readable'}`;
}

/** The error for an answer that makes no sense; the path names the member that is wrong. */
export const malformedAnswer = (call: Call, path: readonly string[], problem: string): ProviderError =>
  malformed(call, `${path.join('.')}: ${problem}`);

const malformed = (call: Call, problem: string): ProviderError =>
  failure(call, 'malformed', true, `the answer can't be read: ${problem}`);

/** Parses (part of) an answer, or says what is wrong with it. `at` is where the part stands in the answer. */
export function readAnswer<Schema extends z.ZodType>(
  schema: Schema,
  json: Json,
  call: Call,
  at: readonly string[] = [],
): z.output<Schema> | ProviderError {
  const parsed = schema.safeParse(json);
  return parsed.success ? parsed.data : malformed(call, firstIssue(parsed.error, at));
}

/** As `readAnswer`, but throws the error. */
export function parseAnswer<Schema extends z.ZodType>(
  schema: Schema,
  json: Json,
  call: Call,
  at: readonly string[] = [],
): z.output<Schema> {
  const read = readAnswer(schema, json, call, at);
  if (read instanceof ProviderError) throw read;
  return read;
}
