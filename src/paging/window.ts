/** The window of a page: how many rows, from where, which way. */

/** Most rows of one page. */
export const MAX_ROWS = 100;

/** A paging argument or cursor that can't be used. The message says what to do about it; nothing was read. */
export class PagingError extends Error {
  override readonly name = 'PagingError';
  readonly argument: PagingArgument;

  constructor(argument: PagingArgument, message: string) {
    super(message);
    this.argument = argument;
  }
}

/** Relay's four paging arguments. */
export type PagingArgument = 'first' | 'after' | 'last' | 'before';

/** The side of a cursor on which the rows are asked for. */
export type Toward = 'after' | 'before';

/**
 * A page: `limit` rows behind (`after`) or in front of (`before`) a cursor. Null: from the list's start, or
 * end.
 */
export interface PageWindow {
  readonly toward: Toward;
  readonly limit: number;
  readonly from: string | null;
}

interface PagingArguments {
  readonly first?: number | null | undefined;
  readonly after?: string | null | undefined;
  readonly last?: number | null | undefined;
  readonly before?: string | null | undefined;
}

/** How many rows a page may have, checked. Throws PagingError. */
export function readRows(argument: 'first' | 'last', count: number): number {
  if (Number.isInteger(count) && count >= 0 && count <= MAX_ROWS) return count;
  throw new PagingError(argument, `"${argument}" must be a whole number from 0 to ${MAX_ROWS}, not ${count}.`);
}

/** Reads the paging arguments. Exactly one of `first` and `last` must be given. Throws PagingError. */
export function readWindow({ first, after, last, before }: PagingArguments): PageWindow {
  const forward = first ?? null;
  const backward = last ?? null;
  if (forward !== null && backward !== null) {
    throw new PagingError('last', 'Give "first" or "last", not both.');
  }
  if (forward !== null) {
    if (typeof before === 'string')
      throw new PagingError('before', '"before" goes with "last"; with "first" give "after".');
    return { toward: 'after', limit: readRows('first', forward), from: after ?? null };
  }
  if (backward !== null) {
    if (typeof after === 'string')
      throw new PagingError('after', '"after" goes with "first"; with "last" give "before".');
    return { toward: 'before', limit: readRows('last', backward), from: before ?? null };
  }
  throw new PagingError('first', `Say how many rows: "first" or "last", from 0 to ${MAX_ROWS}.`);
}
