/** From the bytes of an answer to JSON, within bounds that a hostile answer can't leave. */
import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate, inflateRaw } from 'node:zlib';
import type { Json } from '../../refunds/refund.ts';
import { NotJsonError, parseJson } from '../wire/json.ts';
import { MAX_ANSWER_BYTES, type HttpAnswer } from './exchange.ts';

/** What is asked for, because it is what can be unpacked. */
export const ACCEPTED_ENCODINGS = 'gzip, deflate, br';

/** Why a body can't be used, in words that hold nothing of it. */
export class BadBodyError extends Error {
  override readonly name = 'BadBodyError';
}

export const TOO_LARGE = `the answer is larger than ${MAX_ANSWER_BYTES} bytes`;

const unpackers = {
  gzip: promisify(gunzip),
  'x-gzip': promisify(gunzip),
  deflate: promisify(inflate),
  br: promisify(brotliDecompress),
} as const;
const unpackRaw = promisify(inflateRaw);

/** The answer's body as JSON, each number as its source text. Throws BadBodyError. */
export async function jsonOf(answer: HttpAnswer): Promise<Json> {
  if (answer.bytes.length === 0) throw new BadBodyError('the answer is empty');
  const text = decode(await unpack(answer));
  if (text.trim() === '') throw new BadBodyError('the answer is empty');
  try {
    return parseJson(text);
  } catch (problem) {
    if (problem instanceof NotJsonError) throw new BadBodyError(`the answer is ${problem.message}`);
    throw problem;
  }
}

/**
 * A byte order mark is skipped; a byte that is no UTF-8 is an error, because a replaced one could be part of
 * an id.
 */
function decode(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new BadBodyError('the answer is not UTF-8');
  }
}

async function unpack({ contentEncoding, bytes }: HttpAnswer): Promise<Buffer> {
  if (contentEncoding === '' || contentEncoding === 'identity') return bytes;
  const limit = { maxOutputLength: MAX_ANSWER_BYTES };
  try {
    switch (contentEncoding) {
      case 'gzip':
      case 'x-gzip':
      case 'br':
        return await unpackers[contentEncoding](bytes, limit);
      case 'deflate':
        // Meant is zlib's format (its first byte ends in 8); some servers send the bare stream.
        return await ((bytes[0] ?? 0) % 16 === 8 ? unpackers.deflate : unpackRaw)(bytes, limit);
    }
  } catch (problem) {
    if (problem instanceof RangeError) throw new BadBodyError(TOO_LARGE);
    throw new BadBodyError(`the answer is no ${contentEncoding} data, or breaks off`);
  }
  throw new BadBodyError('the answer has an encoding that was not asked for');
}

/** A refusal's code and words out of an error body, bounded; null where it names no code. */
export function refusalOf(json: Json): { code: string; message: string | null } | null {
  if (typeof json !== 'object' || json === null || !('code' in json)) return null;
  const code = boundedWords(json['code'], 64);
  return code === null ? null : { code, message: boundedWords(json['msg'] ?? json['message'], 200) };
}

/**
 * A provider's words as they may be shown: in one line, without control characters, not longer than that;
 * null for none.
 */
export function boundedWords(words: Json | undefined, length: number): string | null {
  if (typeof words !== 'string') return null;
  const plain = words
    .replaceAll(/\p{C}+/gu, ' ')
    .trim()
    .slice(0, length)
    .toWellFormed();
  return plain === '' ? null : plain;
}
