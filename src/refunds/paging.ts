/** What a frontend may ask of a list: how many rows, from where, which way. */

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

/** A page: the `first` rows behind `after`, or the `last` rows in front of `before`. Null: from the list's start, or end. */
export type PageWindow =
  | { readonly kind: 'forward'; readonly first: number; readonly after: string | null }
  | { readonly kind: 'backward'; readonly last: number; readonly before: string | null };

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
    return { kind: 'forward', first: readRows('first', forward), after: after ?? null };
  }
  if (backward !== null) {
    if (typeof after === 'string')
      throw new PagingError('after', '"after" goes with "first"; with "last" give "before".');
    return { kind: 'backward', last: readRows('last', backward), before: before ?? null };
  }
  throw new PagingError('first', `Say how many rows: "first" or "last", from 0 to ${MAX_ROWS}.`);
}
