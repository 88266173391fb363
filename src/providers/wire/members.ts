/**
 * Members of wire records, as zod pieces that the wings build their schemas of. Numbers arrive as their
 * source text.
 */
import { z } from 'zod';
import type { Clock } from '../../flow/clock.ts';
import type { Tell } from '../../operator/event.ts';
import type { AccountKey } from '../../refunds/ids.ts';
import { formatUnits, parseMoney, type Money } from '../../refunds/money.ts';
import type { Json } from '../../refunds/refund.ts';
import { parseTime } from '../../refunds/wall-time.ts';
import { ProviderError } from '../errors.ts';
import { boundedWords } from '../http/body.ts';
import { failure, type Call } from '../http/failure.ts';

/** A member that must be there and not empty. */
export const neededText = z.string().min(1);

/**
 * Longest id that the ledger keeps and `createRefund` takes; the longest documented ones have 32 and 64
 * characters.
 */
const MAX_ID_LENGTH = 128;

const isId = (text: string): boolean =>
  text !== '' && text.length <= MAX_ID_LENGTH && text.isWellFormed() && !/\p{Cc}/u.test(text);

/**
 * An id that must be there. One that the ledger can't keep whole is an issue: changed, it would name another
 * refund.
 */
export const neededId = z
  .string()
  .refine(isId, `expected 1 to ${MAX_ID_LENGTH} characters, none of them a control character`);

/** A member that may be absent, null or "": all three say nothing. */
export const optionalText = z
  .string()
  .nullish()
  .transform((text) => (text === undefined || text === null || text === '' ? null : text));

/** An id that may be left out; what is there must be one that can be kept. */
export const optionalId = optionalText.pipe(neededId.nullable());

/** Whose id it is, as a brand of `refunds/ids.ts`. */
type Brand<Id> = (text: string) => Id;

/** As `neededId`, branded once it is read: nothing behind the schema makes an id of a text. */
export const neededIdOf = <Id extends string>(brand: Brand<Id>) => neededId.transform(brand);

/** As `optionalId`, branded likewise. */
export const optionalIdOf = <Id extends string>(brand: Brand<Id>) =>
  optionalId.transform((text) => (text === null ? null : brand(text)));

/** Reads one text as an amount; an issue of the member when it is none or can't be expressed exactly. */
type ReadMoney = (text: string) => Money | null;

/**
 * Decimal text in the currency's major unit ("12.92", as a JSON number also "1.2E+7") as money. Never
 * negative.
 */
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
  const units = digits.slice(0, point).replace(/^0+(?=\d)/, '');
  return `${units || '0'}.${digits.slice(point) || '0'}`;
}

/**
 * An integer of units of 10^-exponent major units as money in ISO minor units, exactly or not at all. Never
 * negative.
 */
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

/** Times of refunds: "0001-01-01" and "9999-12-31" are placeholders of some database. */
const isPlausible = (instant: Date): boolean => instant.getUTCFullYear() >= 2000 && instant.getUTCFullYear() <= 2100;

/** How an account's times are to be read. */
export interface TimeUnits {
  /** Of wall times, IANA name. */
  readonly timeZone: string;
  readonly clock: Clock;
}

/**
 * A time of a refund, in any spelling that `parseTime` reads; may be left out, what is there must be a
 * plausible time.
 */
export const optionalTime = ({ timeZone, clock }: TimeUnits) => {
  const read = (text: string): Date | null => {
    const instant = parseTime(plainDecimal(text), { timeZone, now: clock() });
    return instant !== null && isPlausible(instant) ? instant : null;
  };
  const needed = orIssue(read, 'a time from 2000 to 2100, such as yyyy-MM-dd HH:mm:ss');
  return optionalText.transform((text, context) => (text === null ? null : needed(text, context)));
};

/**
 * Members that can be done without: one that can't be read says nothing (null) and is reported, so that it
 * costs neither the status that it came with nor the page.
 */
export const spareMembers =
  (account: AccountKey, tell: Tell | undefined) =>
  <Value>(member: string, schema: z.ZodType<Value | null>) =>
    schema.catch(() => {
      tell?.({ kind: 'unreadable-member', account, member });
      return null;
    });
export type SpareMember = ReturnType<typeof spareMembers>;

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
