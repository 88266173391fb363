/** Cursors: a place in every source of a list, as text that means nothing to anybody else. */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Gap, Place, Standing, Toward } from './place.ts';
import { PagingError } from './paging.ts';

/** A row of the ledger by what sorts it. */
export interface LedgerKey {
  /** Epoch milliseconds. */
  readonly time: number;
  readonly id: string;
}

/** A gap in the ledger: keys are compared, so the rows need not exist any more. Null: there was no row on that side. */
export interface LedgerGap {
  readonly ahead: LedgerKey | null;
  readonly behind: LedgerKey | null;
}

/** A place in a provider's list: `on` is the row that the cursor stands on, if that row is from there. */
export type ListPlace =
  | { readonly kind: 'list'; readonly place: Place }
  | { readonly kind: 'list-row'; readonly on: Standing };

/** A place in the ledger. */
export type LedgerPlace =
  | { readonly kind: 'ledger'; readonly place: 'start' | 'end' | LedgerGap }
  | { readonly kind: 'ledger-row'; readonly on: LedgerKey };

/** A place in a provider's list while some rows beyond it have been shown from the ledger already. */
export interface BridgePlace {
  readonly kind: 'bridge';
  /** The way that was walked: the rows lie on this side of `from`. */
  readonly toward: Toward;
  readonly from: ListPlace;
  /** Marks of these rows. */
  readonly shown: readonly string[];
  /** How far the ledger was read: where it goes on the other way. */
  readonly ledger: LedgerPlace;
}

/** Where one source was. */
export type SourcePlace = ListPlace | LedgerPlace | BridgePlace;

/** Most rows that a cursor can name as shown from the ledger, of all sources together. */
export const MOST_SHOWN = 300;

/** One place per source, in the order of the query's sources. */
export type Cursor = readonly SourcePlace[];

/** Longest text that is read as a cursor. */
const MAX_CURSOR_LENGTH = 65_536;
const MARK_LENGTH = 8;
const CHECK_LENGTH = 6;

const digest = (text: string, length: number): string =>
  createHash('sha256').update(text).digest('base64url').slice(0, length);

/** The mark of a row: 48 bits of its id, compared only among neighbours. */
export const markOf = (id: string): string => digest(id, MARK_LENGTH);

const whole = z.number().int();
const mark = z.string().length(MARK_LENGTH);
const marks = z.array(mark).max(16).readonly();
const gapParts = [
  whole.min(0),
  whole,
  marks,
  marks,
  z.union([z.literal(0), z.literal(1)]),
  z.union([z.literal(0), z.literal(1)]),
] as const;
const ledgerKey = z.tuple([whole, z.string().max(1024)]);
const listParts = z.union([
  z.tuple([z.enum(['start', 'end', 'empty'])]),
  z.tuple([z.literal('g'), ...gapParts]),
  z.tuple([z.literal('r'), mark, ...gapParts]),
]);
const ledgerParts = z.union([
  z.tuple([z.enum(['ledger-start', 'ledger-end'])]),
  z.tuple([z.literal('k'), ledgerKey.nullable(), ledgerKey.nullable()]),
  z.tuple([z.literal('kr'), ledgerKey]),
]);
// The marks of a bridge are one text: they are many.
const shown = z
  .string()
  .max(MOST_SHOWN * MARK_LENGTH)
  .refine((text) => text.length % MARK_LENGTH === 0);
const bridgeParts = z.tuple([z.literal('b'), z.enum(['after', 'before']), shown, listParts, ledgerParts]);
const placeParts = z.union([listParts, ledgerParts, bridgeParts]);
const cursorParts = z.array(placeParts);

const flag = (value: boolean): 0 | 1 => (value ? 1 : 0);

function writeGap({ offset, key, ahead, behind, aheadWhole, behindWhole }: Gap) {
  return [offset, key, ahead, behind, flag(aheadWhole), flag(behindWhole)] as const;
}

const writeListPlace = (source: ListPlace): z.infer<typeof listParts> => {
  if (source.kind === 'list-row') return ['r', source.on.mark, ...writeGap(source.on)];
  return typeof source.place === 'string' ? [source.place] : ['g', ...writeGap(source.place)];
};

function writeLedgerPlace(source: LedgerPlace): z.infer<typeof ledgerParts> {
  const key = ({ time, id }: LedgerKey): [number, string] => [time, id];
  if (source.kind === 'ledger-row') return ['kr', key(source.on)];
  if (typeof source.place === 'string') return [`ledger-${source.place}`];
  const { ahead, behind } = source.place;
  return ['k', ahead && key(ahead), behind && key(behind)];
}

function writePlace(source: SourcePlace): z.infer<typeof placeParts> {
  switch (source.kind) {
    case 'list':
    case 'list-row':
      return writeListPlace(source);
    case 'ledger':
    case 'ledger-row':
      return writeLedgerPlace(source);
    case 'bridge': {
      const { toward, shown: marksShown, from, ledger } = source;
      return ['b', toward, marksShown.join(''), writeListPlace(from), writeLedgerPlace(ledger)];
    }
  }
}

type GapParts = readonly [number, number, readonly string[], readonly string[], 0 | 1, 0 | 1];

function readGap([offset, key, ahead, behind, aheadWhole, behindWhole]: GapParts): Gap {
  return { offset, key, ahead, behind, aheadWhole: aheadWhole === 1, behindWhole: behindWhole === 1 };
}

function readListPlace(parts: z.infer<typeof listParts>): ListPlace {
  switch (parts[0]) {
    case 'start':
    case 'end':
    case 'empty':
      return { kind: 'list', place: parts[0] };
    case 'g': {
      const [, ...gap] = parts;
      return { kind: 'list', place: readGap(gap) };
    }
    case 'r': {
      const [, on, ...gap] = parts;
      return { kind: 'list-row', on: { ...readGap(gap), mark: on } };
    }
  }
}

function readLedgerPlace(parts: z.infer<typeof ledgerParts>): LedgerPlace {
  const key = ([time, id]: readonly [number, string]): LedgerKey => ({ time, id });
  switch (parts[0]) {
    case 'ledger-start':
      return { kind: 'ledger', place: 'start' };
    case 'ledger-end':
      return { kind: 'ledger', place: 'end' };
    case 'k':
      return { kind: 'ledger', place: { ahead: parts[1] && key(parts[1]), behind: parts[2] && key(parts[2]) } };
    case 'kr':
      return { kind: 'ledger-row', on: key(parts[1]) };
  }
}

function readPlace(parts: z.infer<typeof placeParts>): SourcePlace {
  switch (parts[0]) {
    case 'start':
    case 'end':
    case 'empty':
    case 'g':
    case 'r':
      return readListPlace(parts);
    case 'ledger-start':
    case 'ledger-end':
    case 'k':
    case 'kr':
      return readLedgerPlace(parts);
    case 'b': {
      const [, toward, text, from, ledger] = parts;
      const count = text.length / MARK_LENGTH;
      const marksShown = Array.from({ length: count }, (_, nth) =>
        text.slice(nth * MARK_LENGTH, (nth + 1) * MARK_LENGTH),
      );
      return { kind: 'bridge', toward, from: readListPlace(from), shown: marksShown, ledger: readLedgerPlace(ledger) };
    }
  }
}

/** Writes and reads the cursors of one query. */
export interface Cursors {
  readonly write: (cursor: Cursor) => string;
  /**
   * Throws PagingError when the text is no cursor, was altered, or belongs to a list with another filter, order, read policy
   * or set of accounts.
   */
  readonly read: (text: string, argument: 'after' | 'before') => Cursor;
}

/** The cursors of the query that `query` describes: the same text for the same question, whoever asks it. */
export function cursorsOf(query: string): Cursors {
  const owner = digest(query, CHECK_LENGTH);
  const check = (body: string) => digest(owner + body, CHECK_LENGTH);

  function read(text: string, argument: 'after' | 'before'): Cursor {
    const bad = () => new PagingError(argument, `"${argument}" is not a cursor of this API.`);
    if (text.length > MAX_CURSOR_LENGTH || !/^[\w-]{14,}$/.test(text)) throw bad();
    const body = text.slice(2 * CHECK_LENGTH);
    const owned = text.slice(0, CHECK_LENGTH);
    // Checked under its own query first: a cursor of another list is sound, only not here.
    if (text.slice(CHECK_LENGTH, 2 * CHECK_LENGTH) !== digest(owned + body, CHECK_LENGTH)) throw bad();
    if (owned !== owner) {
      const message = `"${argument}" is a cursor of another list: filter, order, accounts and read policy must stay the same.`;
      throw new PagingError(argument, message);
    }
    try {
      return cursorParts.parse(JSON.parse(Buffer.from(body, 'base64url').toString())).map(readPlace);
    } catch {
      throw bad();
    }
  }

  return {
    read,
    write: (cursor) => {
      const body = Buffer.from(JSON.stringify(cursor.map(writePlace))).toString('base64url');
      return owner + check(body) + body;
    },
  };
}
