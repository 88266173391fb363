/** Cursors: a position in every source of a list, as text that means nothing to anybody else. */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { FLIPPED, flipPosition, type Position } from './position.ts';
import { PagingError, type Toward } from './window.ts';

/** Most rows that a cursor can name as shown by a fallback, of all sources together. */
export const MOST_SHOWN = 300;
/** Longest text that is read as a cursor. */
const MAX_CURSOR_LENGTH = 65_536;
const FINGERPRINT_LENGTH = 8;
const CHECK_LENGTH = 6;

const digest = (text: string, length: number): string =>
  createHash('sha256').update(text).digest('base64url').slice(0, length);

/** The fingerprint of a row: 48 bits of its id, compared only among neighbours. */
export const fingerprintOf = (id: string): string => digest(id, FINGERPRINT_LENGTH);

const tuple = <const T extends unknown[]>(...parts: T): T => parts;

// Each codec is a shape and the shorter one that is written: a cursor goes with every row.

const whole = z.int();
const fingerprint = z.string().length(FINGERPRINT_LENGTH);
/** Fingerprints are one text: they can be many. */
const fingerprints = (most: number) =>
  z.codec(
    z
      .string()
      .max(most * FINGERPRINT_LENGTH)
      .refine((text) => text.length % FINGERPRINT_LENGTH === 0),
    z.array(fingerprint).readonly(),
    {
      decode: (text) => text.match(/.{8}/gs) ?? [],
      encode: (parts) => parts.join(''),
    },
  );

const [AHEAD_WHOLE, BEHIND_WHOLE] = [1, 2];
const gap = z.codec(
  z.tuple([whole.min(0), whole, fingerprints(16), fingerprints(16), whole.min(0).max(3), fingerprint.optional()]),
  z.object({
    offset: whole,
    key: whole,
    ahead: z.array(fingerprint).readonly(),
    behind: z.array(fingerprint).readonly(),
    aheadWhole: z.boolean(),
    behindWhole: z.boolean(),
    on: fingerprint.nullable(),
  }),
  {
    decode: ([offset, key, ahead, behind, wholes, on = null]) => ({
      offset,
      key,
      ahead,
      behind,
      on,
      aheadWhole: (wholes & AHEAD_WHOLE) !== 0,
      behindWhole: (wholes & BEHIND_WHOLE) !== 0,
    }),
    encode: ({ offset, key, ahead, behind, aheadWhole, behindWhole, on }) => {
      const wholes = (aheadWhole ? AHEAD_WHOLE : 0) + (behindWhole ? BEHIND_WHOLE : 0);
      // Rows that vanished while pages were joined can put the first of a run in front of the list.
      const parts = tuple(Math.max(0, offset), key, ahead, behind, wholes);
      return on === null ? parts : tuple(...parts, on);
    },
  },
);

const keyedGap = z.codec(
  z.tuple([z.enum(['<', '=', '>']), whole, z.string().max(1024)]),
  z.object({ side: z.enum(['ahead', 'on', 'behind']), time: whole, id: z.string() }),
  {
    decode: ([sign, time, id]) => ({ side: SIDES[sign], time, id }),
    encode: ({ side, time, id }) => tuple(SIGNS[side], time, id),
  },
);
const SIDES = { '<': 'ahead', '=': 'on', '>': 'behind' } as const;
const SIGNS = { ahead: '<', on: '=', behind: '>' } as const;

const edge = z.enum(['start', 'end', 'empty']);
const listPosition = z.union([edge, gap]);
const keyedPosition = z.union([edge, keyedGap]);

const sourcePosition = z.union([
  z.codec(listPosition, z.object({ kind: z.literal('list'), at: z.custom<Position>() }), {
    decode: (at) => ({ kind: 'list' as const, at }),
    encode: ({ at }) => at,
  }),
  z.codec(
    z.tuple([z.literal('k'), keyedPosition]),
    z.object({ kind: z.literal('keyed'), at: z.custom<KeyedPosition>() }),
    {
      decode: ([, at]) => ({ kind: 'keyed' as const, at }),
      encode: ({ at }) => tuple('k', at),
    },
  ),
  z.codec(
    z.tuple([z.literal('f'), z.enum(['<', '>']), fingerprints(MOST_SHOWN), listPosition, keyedPosition]),
    z.object({
      kind: z.literal('fallback'),
      side: z.enum(['ahead', 'behind']),
      shown: z.array(fingerprint).readonly(),
      from: z.custom<Position>(),
      at: z.custom<KeyedPosition>(),
    }),
    {
      decode: ([, sign, shown, from, at]) => ({ kind: 'fallback' as const, side: SIDES[sign], shown, from, at }),
      encode: ({ side, shown, from, at }) => tuple('f', SIGNS[side], shown, from, at),
    },
  ),
]);

/**
 * A position in a list that is read by key: the row with the sort key (`time`, `id`), or the gap ahead of or behind it. Keys are
 * compared, so the row need not exist any more. `time` is in epoch milliseconds.
 */
export type KeyedPosition = z.infer<typeof keyedPosition>;

/**
 * Where one source was. `list`: in a list with pages. `keyed`: in one that is read by key. `fallback`: at `from` in a list with
 * pages, while the rows with the fingerprints `shown`, which lie on one `side` of it, were shown from a list that is read by
 * key. That list was read up to `at`.
 */
export type SourcePosition = z.infer<typeof sourcePosition>;
export type ListPosition = Extract<SourcePosition, { kind: 'list' }>;
export type FallbackPosition = Extract<SourcePosition, { kind: 'fallback' }>;

/** One position per source, in the order of the query's sources. */
export type Cursor = readonly SourcePosition[];
const cursorParts = z.array(sourcePosition);

function flipKeyed(position: KeyedPosition): KeyedPosition {
  return typeof position === 'string' ? FLIPPED[position] : { ...position, side: FLIPPED[position.side] };
}

function flipSource(position: SourcePosition): SourcePosition {
  switch (position.kind) {
    case 'list':
      return { kind: 'list', at: flipPosition(position.at) };
    case 'keyed':
      return { kind: 'keyed', at: flipKeyed(position.at) };
    case 'fallback': {
      const { side, from, at } = position;
      return { ...position, side: FLIPPED[side], from: flipPosition(from), at: flipKeyed(at) };
    }
  }
}

/** The same cursor in the flipped list: its sources, too, come in the opposite order. */
export const flipCursor = (cursor: Cursor): Cursor => cursor.toReversed().map(flipSource);

/** Writes and reads the cursors of one query. */
export interface Cursors {
  readonly write: (cursor: Cursor) => string;
  /**
   * Throws PagingError when the text is no cursor, was altered, was written by an older version, or belongs to a list with
   * another filter, order, read policy or set of accounts.
   */
  readonly read: (text: string, argument: Toward) => Cursor;
}

/** The cursors of the query that `query` describes: the same text for the same query, whoever sends it. */
export function cursorsOf(query: string): Cursors {
  const owner = digest(query, CHECK_LENGTH);

  function read(text: string, argument: Toward): Cursor {
    const bad = (why: string) => new PagingError(argument, `"${argument}" is ${why}`);
    if (text.length > MAX_CURSOR_LENGTH || !/^[\w-]{14,}$/.test(text)) throw bad('not a cursor of this API.');
    const body = text.slice(2 * CHECK_LENGTH);
    const owned = text.slice(0, CHECK_LENGTH);
    // Checked under its own query first: a cursor of another list is sound, only not here.
    const isSound = text.slice(CHECK_LENGTH, 2 * CHECK_LENGTH) === digest(owned + body, CHECK_LENGTH);
    if (!isSound) throw bad('not a cursor of this API.');
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
      return owner + digest(owner + body, CHECK_LENGTH) + body;
    },
  };
}
