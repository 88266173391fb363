/**
 * Settings that recognise an answer by its code, its inner code and its words, each exactly or by a pattern.
 */
import { z } from 'zod';

/** What an answer said, as far as it can be told by settings. */
export interface AnswerCodes {
  readonly code: string;
  /** The code inside `data`, where the provider has one. */
  readonly dataCode: string | null;
  /** The words beside either code. */
  readonly words: readonly string[];
}

/** `/…/` is a regular expression. */
const PATTERN = /^\/(.+)\/$/s;

function isReadable(text: string): boolean {
  const [, source] = PATTERN.exec(text) ?? [];
  try {
    return source === undefined || new RegExp(source, 'u').unicode;
  } catch {
    return false;
  }
}

const text = z.string().min(1).refine(isReadable, 'expected text, or a regular expression between slashes');

/** One way to recognise an answer: a code, or an object all of whose members must match. */
const answerMatch = z.union([
  text,
  z
    .strictObject({
      code: text.optional().describe('The whole code of the answer.'),
      dataCode: text.optional().describe('The whole code inside `data`.'),
      msg: text.optional().describe('A part of the words beside the code.'),
    })
    .refine((members) => Object.keys(members).length > 0, 'expected at least one of code, dataCode and msg'),
]);
type AnswerMatch = z.output<typeof answerMatch>;

/**
 * A setting that recognises answers. A plain text is a code or an inner code: "404". An object names what
 * must match together: {"code": "500", "msg": "不存在"}. A text between slashes is a regular expression: {"msg":
 * "/退款.*不存在/"}.
 */
export const answerMatches = z.array(answerMatch);

function isWhole(expected: string, code: string): boolean {
  const [, source] = PATTERN.exec(expected) ?? [];
  return source === undefined ? expected === code : new RegExp(`^(?:${source})$`, 'u').test(code);
}

function isPart(expected: string, words: string): boolean {
  const [, source] = PATTERN.exec(expected) ?? [];
  return source === undefined ? words.includes(expected) : new RegExp(source, 'u').test(words);
}

function isMatch(match: AnswerMatch, { code, dataCode, words }: AnswerCodes): boolean {
  if (typeof match === 'string') return isWhole(match, code) || (dataCode !== null && isWhole(match, dataCode));
  if (match.code !== undefined && !isWhole(match.code, code)) return false;
  if (match.dataCode !== undefined && (dataCode === null || !isWhole(match.dataCode, dataCode))) return false;
  const { msg } = match;
  return msg === undefined || words.some((one) => isPart(msg, one));
}

/** Whether one of a setting's ways recognises the answer. */
export const isAnyMatch = (matches: readonly AnswerMatch[], codes: AnswerCodes): boolean =>
  matches.some((match) => isMatch(match, codes));
