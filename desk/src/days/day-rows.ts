/** Rows of a summary, put together into days. Pure. */
import type { daysQuery } from '../generated/daysQuery.graphql.ts';
import { addDays } from '../shown/time.tsx';

type SummaryRow = NonNullable<daysQuery['response']['refundSummary']>[number];

/** The states that a bar tells apart; the first is at its bottom. */
export const PARTS = ['SUCCEEDED', 'FAILED', 'open', 'CANCELED'] as const;
export type Part = (typeof PARTS)[number];

/** What is counted of a span of time. */
export interface Counts {
  readonly count: number;
  readonly parts: Readonly<Record<Part, number>>;
  /** Exact decimal text of what was refunded. */
  readonly refunded: string;
}

export interface DayRow extends Counts {
  readonly day: string;
  /** How many more, or fewer, than on the day before. */
  readonly change: number;
}

function partOf(status: SummaryRow['status']): Part {
  return status === 'SUCCEEDED' || status === 'FAILED' || status === 'CANCELED' ? status : 'open';
}

/** Rows of a summary by state, of one currency. */
export function countsOf(summary: readonly Omit<SummaryRow, 'day'>[], currency: string): Counts {
  const rows = summary.filter(({ amount }) => amount.currency === currency);
  const sum = (some: typeof rows) => some.reduce((all, { count }) => all + count, 0);
  const ofPart = (part: Part) => sum(rows.filter(({ status }) => partOf(status) === part));
  return {
    count: sum(rows),
    parts: {
      SUCCEEDED: ofPart('SUCCEEDED'),
      FAILED: ofPart('FAILED'),
      open: ofPart('open'),
      CANCELED: ofPart('CANCELED'),
    },
    refunded: rows.find(({ status }) => status === 'SUCCEEDED')?.amount.amount ?? '0',
  };
}

/** Every day from `first` to `last`, the newest first; a day without refunds is a row, too. */
export function dayRows(
  summary: readonly SummaryRow[],
  { currency, first, last }: { readonly currency: string; readonly first: string; readonly last: string },
): readonly DayRow[] {
  const on = (day: string) =>
    countsOf(
      summary.filter((row) => row.day === day),
      currency,
    );
  const rows: DayRow[] = [];
  for (let day = last; day >= first; day = addDays(day, -1)) {
    const counts = on(day);
    rows.push({ ...counts, day, change: counts.count - on(addDays(day, -1)).count });
  }
  return rows;
}
