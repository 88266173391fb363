/**
 * A walk through a list, page by page. Its cursors carry the place of the event feed from which the walk's
 * reader misses nothing: caches keep the `eventCursor` of the page that came last.
 */
import { PagingError, type PageWindow } from '../../paging/window.ts';
import { isUnsealedEventCursor } from '../../refunds/event-cursor.ts';
import type { Services } from '../services.ts';
import type { RefundPage } from '../../services/reading/list-answer.ts';

/** Between the list's own cursor and that of the feed; neither has it. */
const SEPARATOR = '.';

/**
 * Where a page begins: its window in the list, and the feed's place where the cursor carries one. Throws
 * PagingError.
 */
function begun({ from, ...window }: PageWindow, { cursors }: Services['feed']) {
  const [list = null, ...rest] = from?.split(SEPARATOR) ?? [];
  // A cursor of an older version carries no place.
  const eventCursor = rest.length === 0 ? null : rest.join(SEPARATOR);
  if (eventCursor !== null && isUnsealedEventCursor(eventCursor)) {
    throw new PagingError(window.toward, `"${window.toward}" is a cursor of an older version; start the list again.`);
  }
  if (eventCursor !== null && cursors.read(eventCursor) === null) {
    throw new PagingError(window.toward, `"${window.toward}" is not a cursor of this API.`);
  }
  return { window: { ...window, from: list }, eventCursor };
}

/**
 * Reads a page of a walk. Where the feed ends is asked before the first page is read, and not again. Throws
 * what `read` throws, and PagingError.
 */
export async function readWalk(
  window: PageWindow,
  feed: Services['feed'],
  read: (window: PageWindow) => Promise<RefundPage>,
) {
  const begin = begun(window, feed);
  const eventCursor = begin.eventCursor ?? feed.cursors.write(await feed.end());
  const page = await read(begin.window);
  const carrying = (cursor: string) => `${cursor}${SEPARATOR}${eventCursor}`;
  const atEnd = (cursor: string | null) => (cursor === null ? null : carrying(cursor));
  const { hasNextPage, hasPreviousPage, totalCount, sources } = page;
  // Cursors are written when a field asks for them.
  return {
    hasNextPage,
    hasPreviousPage,
    totalCount,
    sources,
    edges: page.edges.map((edge) => ({
      refund: edge.refund,
      get cursor() {
        return carrying(edge.cursor);
      },
    })),
    get startCursor() {
      return atEnd(page.startCursor);
    },
    get endCursor() {
      return atEnd(page.endCursor);
    },
    eventCursor,
  };
}
