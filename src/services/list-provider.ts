/** A provider's list as a source: finds a place in it again, however the pages have shifted, and reads on from there. */
import { ProviderError } from '../providers/errors.ts';
import type { ListPlace, SourcePlace } from '../refunds/cursor.ts';
import { PagingError } from '../refunds/paging.ts';
import { besides, findPlace, gapAt, standingOn, type Found, type Place, type Toward } from '../refunds/place.ts';
import { endOf, joinAhead, joinBehind, type Stretch } from '../refunds/stretch.ts';
import { openPages, type ListRow, type Pages, type PagesOf } from './list-pages.ts';
import { createSearch } from './list-search.ts';
import type { ListSource, ReadAsk, Reading, SourceRow } from './list-source.ts';

/** Steps, one upstream question after the other, in which a place must be found again. */
const MAX_SEARCH_STEPS = 40;
/** Rows by which the search goes on in one step, at least. */
const LEAST_WIDENING = 16;
/** Steps in which the page must be filled from there. With a filter that the provider can't apply, a step is a page. */
const MAX_FILL_STEPS = 9;

/** The source that asks the provider itself. */
export function providerSource(of: PagesOf): ListSource<ListPlace> {
  return {
    account: of.account.key,
    origin: 'PROVIDER',
    read: (ask, signal) => read(openPages(of, signal), of, ask, listPlaceOf(ask.place, ask.toward)),
  };
}

function listPlaceOf(source: SourcePlace, toward: Toward): ListPlace {
  switch (source.kind) {
    case 'list':
    case 'list-row':
      return source;
    case 'ledger':
    case 'ledger-row':
    case 'bridge':
      throw new PagingError(toward, `"${toward}" is a cursor of another list.`);
  }
}

/** The place beyond which there are rows that were not passed. */
export const openPlace = (source: ListPlace, toward: Toward): Place =>
  source.kind === 'list' ? source.place : besides(source.on, toward);

const NONE: ReadonlySet<string> = new Set();

async function read(
  pages: Pages,
  of: PagesOf,
  { toward, need, shown = NONE }: ReadAsk,
  source: ListPlace,
): Promise<Reading<ListPlace>> {
  const place = openPlace(source, toward);
  // Nothing lies outside the list, and its other side was never read.
  if (place === (toward === 'after' ? 'end' : 'start')) return nothing(source);
  const pushed = of.list.canPush(of.conditions);
  // Where rows are passed over unseen, it is not known how many must be read.
  const counted = pushed && shown.size === 0;
  const search = createSearch();
  let stretch = await open(pages, place, toward, need, counted);
  let found: Found = { place, index: 0 };
  let fills = 0;
  for (let steps = 0; steps <= MAX_SEARCH_STEPS + fills; steps++) {
    const finding = findPlace(stretch, place, toward);
    switch (finding.kind) {
      case 'lost':
        throw new PagingError(toward, `The rows around "${toward}" have all gone from the list; start it again.`);
      case 'near':
        stretch = await widen(pages, stretch, finding.toward ?? (steps % 2 === 0 ? 'after' : 'before'));
        break;
      case 'far': {
        const probe = search(stretch, finding.toward, pages.maxPageSize());
        stretch =
          probe.kind === 'around' ? await pages.around(probe.row) : await pages.window(probe.from, probe.to, toward);
        break;
      }
      case 'found': {
        found = { place, index: finding.index };
        const missing = need - matching(stretch, found.index, toward, shown);
        const atEdge = toward === 'after' ? stretch.atEnd : stretch.atStart;
        if (missing <= 0 || atEdge || fills === MAX_FILL_STEPS) {
          return reading(stretch, found, toward, {
            complete: missing <= 0 || atEdge,
            askedAt: pages.askedAt(),
            pushed,
            shown,
          });
        }
        fills++;
        stretch = await fill(pages, stretch, found.index, toward, counted ? missing : null);
        break;
      }
    }
  }
  throw new ProviderError({
    kind: 'unavailable',
    account: of.account.key,
    operation: 'list refunds',
    message: 'The list changes faster than a place in it can be found.',
    sent: true,
  });
}

/** The first look: the window itself with one row beyond the place, by which the place is recognised. */
async function open(pages: Pages, place: Place, toward: Toward, need: number, counted: boolean) {
  if (place === 'end' || (place === 'empty' && toward === 'before')) {
    const first = await pages.window(0, Math.min(need + 1, pages.maxPageSize()), 'after');
    return first.atEnd ? first : pages.window(Math.max(0, first.total - need), first.total + 1, 'before');
  }
  const offset = typeof place === 'string' ? 0 : place.offset;
  if (toward === 'after') {
    const anchor = Math.max(0, offset - 1);
    return counted ? pages.window(anchor, offset + need, toward) : pages.reaching(anchor, toward);
  }
  return counted ? pages.window(Math.max(0, offset - need), offset + 1, toward) : pages.reaching(offset, toward);
}

/** Reads on at one end of a stretch; `missing` rows at once, or (null) as many as one page has. */
async function fill(pages: Pages, stretch: Stretch<ListRow>, index: number, toward: Toward, missing: number | null) {
  const end = endOf(stretch);
  const { start } = stretch;
  const more = await (missing === null
    ? pages.reaching(toward === 'after' ? end - 1 : start, toward)
    : toward === 'after'
      ? pages.window(end - 1, end + missing, toward)
      : pages.window(Math.max(0, start - missing), start + 1, toward));
  const joined = toward === 'after' ? joinBehind(stretch, more) : joinAhead(more, stretch);
  // The list moved by more than a page in between: begin again at the place.
  return joined ?? pages.around(start + index);
}

/** Looks further on one side of a stretch for a place in a second that is longer than it: by a page, not a tiny one. */
function widen(pages: Pages, stretch: Stretch<ListRow>, toward: Toward) {
  return fill(pages, stretch, 0, toward, pages.maxPageSize() < LEAST_WIDENING ? LEAST_WIDENING : null);
}

function matching({ rows }: Stretch<ListRow>, index: number, toward: Toward, shown: ReadonlySet<string>): number {
  const side = toward === 'after' ? rows.slice(index) : rows.slice(0, index);
  return side.filter(({ matches, mark }) => matches && !shown.has(mark)).length;
}

function nothing(place: ListPlace): Reading<ListPlace> {
  const stay = () => place;
  const none = { rows: [], more: false, complete: true, askedAt: null, opposite: false, total: null };
  return { ...none, placeBeyond: stay, placeOn: stay };
}

interface HowRead {
  readonly complete: boolean;
  readonly askedAt: Date | null;
  readonly pushed: boolean;
  readonly shown: ReadonlySet<string>;
}

function reading(
  stretch: Stretch<ListRow>,
  found: Found,
  toward: Toward,
  { complete, askedAt, pushed, shown }: HowRead,
): Reading<ListPlace> {
  const { rows, atStart, atEnd, total } = stretch;
  const { index } = found;
  const outwards = toward === 'after' ? rows.slice(index) : rows.slice(0, index).toReversed();
  const row = ({ key, mark, matches, observation }: ListRow): SourceRow => ({
    key,
    matches: matches && !shown.has(mark),
    content: { kind: 'observed', observation },
  });
  return {
    rows: outwards.map(row),
    more: toward === 'after' ? !atEnd : !atStart,
    complete,
    askedAt,
    opposite: toward === 'after' ? index > 0 || !atStart : index < rows.length || !atEnd,
    total: pushed ? total : null,
    placeBeyond: (count) => ({
      kind: 'list',
      place: gapAt(stretch, toward === 'after' ? index + count : index - count, found),
    }),
    placeOn: (nth) => {
      const at = toward === 'after' ? index + nth : index - 1 - nth;
      const standing = rows[at];
      if (standing === undefined) throw new RangeError('A cursor stands on a row that was read.');
      return { kind: 'list-row', on: standingOn(stretch, at, standing, found) };
    },
  };
}
