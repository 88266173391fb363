/** Relay's four paging arguments, the same on every connection. */
import { MAX_ROWS, PagingError } from '../../paging/window.ts';
import { builder } from '../builder.ts';
import { NoProgressError } from '../../services/reading/list.ts';
import { badInput, listWaits } from '../errors.ts';

/** The arguments `first`, `after`, `last`, `before`. */
export const pagingArguments = () =>
  builder.args((t) => ({
    first: t.int({ description: `Rows after \`after\`, 1 to ${MAX_ROWS}.` }),
    after: t.string(),
    last: t.int({ description: `Rows before \`before\`, 1 to ${MAX_ROWS}.` }),
    before: t.string(),
  }));

/** Runs a listing; a mistake in its paging arguments or cursor becomes BAD_USER_INPUT, a walk that can't go on PROVIDER_…. */
export async function asPaging<Result>(run: () => Promise<Result>): Promise<Result> {
  try {
    return await run();
  } catch (error) {
    if (error instanceof PagingError) throw badInput(error.message, error.argument);
    if (error instanceof NoProgressError) throw listWaits(error.account, error.code);
    throw error;
  }
}

interface Args {
  readonly first?: number | null | undefined;
  readonly last?: number | null | undefined;
}

/** Rows that a page can have at most, for the cost of a query. */
export const pageCost = ({ first, last }: Args) => ({
  field: 1,
  multiplier: Math.min(Math.max(first ?? last ?? 1, 1), MAX_ROWS),
});
