/** Walks through provider sources over model lists, page by page, without a ledger between. */
import { createSingleFlight } from '../../../src/flow/single-flight.ts';
import { cursorsOf } from '../../../src/paging/cursor.ts';
import { NEIGHBOURS } from '../../../src/paging/position.ts';
import { readMerged } from '../../../src/paging/read-merged.ts';
import type { Source } from '../../../src/paging/source.ts';
import { PagingError, type PageWindow, type Toward } from '../../../src/paging/window.ts';
import { NO_CONDITIONS, type Direction, type RefundConditions } from '../../../src/refunds/filter.ts';
import type { QueriedPage } from '../../../src/services/reading/provider-pages.ts';
import { failedAt, readProvider } from '../../../src/services/reading/provider-source.ts';
import { idOf, type RefundRows } from '../../../src/services/reading/source.ts';
import { createModelAccount, type Change, type Manners, type ModelList } from './list-model.ts';

/** The source of one account over a model list. */
export interface ModelSource {
  readonly open: (toward: Toward) => Source<RefundRows>;
  /** Pages asked of the provider since the start. */
  readonly calls: () => number;
}

export function sourceOver(
  list: ModelList,
  { direction, ...manners }: Manners & { readonly direction: Direction },
  {
    key = 'library',
    conditions = NO_CONDITIONS,
  }: { readonly key?: string; readonly conditions?: RefundConditions } = {},
): ModelSource {
  const { account, calls } = createModelAccount(key, list, manners);
  const ofModel = account.list;
  if (ofModel === undefined) throw new Error('The model has a list.');
  const flight = createSingleFlight<QueriedPage>();
  const clock = () => new Date(0);
  return {
    calls,
    open: (toward) => (position, limits) => {
      if (typeof position === 'object' && position.kind !== 'gap') throw new Error('It has pages.');
      const of = { account, list: ofModel, direction, toward, conditions, flight, clock };
      return readProvider(of, position, limits).catch(failedAt(of, position, limits));
    },
  };
}

export interface WalkedPage {
  /** Ids in the order of the list, and a cursor for each. */
  readonly ids: readonly string[];
  readonly cursors: readonly string[];
  /** There may be rows beyond the page; and on the other side of where it began. */
  readonly more: boolean;
  readonly opposite: boolean;
  /** The cursor to go on from. */
  readonly next: string | null;
  /** In the order of the sources. */
  readonly results: readonly RefundRows[];
}

const CURSORS = cursorsOf('a test');

export async function walkPage(sources: readonly ModelSource[], window: PageWindow): Promise<WalkedPage> {
  const page = await readMerged(
    { sources: sources.map(({ open }) => open(window.toward)), cursors: CURSORS, window, deadlineMs: 10_000 },
    new AbortController().signal,
  );
  const ids = page.rows.map(({ row }) => idOf(row.content));
  const cursors = page.rows.map(({ cursor }) => cursor);
  const goesOn = page.more && (page.blocked || ids.length === 0);
  const inOrder = <T>(values: readonly T[]) => (window.toward === 'after' ? values : values.toReversed());
  return {
    ids: inOrder(ids),
    cursors: inOrder(cursors),
    more: page.more,
    opposite: page.opposite,
    next: goesOn ? page.rest : (cursors.at(-1) ?? null),
    results: inOrder(page.sources),
  };
}

export interface Walk {
  readonly toward: Toward;
  /** Page sizes, in turns. */
  readonly sizes: readonly number[];
  /** What happens to each list behind each page. */
  readonly between?: readonly (readonly Change[])[];
}

export interface Walked {
  readonly seen: readonly string[];
  /** What was in each list from the first page to the last, in its order. */
  readonly stayed: readonly (readonly string[])[];
}

/** Pages in which any walk of these tests must end. */
const MOST_PAGES = 6_000;

/**
 * Walks changing lists from one end to the other. Null when a position was lost, which is right only when
 * more rows of one second vanished during the walk than a cursor remembers (small pages show it no new
 * neighbours): else that is thrown.
 */
export async function walkWhole(
  lists: readonly ModelList[],
  sources: readonly ModelSource[],
  { toward, sizes, between = [] }: Walk,
): Promise<Walked | null> {
  const seen: string[] = [];
  const idsOf = (list: ModelList) => list.rows().map(({ id }) => id);
  let stayed = lists.map(idsOf);
  let from: string | null = null;
  for (const list of lists) list.worstLoss();
  for (let nth = 0; nth < MOST_PAGES; nth++) {
    try {
      const limit = sizes[nth % sizes.length] ?? 1;
      const page: WalkedPage = await walkPage(sources, { toward, limit, from });
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

/**
 * What is wrong with a walk: rows seen twice, and lists whose lasting rows were not seen once each in
 * order.
 */
export function faultsOf({ seen, stayed }: Walked) {
  const twice = seen.filter((id, index) => seen.indexOf(id) !== index);
  const broken = stayed.filter((ids) => {
    const lasting = new Set(ids);
    return seen.filter((id) => lasting.has(id)).join() !== ids.join();
  });
  return { twice, broken };
}

export const NO_FAULTS = { twice: [], broken: [] };
