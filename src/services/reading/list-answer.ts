/** What a page of the list answers: its refunds, where to go on, and what became of each source. */
import type { MergedPage } from '../../paging/read-merged.ts';
import type { Toward } from '../../paging/window.ts';
import type { Refund, RefundStatus } from '../../refunds/refund.ts';
import type { RefundRows } from './source.ts';

/** Where the rows of one account came from, and whether they could be read. */
export interface SourceReport extends Pick<RefundRows, 'account' | 'origin' | 'complete' | 'asOf' | 'failure'> {
  /** Rows of this page that can't be read. */
  readonly unreadable: number;
  readonly totalCount: number | null;
}

export interface RefundPage {
  readonly edges: readonly { readonly cursor: string; readonly refund: Refund }[];
  /**
   * The first and the last edge's cursors. Where the page ends early (a source failed, or a filter's bound
   * was reached) the one that the walk goes on from stands beyond the edges, and is there even on a page
   * without edges. Else null on such.
   */
  readonly startCursor: string | null;
  readonly endCursor: string | null;
  readonly hasNextPage: boolean;
  readonly hasPreviousPage: boolean;
  /** Null when a source can't count. */
  readonly totalCount: number | null;
  readonly sources: readonly SourceReport[];
}

/** A row with its place, whose cursor is written when somebody asks for it. */
const edgeOf = (row: { readonly cursor: string }, refund: Refund) => ({
  refund,
  get cursor() {
    return row.cursor;
  },
});

/** The page as it is answered, of its refunds row by row: null for a row that is not known. */
export function pageOf(
  page: MergedPage<RefundRows>,
  refunds: readonly (Refund | null)[],
  { statuses, toward }: { readonly statuses: readonly RefundStatus[] | null; readonly toward: Toward },
): RefundPage {
  const walked = page.rows.flatMap((row, index) => {
    const refund = refunds[index] ?? null;
    // The ledger may know better than the provider's list by now; a row that does not meet the filter is
    // not shown.
    const meets = refund !== null && (statuses?.includes(refund.status) ?? true);
    return meets ? [edgeOf(row, refund)] : [];
  });
  const goesOn = page.more && (page.blocked || walked.length < page.rows.length || walked.length === 0);
  const near = () => walked[0]?.cursor ?? null;
  const far = () => (goesOn ? page.rest : (walked.at(-1)?.cursor ?? null));
  // What lies behind the last row is counted on the page that passes it.
  const passed = goesOn || !page.more ? page.passed.toRest : page.passed.toLastRow;
  const sources = page.sources.map((source, nth) => reportOf(source, passed[nth] ?? 0));
  const totals = sources.map(({ totalCount }) => totalCount);
  const isCounted = totals.every((total) => total !== null);
  const isForward = toward === 'after';
  return {
    edges: isForward ? walked : walked.toReversed(),
    get startCursor() {
      return isForward ? near() : far();
    },
    get endCursor() {
      return isForward ? far() : near();
    },
    hasNextPage: isForward ? page.more : page.opposite,
    hasPreviousPage: isForward ? page.opposite : page.more,
    totalCount: isCounted ? totals.reduce((sum, total) => sum + total, 0) : null,
    sources: sources.toSorted((a, b) => (a.account < b.account ? -1 : 1)),
  };
}

function reportOf({ account, origin, complete, total, asOf, failure, rows }: RefundRows, passed: number): SourceReport {
  const unreadable = rows.slice(0, passed).filter(({ content }) => content.kind === 'unreadable').length;
  return { account, origin, complete, unreadable, totalCount: total, asOf, failure };
}
