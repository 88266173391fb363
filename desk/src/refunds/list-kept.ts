/** The list that was last looked at: the way back to it, and the neighbours of a refund in it. */

let order: readonly string[] = [];
let address = new URLSearchParams();

export function keepOrder(ids: readonly string[]): void {
  order = ids;
}

export function keepSearch(search: URLSearchParams): void {
  address = search;
}

export const listSearch = (): URLSearchParams => address;

/** The refund some places further in that list; null: there is none. */
export function neighbourOf(id: string, distance: 1 | -1): string | null {
  const place = order.indexOf(id);
  return place < 0 ? null : (order[place + distance] ?? null);
}
