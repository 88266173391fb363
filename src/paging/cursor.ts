/** Cursors: a position in every source of a list, as text that means nothing to anybody else. */
import { createHash, createHmac } from 'node:crypto';
import { z } from 'zod';
import { FLIPPED, flipPosition, type ListEnd, type Gap, type Position } from './position.ts';
import type { Side } from './run.ts';
import { PagingError, type Toward } from './window.ts';

/** Most rows that a cursor can name as shown by a fallback, of all sources together. */
export const MOST_SHOWN = 300;
/** Longest text that is read as a cursor. */
const MAX_CURSOR_LENGTH = 65_536;
const FINGERPRINT_LENGTH = 8;
const CHECK_LENGTH = 6;
/** 96 bits: what it seals can't be made by trying. */
const SEAL_LENGTH = 16;

const digest = (text: string, length: number): string =>
  createHash('sha256').update(text).digest('base64url').slice(0, length);

/** The fingerprint of a row: 48 bits of its id, compared only among neighbours. */
export const fingerprintOf = (id: string): string => digest(id, FINGERPRINT_LENGTH);

/**
 * A position in a list that is read by key: on the row with that value (see `refunds/list/order.ts`) and id,
 * or ahead of or behind it. Keys are compared, so the row need not exist any more.
 */
export interface KeyGap {
  readonly kind: 'key';
  readonly side: Side | 'on';
  readonly value: number;
  readonly id: string;
}
export type KeyPosition = ListEnd | KeyGap;

/** Whether a position is one in a list that is read by key. */
export const isKeyGap = (position: SourcePosition): position is KeyGap =>
  typeof position === 'object' && position.kind === 'key';

/**
 * Where a walk through a provider's list stands, with the refunds beside it that only the ledger has. Of the
 * ledger's rows those that were shown on one side are remembered, because the provider may list them in
 * another place.
 */
export interface PairPosition {
  readonly kind: 'pair';
  readonly side: Side;
  readonly listed: Position | KeyPosition;
  /**
   * While the list can't be read, the ledger is read in its place: up to `at`. `listed` stays where it was,
   * and `shown` has the fingerprints of the rows beyond it that were shown.
   */
  readonly fallback: { readonly shown: readonly string[]; readonly at: KeyPosition } | null;
  readonly unlisted: KeyPosition;
  /** Fingerprints of the unlisted rows that were shown. */
  readonly shown: readonly string[];
}

/** Where one source was. */
export type SourcePosition = Position | KeyPosition | PairPosition;

/** One position per source, in the order of the query's sources. */
export type Cursor = readonly SourcePosition[];

/** The same cursor in the flipped list: its sources, too, come in the opposite order. */
export const flipCursor = (cursor: Cursor): Cursor => cursor.toReversed().map(flipSource);

const flipKey = (position: KeyPosition): KeyPosition =>
  typeof position === 'string' ? FLIPPED[position] : { ...position, side: FLIPPED[position.side] };

const flipSingle = (position: Position | KeyPosition) =>
  typeof position === 'object' && position.kind === 'gap' ? flipPosition(position) : flipKey(position);

function flipSource(position: SourcePosition): SourcePosition {
  if (typeof position === 'string' || position.kind !== 'pair') return flipSingle(position);
  const { side, listed, fallback, unlisted } = position;
  return {
    ...position,
    side: FLIPPED[side],
    listed: flipSingle(listed),
    fallback: fallback && { ...fallback, at: flipKey(fallback.at) },
    unlisted: flipKey(unlisted),
  };
}

// A cursor goes with every row, so each kind of position is written as a short tuple.

const tuple = <const T extends unknown[]>(...parts: T): T => parts;
function kind<P extends { readonly kind: string }>(name: P['kind']) {
  const shape = z.object({ kind: z.literal(name) });
  return z.custom<P>((value) => shape.safeParse(value).success);
}
const whole = z.int();
const NOTHING = z.literal(-Infinity);
/** Epoch milliseconds that the database can hold, or an amount; JSON has no -Infinity. */
const value = z.codec(
  z.number().min(-62_135_596_800_000).max(8_640_000_000_000_000).nullable(),
  z.number().or(NOTHING),
  {
    decode: (told) => told ?? -Infinity,
    encode: (known) => (known === -Infinity ? null : known),
  },
);
const fingerprint = z.string().length(FINGERPRINT_LENGTH);
/** Fingerprints are one text: they can be many. */
const fingerprints = (most: number) =>
  z.codec(z.string().max(most * FINGERPRINT_LENGTH), z.array(fingerprint).readonly(), {
    decode: (text) => text.match(/.{1,8}/gs) ?? [],
    encode: (parts) => parts.join(''),
  });

const [AHEAD_WHOLE, BEHIND_WHOLE] = [1, 2];
const gap = z.codec(
  z.tuple([whole.min(0), whole, fingerprints(16), fingerprints(16), whole.min(0).max(3), fingerprint.optional()]),
  kind<Gap>('gap'),
  {
    decode: ([offset, key, ahead, behind, wholes, on = null]) => ({
      kind: 'gap' as const,
      offset,
      key,
      ahead: { near: ahead, isWhole: (wholes & AHEAD_WHOLE) !== 0 },
      behind: { near: behind, isWhole: (wholes & BEHIND_WHOLE) !== 0 },
      on,
    }),
    encode: ({ offset, key, ahead, behind, on }) => {
      const wholes = (ahead.isWhole ? AHEAD_WHOLE : 0) + (behind.isWhole ? BEHIND_WHOLE : 0);
      // Rows that vanished while pages were joined can put the first of a run in front of the list.
      const parts = tuple(Math.max(0, offset), key, ahead.near, behind.near, wholes);
      return on === null ? parts : tuple(...parts, on);
    },
  },
);

const SIDES = { '<': 'ahead', '=': 'on', '>': 'behind' } as const;
const SIGNS = { ahead: '<', on: '=', behind: '>' } as const;
const keyGap = z.codec(z.tuple([z.enum(['<', '=', '>']), value, z.string().max(1024)]), kind<KeyGap>('key'), {
  decode: ([sign, known, id]) => ({ kind: 'key' as const, side: SIDES[sign], value: known, id }),
  encode: ({ side, value: known, id }) => tuple(SIGNS[side], known, id),
});

const edge = z.enum(['start', 'end', 'empty']);
const sign = z.enum(['<', '>']);
const keyed = z.union([edge, keyGap]);
/** The fallback is written around the position that it goes out from. */
const pair = z.codec(
  z.tuple([
    z.literal('+'),
    sign,
    z.union([edge, gap, keyGap, z.tuple([sign, fingerprints(MOST_SHOWN), z.union([edge, gap]), keyed])]),
    keyed,
    fingerprints(MOST_SHOWN),
  ]),
  kind<PairPosition>('pair'),
  {
    decode: ([, side, first, unlisted, shown]) => {
      const both = { kind: 'pair' as const, side: SIDES[side], unlisted, shown };
      if (typeof first === 'string' || !('length' in first)) return { ...both, listed: first, fallback: null };
      const [, fallbackShown, listed, at] = first;
      return { ...both, listed, fallback: { shown: fallbackShown, at } };
    },
    encode: ({ side, listed, fallback, unlisted, shown }) => {
      const first =
        fallback === null || isKeyGap(listed) ? listed : tuple(SIGNS[side], fallback.shown, listed, fallback.at);
      return tuple('+', SIGNS[side], first, unlisted, shown);
    },
  },
);
const cursorParts = z.array(z.union([edge, gap, keyGap, pair]));

/** Writes and reads the cursors of one query. */
export interface Cursors {
  readonly write: (cursor: Cursor) => string;
  /**
   * Throws PagingError when the text is no cursor, was altered, was written by an older version, or belongs
   * to a list with another filter, order, read policy or set of accounts.
   */
  readonly read: (text: string, argument: Toward) => Cursor;
}

/**
 * The cursors of the query that `query` describes: the same text for the same query, whoever sends it. With a
 * key nobody else can make one. Without one they are for ourselves: a job keeps its place as a cursor.
 */
export function cursorsOf(query: string, key: Buffer | null = null): Cursors {
  const owner = digest(query, CHECK_LENGTH);
  const checkLength = key === null ? CHECK_LENGTH : SEAL_LENGTH;
  const checkOf = (text: string): string =>
    key === null
      ? digest(text, checkLength)
      : createHmac('sha256', key).update(`list cursor ${text}`).digest('base64url').slice(0, checkLength);
  /** A cursor of before there was a key, which anybody could make. */
  const isUnsealed = (text: string): boolean => {
    const [owned, check] = [text.slice(0, CHECK_LENGTH), text.slice(CHECK_LENGTH, 2 * CHECK_LENGTH)];
    return check === digest(owned + text.slice(2 * CHECK_LENGTH), CHECK_LENGTH);
  };

  function read(text: string, argument: Toward): Cursor {
    const bad = (why: string) => new PagingError(argument, `"${argument}" is ${why}`);
    if (text.length > MAX_CURSOR_LENGTH || !/^[\w-]{14,}$/.test(text)) throw bad('not a cursor of this API.');
    const body = text.slice(CHECK_LENGTH + checkLength);
    const owned = text.slice(0, CHECK_LENGTH);
    // Checked under its own query first: a cursor of another list is sound, only not here.
    if (text.slice(CHECK_LENGTH, CHECK_LENGTH + checkLength) !== checkOf(owned + body)) {
      throw bad(isUnsealed(text) ? 'a cursor of an older version; start the list again.' : 'not a cursor of this API.');
    }
    if (owned !== owner) {
      throw bad('a cursor of another list: filter, order, accounts and read policy must stay the same.');
    }
    const cursor = cursorParts.safeParse(JSON.parse(Buffer.from(body, 'base64url').toString()));
    if (!cursor.success) throw bad('a cursor of an older version; start the list again.');
    return cursor.data;
  }

  return {
    read,
    write: (cursor) => {
      const body = Buffer.from(JSON.stringify(z.encode(cursorParts, [...cursor]))).toString('base64url');
      return owner + checkOf(owner + body) + body;
    },
  };
}
