/** Walks through sources page by page, as `list.ts` does, but without the ledger between. */
import { createSingleFlight } from '../../src/flow/single-flight.ts';
import { cursorsOf } from '../../src/refunds/cursor.ts';
import { NO_CONDITIONS, type RefundConditions } from '../../src/refunds/filter.ts';
import { PagingError } from '../../src/refunds/paging.ts';
import { NEIGHBOURS, type Toward } from '../../src/refunds/place.ts';
import type { AskedPage } from '../../src/services/list-pages.ts';
import { draftPage } from '../../src/services/list-draft.ts';
import { readSources, type Outcome } from '../../src/services/list-outcome.ts';
import { providerSource } from '../../src/services/list-provider.ts';
import type { Direction, ListSource } from '../../src/services/list-source.ts';
import { createModelAccount, type Change, type Manners, type ModelList } from './list-model.ts';

export interface WalkedPage {
  /** Ids in the order of the list, and a cursor for each. */
  readonly ids: readonly string[];
  readonly cursors: readonly string[];
  /** There may be rows beyond the page; and on the other side of where it began. */
  readonly more: boolean;
  readonly opposite: boolean;
  /** The cursor to go on from. */
  readonly next: string | null;
  readonly outcomes: readonly Outcome[];
}

export interface CountedSource extends ListSource {
  /** Pages asked of the provider since the start. */
  readonly calls: () => number;
}

/** The source of one account over a model list. */
export function sourceOver(
  list: ModelList,
  direction: Direction,
  manners: Manners,
  {
    key = 'library',
    conditions = NO_CONDITIONS,
  }: { readonly key?: string; readonly conditions?: RefundConditions } = {},
): CountedSource {
  const { account, calls } = createModelAccount(key, list, manners);
  if (account.list === undefined) throw new Error('The model has a list.');
  const flight = createSingleFlight<AskedPage>();
  return {
    ...providerSource({ account, list: account.list, direction, conditions, flight, clock: () => new Date(0) }),
    calls,
  };
}

const CURSORS = cursorsOf('a test');

export async function walkPage(
  sources: readonly ListSource[],
  { toward, size, from }: { readonly toward: Toward; readonly size: number; readonly from: string | null },
): Promise<WalkedPage> {
  const cursor = from === null ? null : CURSORS.read(from, toward);
  const edge = toward === 'after' ? 'start' : 'end';
  const placed = sources.map((source, index) => ({
    source,
    place: cursor?.[index] ?? ({ kind: 'list', place: edge } as const),
  }));
  const outcomes = await readSources(
    placed,
    { toward, need: size + 1, withTotal: true },
    { clock: () => new Date(0), deadlineMs: 10_000 },
    new AbortController().signal,
  );
  const draft = draftPage(outcomes, size, toward);
  const ids = draft.rows.map(({ row: { content } }) =>
    content.kind === 'observed' ? content.observation.merchantRefundId : content.refund.merchantRefundId,
  );
  const cursors = draft.rows.map(({ cursor: places }) => CURSORS.write(places));
  const goesOn = draft.more && (draft.blocked || ids.length === 0);
  return {
    ids: toward === 'after' ? ids : ids.toReversed(),
    cursors: toward === 'after' ? cursors : cursors.toReversed(),
    more: draft.more,
    opposite: draft.opposite,
    next: goesOn ? CURSORS.write(draft.rest) : (cursors.at(-1) ?? null),
    outcomes,
  };
}

export interface Walked {
  readonly seen: readonly string[];
  /** What was in each list from the first page to the last, in its order. */
  readonly stayed: readonly (readonly string[])[];
}

/** Pages in which any walk of these tests must end. */
const MOST_PAGES = 6_000;

/**
 * Walks changing lists from one end to the other. Null when a place was lost, which is right only when more rows of one second
 * vanished during the walk than a cursor remembers (small pages show it no new neighbours): else that is thrown.
 */
export async function walkWhole(
  lists: readonly ModelList[],
  sources: readonly ListSource[],
  toward: Toward,
  sizes: readonly number[],
  between: readonly (readonly Change[])[],
): Promise<Walked | null> {
  const seen: string[] = [];
  const idsOf = (list: ModelList) => list.rows().map(({ id }) => id);
  let stayed = lists.map(idsOf);
  let from: string | null = null;
  for (const list of lists) list.worstLoss();
  for (let nth = 0; nth < MOST_PAGES; nth++) {
    try {
      const size = sizes[nth % sizes.length] ?? 1;
      const page: WalkedPage = await walkPage(sources, { toward, size, from });
      if (toward === 'after') seen.push(...page.ids);
      else seen.unshift(...page.ids);
      from = page.next;
      if (!page.more) return { seen, stayed };
    } catch (error) {
      if (error instanceof PagingError && lists.some((list) => list.worstLoss() >= NEIGHBOURS)) return null;
      throw error;
    }
    const change = between[nth] ?? [];
    for (const [index, list] of lists.entries()) {
      const here = change[index];
      if (here !== undefined) list.change(here);
    }
    stayed = stayed.map((ids, index) => {
      const now = new Set(lists[index]?.rows().map(({ id }) => id));
      return ids.filter((id) => now.has(id));
    });
  }
  throw new Error('The walk does not end.');
}

/** What is wrong with a walk: rows seen twice, and lists whose lasting rows were not seen once each in order. */
export function faultsOf({ seen, stayed }: Walked) {
  const twice = seen.filter((id, index) => seen.indexOf(id) !== index);
  const broken = stayed.filter((ids) => {
    const lasting = new Set(ids);
    return seen.filter((id) => lasting.has(id)).join() !== ids.join();
  });
  return { twice, broken };
}

export const NO_FAULTS = { twice: [], broken: [] };
