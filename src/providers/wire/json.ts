/**
 * JSON without loss: numbers are read as their source text, so that no digit of an id or an amount goes
 * through a float.
 */
import type { Json } from '../../refunds/refund.ts';

/** Deeper than any provider's answer, and far from the end of the stack. */
const MAX_DEPTH = 64;

/**
 * The text is no JSON, or nested too deep. Its message never holds a piece of the text, which may be secret.
 */
export class NotJsonError extends Error {
  override readonly name = 'NotJsonError';
}

/**
 * Which members of a parsed object (or items of an array) came as numbers: these are written without quotes
 * again.
 */
const numberMembers = new WeakMap<object, Set<string>>();

/** With this reviver the result holds no number. */
const parse: (text: string, reviver: typeof keepSource) => Json = JSON.parse;

/**
 * Reads JSON text; each number becomes the text it was written as ("12.50", "9007199254740993"). Members
 * named `__proto__` are dropped, of members that occur twice the last one counts. Throws NotJsonError.
 */
export function parseJson(text: string): Json {
  const { depth, hasDigits } = shapeOf(text);
  if (depth > MAX_DEPTH) throw new NotJsonError(`JSON nested deeper than ${MAX_DEPTH} levels`);
  try {
    // Most answers have no number and no name to drop: then the parser alone gives the same, much faster.
    return hasDigits || MAY_NAME_PROTO.test(text) ? parse(text, keepSource) : plainParse(text);
  } catch (problem) {
    if (problem instanceof SyntaxError) throw new NotJsonError('not JSON');
    throw problem;
  }
}

const plainParse: (text: string) => Json = JSON.parse;
/** The name as it is, or anything that may be an escaped spelling of it. */
const MAY_NAME_PROTO = /__proto__|\\u/;

/** TypeScript's library does not know the third argument (ES2026, in Node since 21) yet. */
function keepSource(this: object, name: string, value: unknown, context?: { readonly source?: string }): unknown {
  if (name === '__proto__') return undefined;
  if (typeof value !== 'number') return value;
  if (context?.source === undefined) throw new TypeError('this runtime does not give JSON.parse its source text');
  const marked = numberMembers.get(this) ?? new Set();
  numberMembers.set(this, marked.add(name));
  return context.source;
}

/**
 * How deep brackets outside of strings nest, and whether a digit stands outside of strings; meaningless but
 * harmless for text that is no JSON.
 */
function shapeOf(text: string): { readonly depth: number; readonly hasDigits: boolean } {
  let depth = 0;
  let deepest = 0;
  let inString = false;
  let hasDigits = false;
  for (let at = 0; at < text.length; at++) {
    const char = text.charCodeAt(at);
    if (inString) {
      if (char === 0x5c) at++;
      else if (char === 0x22) inString = false;
    } else if (char === 0x22) inString = true;
    else if (char === 0x7b || char === 0x5b) deepest = Math.max(deepest, ++depth);
    else if (char === 0x7d || char === 0x5d) depth--;
    else if (char >= 0x30 && char <= 0x39) hasDigits = true;
  }
  return { depth: deepest, hasDigits };
}

/** What can be written: as `Json`, but a bigint (or whole number) is written as a JSON number. */
export type WritableJson =
  | null
  | boolean
  | string
  | bigint
  | number
  | readonly WritableJson[]
  | { readonly [member: string]: WritableJson | undefined };

/**
 * Writes compact JSON, members in the order given; an undefined member is left out. Sizes and times may be
 * numbers, ids and amounts are text or bigint: a number that is no safe integer throws. Names that look like
 * array indices ("10") can't keep their place in a JavaScript object.
 */
export function compactJson(value: WritableJson): string {
  return write(value, asGiven);
}

const asGiven = (names: string[]): string[] => names;

/** As `compactJson`, with the members of every object sorted by name (ASCII). */
export function sortedJson(value: WritableJson): string {
  return write(value, (names) => names.toSorted());
}

/** An object that `parseJson` gave, without these members. */
export function withoutMembers(
  value: Readonly<Record<string, Json>>,
  names: ReadonlySet<string>,
): Readonly<Record<string, Json>> {
  const kept = Object.fromEntries(Object.entries(value).filter(([name]) => !names.has(name)));
  const marked = numberMembers.get(value);
  if (marked !== undefined) numberMembers.set(kept, marked);
  return kept;
}

/**
 * Writes a value that `parseJson` gave as compact JSON text again, its numbers with the digits they came
 * with.
 */
export const asReceived = (value: Json): string => compactJson(value);

function write(value: WritableJson, order: (names: string[]) => string[]): string {
  if (typeof value === 'bigint') return value.toString();
  if (typeof value === 'number' && !Number.isSafeInteger(value))
    throw new RangeError('a number that would lose digits');
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const cameAsNumbers = numberMembers.get(value);
  if (cameAsNumbers === undefined && order === asGiven && isFlat(value)) return JSON.stringify(value);
  const member = (name: string, item: WritableJson): string =>
    typeof item === 'string' && cameAsNumbers?.has(name) ? item : write(item, order);
  if (isList(value)) return `[${value.map((item, index) => member(String(index), item)).join(',')}]`;
  const members: string[] = [];
  for (const name of order(Object.keys(value))) {
    const item = value[name];
    if (item !== undefined) members.push(`${JSON.stringify(name)}:${member(name, item)}`);
  }
  return `{${members.join(',')}}`;
}

/** Whether nothing but text and null is in an object: then JSON.stringify writes the same. */
function isFlat(value: object): boolean {
  for (const member of Object.values(value)) if (typeof member !== 'string' && member !== null) return false;
  return true;
}

/** Array.isArray, which does not narrow a readonly array by itself. */
const isList = <Item>(value: readonly Item[] | object): value is readonly Item[] => Array.isArray(value);
