/** Window arithmetic: which pages of a list that knows only `page` and `size` hold the rows [from, to). */
import type { Toward } from './window.ts';

/** One page; it holds the rows [page × size, page × size + size). `page` counts from 0. */
export interface PageRequest {
  readonly page: number;
  readonly size: number;
}

const endOf = ({ page, size }: PageRequest): number => (page + 1) * size;
const holding = (row: number, size: number): PageRequest => ({ page: Math.floor(row / size), size });

/** The smallest page that holds all of [from, to), if there is one. */
function onePage(from: number, to: number, maxPageSize: number): PageRequest | null {
  const need = to - from;
  for (let size = Math.max(need, 1); size <= maxPageSize; size++) {
    if ((from % size) + need <= size) return holding(from, size);
  }
  return null;
}

/** The pair with the fewest rows that holds [from, to), where there is one; sharing a row is better. */
function twoPages(from: number, to: number, maxPageSize: number): readonly PageRequest[] | null {
  for (const shared of [1, 0]) {
    let best: readonly PageRequest[] | null = null;
    let fewest = Infinity;
    for (let size = 1; size <= maxPageSize; size++) {
      const reach = from - (from % size) + size - shared;
      // Neither a page that adds nothing nor one that leaves more than a page of rows can be the first of the
      // best pair.
      if (reach <= from || to - reach > maxPageSize || to - reach + size >= fewest) continue;
      const second = onePage(reach, to, maxPageSize);
      if (second === null || size + second.size >= fewest) continue;
      best = [holding(from, size), second];
      fewest = size + second.size;
    }
    if (best !== null) return best;
  }
  return null;
}

/**
 * The page that holds `row` and reaches furthest behind it, or in front of it. It holds the row's neighbour
 * on that side too, unless no size up to the maximum has both on one page: then it is the neighbour's page.
 */
export function pageToward(row: number, toward: Toward, maxPageSize: number): PageRequest {
  let furthest = 0;
  let best = 0;
  for (let size = 2; size <= maxPageSize; size++) {
    const ahead = row % size;
    const reach = toward === 'after' ? size - 1 - ahead : ahead;
    if (reach > furthest) [furthest, best] = [reach, size];
  }
  const neighbour = Math.max(0, toward === 'after' ? row + 1 : row - 1);
  return best > 0 ? holding(row, best) : holding(neighbour, maxPageSize);
}

/**
 * The pages to fetch, at once, for the rows [from, to): the smallest single page that holds them, else two,
 * else (only when the window is larger than the maximum) as few as possible. Several pages overlap by a row
 * wherever sizes allow: that row shows whether the list moved between their answers.
 */
export function pagesCovering(from: number, to: number, maxPageSize: number): readonly PageRequest[] {
  const one = onePage(from, to, maxPageSize);
  if (one !== null) return [one];
  const two = twoPages(from, to, maxPageSize);
  if (two !== null) return two;
  const furthest = pageToward(from, 'after', maxPageSize);
  const first = furthest.page * furthest.size <= from ? furthest : holding(from, maxPageSize);
  const pages = [first];
  for (let end = endOf(first); end < to;) {
    const next = onePage(end - 1, to, maxPageSize) ?? pageToward(end - 1, 'after', maxPageSize);
    pages.push(next);
    end = endOf(next);
  }
  return pages;
}
