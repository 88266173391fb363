/** Rows of a summary, put together into days. Pure. */
import type { daysQuery } from '../generated/daysQuery.graphql.ts';
import { addDays } from '../shown/time.tsx';

type SummaryRow = NonNullable<daysQuery['response']['refundSummary']>[number];

/** The states that a bar tells apart; the first is at its bottom. */
export const PARTS = ['SUCCEEDED', 'FAILED', 'open', 'CANCELED'] as const;
export type Part = (typeof PARTS)[number];

export interface DayRow {
  readonly day: string;
  readonly count: number;
  readonly parts: Readonly<Record<Part, number>>;
  /** Exact decimal text of what was refunded. */
  readonly refunded: string;
  /** How many more, or fewer, than on the day before. */
  readonly change: number;
}

function partOf(status: SummaryRow['status']): Part {
  return status === 'SUCCEEDED' || status === 'FAILED' || status === 'CANCELED' ? status : 'open';
}

/** Every day from `first` to `last`, the newest first; a day without refunds is a row, too. */
export function dayRows(
  summary: readonly SummaryRow[],
  { currency, first, last }: { readonly currency: string; readonly first: string; readonly last: string },
): readonly DayRow[] {
  const ofCurrency = summary.filter(({ amount }) => amount.currency === currency);
  const countOn = (day: string) =>
    ofCurrency.filter((row) => row.day === day).reduce((sum, { count }) => sum + count, 0);
  const rows: DayRow[] = [];
  for (let day = last; day >= first; day = addDays(day, -1)) {
    const ofDay = ofCurrency.filter((row) => row.day === day);
    const partCount = (part: Part) =>
      ofDay.filter(({ status }) => partOf(status) === part).reduce((sum, { count }) => sum + count, 0);
    rows.push({
      day,
      count: countOn(day),
      parts: {
        SUCCEEDED: partCount('SUCCEEDED'),
        FAILED: partCount('FAILED'),
        open: partCount('open'),
        CANCELED: partCount('CANCELED'),
      },
      refunded: ofDay.find(({ status }) => status === 'SUCCEEDED')?.amount.amount ?? '0',
      change: countOn(day) - countOn(addDays(day, -1)),
    });
  }
  return rows;
}
