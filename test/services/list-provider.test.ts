import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ListPage } from '../../src/providers/provider.ts';
import { createSingleFlight } from '../../src/providers/single-flight.ts';
import { NO_CONDITIONS } from '../../src/refunds/filter.ts';
import { PagingError } from '../../src/refunds/paging.ts';
import { NEIGHBOURS, type Toward } from '../../src/refunds/place.ts';
import { providerSource } from '../../src/services/list-provider.ts';
import type { Direction, ListSource } from '../../src/services/list-source.ts';
import {
  changes,
  createModelAccount,
  createModelList,
  gaps,
  type Change,
  type Manners,
  type ModelList,
} from './list-model.ts';
import { walkPage } from './list-walk.ts';

const directions = fc.constantFrom<Direction>('DESC', 'ASC');
const sides = fc.constantFrom<Toward>('after', 'before');

function sourceOf(list: ModelList, direction: Direction, manners: Manners): ListSource & { calls: () => number } {
  const { account, calls } = createModelAccount('library', list, manners);
  if (account.list === undefined) throw new Error('The model has a list.');
  const flight = createSingleFlight<ListPage>();
  const source = providerSource({ account, list: account.list, direction, conditions: NO_CONDITIONS, flight });
  return { ...source, calls };
}

/** Walks a changing list from one end to the other: what was seen, in the order of the list; null when the place was lost. */
async function walk(
  list: ModelList,
  source: ListSource,
  toward: Toward,
  sizes: readonly number[],
  between: readonly Change[],
): Promise<{ readonly seen: readonly string[]; readonly stayed: readonly string[] } | null> {
  const seen: string[] = [];
  let stayed = list.rows().map(({ id }) => id);
  let from: string | null = null;
  for (let nth = 0; nth < 600; nth++) {
    try {
      const page = await walkPage([source], { toward, size: sizes[nth % sizes.length] ?? 1, from });
      if (toward === 'after') seen.push(...page.ids);
      else seen.unshift(...page.ids);
      from = page.next;
      const [outcome] = page.outcomes;
      if (outcome?.result.kind === 'failed') throw new Error(outcome.result.failure.message);
      if (!page.more) return { seen, stayed };
    } catch (error) {
      // A place is lost only when more rows of one second vanished at once than a cursor remembers.
      if (error instanceof PagingError && list.worstLoss() >= NEIGHBOURS) return null;
      throw error;
    }
    const change = between[nth];
    list.worstLoss();
    if (change !== undefined) list.change(change);
    const now = new Set(list.rows().map(({ id }) => id));
    stayed = stayed.filter((id) => now.has(id));
  }
  throw new Error('The walk does not end.');
}

function expectWhole({ seen, stayed }: { readonly seen: readonly string[]; readonly stayed: readonly string[] }) {
  expect(new Set(seen).size, 'no row twice').toBe(seen.length);
  const there = new Set(stayed);
  expect(seen.filter((id) => there.has(id))).toEqual(stayed);
}

describe('a walk through a list that changes between its pages', () => {
  test('sees every row that was there all along exactly once, in order', async () => {
    await fc.assert(
      fc.asyncProperty(
        gaps(120),
        directions,
        sides,
        fc.oneof(fc.integer({ min: 1, max: 30 }), fc.constant(100)),
        fc.array(fc.integer({ min: 1, max: 25 }), { minLength: 1, maxLength: 4 }),
        fc.array(changes, { maxLength: 30 }),
        async (rows, direction, toward, maxPageSize, sizes, between) => {
          const list = createModelList(rows, direction);
          const walked = await walk(list, sourceOf(list, direction, { maxPageSize }), toward, sizes, between);
          if (walked !== null) expectWhole(walked);
        },
      ),
      { numRuns: 1_500 },
    );
  });
});
