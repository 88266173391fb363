/** A place in the event feed as text. It means nothing to anybody but this server. */
import { createHash } from 'node:crypto';

/** The place of an event: the transaction that wrote it, then its number. The feed goes in this order. */
export interface EventPosition {
  readonly transaction: bigint;
  readonly number: bigint;
  /**
   * When the event was recorded; not part of the order. A database that was set back gives the same two
   * numbers to another event later: this tells the two apart.
   */
  readonly recordedAt: Date;
}

/** In front of every event: what a feed without events ends at. */
export const FEED_START: EventPosition = { transaction: 0n, number: 0n, recordedAt: new Date(0) };

/** Negative when `left` comes first in the feed, zero at the same place. */
export function comparePositions(left: EventPosition, right: EventPosition): number {
  if (left.transaction !== right.transaction) return left.transaction < right.transaction ? -1 : 1;
  if (left.number === right.number) return 0;
  return left.number < right.number ? -1 : 1;
}

/** Whether two places are those of the same event. */
export const isSamePosition = (left: EventPosition, right: EventPosition): boolean =>
  comparePositions(left, right) === 0 && left.recordedAt.getTime() === right.recordedAt.getTime();

/**
 * A letter of its own, so that a list's cursor is not taken for one, and a check, so that a mangled one is
 * noticed.
 */
const SHAPE = /^e([0-9a-z]{1,13})-([0-9a-z]{1,13})-([0-9a-z]{1,11})-([\w-]{4})$/;
/** The first two parts are 64 bits in the database, of which the sign is never used. */
const LARGEST = 2n ** 63n - 1n;
/** The last instant that a Date can hold, in ms. */
const LATEST = 8_640_000_000_000_000n;

const check = (body: string): string => createHash('sha256').update(`event ${body}`).digest('base64url').slice(0, 4);

/** Writes a place as a cursor. The same place is always the same text. */
export function writeEventCursor({ transaction, number, recordedAt }: EventPosition): string {
  const body = `${transaction.toString(36)}-${number.toString(36)}-${recordedAt.getTime().toString(36)}`;
  return `e${body}-${check(body)}`;
}

/** Reads a cursor; null when it is none of the event feed, or was altered on its way. */
export function readEventCursor(text: string): EventPosition | null {
  const [, first, second, third, mark] = SHAPE.exec(text) ?? [];
  if (first === undefined || second === undefined || third === undefined) return null;
  if (mark !== check(`${first}-${second}-${third}`)) return null;
  const [transaction, number, recordedAt] = [fromBase36(first), fromBase36(second), fromBase36(third)];
  if (transaction > LARGEST || number > LARGEST || recordedAt > LATEST) return null;
  return { transaction, number, recordedAt: new Date(Number(recordedAt)) };
}

function fromBase36(text: string): bigint {
  let sum = 0n;
  for (const digit of text) sum = sum * 36n + BigInt(Number.parseInt(digit, 36));
  return sum;
}
