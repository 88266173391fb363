/** Cursors: a place in every source of a list, as text that means nothing to anybody else. */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Gap, Place, Standing } from './place.ts';
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

/** Where one source was: `on` is the row that the cursor stands on, in the source that the row is from. */
export type SourcePlace =
  | { readonly kind: 'list'; readonly place: Place }
  | { readonly kind: 'list-row'; readonly on: Standing }
  | { readonly kind: 'ledger'; readonly place: 'start' | 'end' | LedgerGap }
  | { readonly kind: 'ledger-row'; readonly on: LedgerKey };

/** One place per source, in the order of the query's sources. */
export type Cursor = readonly SourcePlace[];

/** Longest text that is read as a cursor. */
const MAX_CURSOR_LENGTH = 16_384;
const CHECK_LENGTH = 6;

const digest = (text: string, length: number): string =>
  createHash('sha256').update(text).digest('base64url').slice(0, length);

/** The mark of a row: 48 bits of its id, compared only among neighbours. */
export const markOf = (id: string): string => digest(id, 8);

const whole = z.number().int();
const mark = z.string().length(8);
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
const placeParts = z.union([
  z.tuple([z.enum(['start', 'end', 'empty'])]),
  z.tuple([z.literal('g'), ...gapParts]),
  z.tuple([z.literal('r'), mark, ...gapParts]),
  z.tuple([z.enum(['ledger-start', 'ledger-end'])]),
  z.tuple([z.literal('k'), ledgerKey.nullable(), ledgerKey.nullable()]),
  z.tuple([z.literal('kr'), ledgerKey]),
]);
type PlaceParts = z.infer<typeof placeParts>;
const cursorParts = z.array(placeParts);

const flag = (value: boolean): 0 | 1 => (value ? 1 : 0);

function writeGap({ offset, key, ahead, behind, aheadWhole, behindWhole }: Gap) {
  return [offset, key, ahead, behind, flag(aheadWhole), flag(behindWhole)] as const;
}

function writePlace(source: SourcePlace): PlaceParts {
  const key = ({ time, id }: LedgerKey): [number, string] => [time, id];
  switch (source.kind) {
    case 'list':
      return typeof source.place === 'string' ? [source.place] : ['g', ...writeGap(source.place)];
    case 'list-row':
      return ['r', source.on.mark, ...writeGap(source.on)];
    case 'ledger': {
      if (typeof source.place === 'string') return [`ledger-${source.place}`];
      const { ahead, behind } = source.place;
      return ['k', ahead && key(ahead), behind && key(behind)];
    }
    case 'ledger-row':
      return ['kr', key(source.on)];
  }
}

type GapParts = readonly [number, number, readonly string[], readonly string[], 0 | 1, 0 | 1];

function readGap([offset, key, ahead, behind, aheadWhole, behindWhole]: GapParts): Gap {
  return { offset, key, ahead, behind, aheadWhole: aheadWhole === 1, behindWhole: behindWhole === 1 };
}

function readPlace(parts: PlaceParts): SourcePlace {
  const key = ([time, id]: readonly [number, string]): LedgerKey => ({ time, id });
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
