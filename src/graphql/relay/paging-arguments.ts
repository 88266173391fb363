/** Relay's four paging arguments, the same on every connection. */
import { MAX_ROWS, PagingError } from '../../paging/window.ts';
import { builder } from '../builder.ts';
import { NoProgressError } from '../../services/reading/list.ts';
import { badInput, listWaits } from '../errors.ts';

/** How many rows a page may have, for descriptions: what `readWindow` checks. */
export const ROWS = `0 to ${MAX_ROWS}`;

/** The arguments `first`, `after`, `last`, `before`. */
export const pagingArguments = () =>
  builder.args((t) => ({
    first: t.int({ description: `How many rows behind \`after\`: ${ROWS}. Give it or \`last\`.` }),
    after: t.string({ description: 'A cursor of this list, with `first`. Left out: from its beginning.' }),
    last: t.int({ description: `How many rows in front of \`before\`: ${ROWS}. Give it or \`first\`.` }),
    before: t.string({ description: 'A cursor of this list, with `last`. Left out: from its end.' }),
  }));

/**
 * Runs a listing; a mistake in its paging arguments or cursor becomes BAD_USER_INPUT, a walk that can't go on
 * PROVIDER_….
 */
export async function asPaging<Result>(run: () => Promise<Result>): Promise<Result> {
  try {
    return await run();
  } catch (error) {
    if (error instanceof PagingError) throw badInput(error.message, error.argument);
    if (error instanceof NoProgressError) throw listWaits(error.account, error.code);
    throw error;
  }
}

/** Rows that a page can have at most, for the cost of a query. */
export const pageCost = ({ first, last }: Readonly<Partial<Record<'first' | 'last', number | null | undefined>>>) => ({
  field: 1,
  multiplier: Math.min(Math.max(first ?? last ?? 1, 1), MAX_ROWS),
});
