/** A place in the event feed as text. It means nothing to anybody but this server. */
import { createCipheriv, createHmac, timingSafeEqual } from 'node:crypto';

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
 * A letter of its own, so that a list's cursor is not taken for one. Then the seal, which the place is
 * enciphered under, and the place.
 */
const SHAPE = /^E([\w-]{48})$/;
/** A cursor of before there was a key: anybody could make and read it. */
const UNSEALED = /^e[0-9a-z]{1,13}-[0-9a-z]{1,13}-[0-9a-z]{1,11}-[\w-]{4}$/;
const SEAL_BYTES = 12;
const PLACE_BYTES = 24;
/** The first two parts are 64 bits in the database, of which the sign is never used. */
const LARGEST = 2n ** 63n - 1n;
/** The last instant that a Date can hold, in ms. */
const LATEST = 8_640_000_000_000_000n;

/** Whether a text is a cursor that an older version of this server gave out. */
export const isUnsealedEventCursor = (text: string): boolean => UNSEALED.test(text);

/**
 * The cursors of one ledger. They are sealed and enciphered: the numbers of a place count the events of all
 * tenants, and would tell whether another one's event stands somewhere. The same place is always the same
 * text, so the seal of the place is also what its encipherment begins with (the scheme of SIV, RFC 5297).
 */
export function createEventCursors(key: Buffer) {
  const subkey = (use: string): Buffer => createHmac('sha256', key).update(use).digest();
  const [sealing, hiding] = [subkey('event cursor: seal'), subkey('event cursor: hide')];
  const sealOf = (place: Buffer): Buffer =>
    createHmac('sha256', sealing).update(place).digest().subarray(0, SEAL_BYTES);
  /** Hides a place, and shows it again. */
  const masked = (place: Buffer, seal: Buffer): Buffer => {
    const start = Buffer.alloc(16);
    seal.copy(start);
    return createCipheriv('aes-256-ctr', hiding, start).update(place);
  };

  /** Many subscribers are told the same event: its cursor is made once. */
  const written = new WeakMap<EventPosition, string>();

  function made({ transaction, number, recordedAt }: EventPosition): string {
    const place = Buffer.alloc(PLACE_BYTES);
    place.writeBigUInt64BE(transaction, 0);
    place.writeBigUInt64BE(number, 8);
    place.writeBigUInt64BE(BigInt(recordedAt.getTime()), 16);
    const seal = sealOf(place);
    return `E${Buffer.concat([seal, masked(place, seal)]).toString('base64url')}`;
  }

  return {
    /** Writes a place as a cursor. The same place is always the same text. */
    write: (position: EventPosition): string => {
      const cursor = written.get(position) ?? made(position);
      written.set(position, cursor);
      return cursor;
    },
    /** Reads a cursor; null when this ledger gave out none like it. */
    read: (text: string): EventPosition | null => {
      const [, sealed] = SHAPE.exec(text) ?? [];
      if (sealed === undefined) return null;
      const bytes = Buffer.from(sealed, 'base64url');
      const seal = bytes.subarray(0, SEAL_BYTES);
      const place = masked(bytes.subarray(SEAL_BYTES), seal);
      if (!timingSafeEqual(seal, sealOf(place))) return null;
      const [transaction, number] = [place.readBigUInt64BE(0), place.readBigUInt64BE(8)];
      const recordedAt = place.readBigUInt64BE(16);
      if (transaction > LARGEST || number > LARGEST || recordedAt > LATEST) return null;
      return { transaction, number, recordedAt: new Date(Number(recordedAt)) };
    },
  };
}

export type EventCursors = ReturnType<typeof createEventCursors>;
