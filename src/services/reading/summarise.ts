/** `refundSummary`: counts and sums over what the ledger knows. */
import { Temporal } from 'temporal-polyfill';
import type { Ledger } from '../../ledger/database/database.ts';
import { spansOf, sumRefunds, type Span, type SummaryRow, type ZoneStep } from '../../ledger/refund/summary.ts';
import type { ProviderAccount } from '../../providers/provider.ts';
import type { RefundConditions } from '../../refunds/filter.ts';
import type { AccountKey } from '../../refunds/ids.ts';

export const SUMMARY_KEYS = ['ACCOUNT', 'PROVIDER', 'STATUS', 'DAY'] as const;
export type SummaryKey = (typeof SUMMARY_KEYS)[number];

export interface SummariseRequest {
  /** The accounts that the caller may see and has chosen. */
  readonly accounts: readonly AccountKey[];
  readonly conditions: RefundConditions;
  readonly groupBy: readonly SummaryKey[];
}

export interface SummariseDeps {
  readonly ledger: Ledger;
  readonly accounts: ReadonlyMap<AccountKey, ProviderAccount>;
}

/** A row for each group that has refunds, split by currency. A day is one of the account's own zone. */
export async function summarise(
  { ledger, accounts }: SummariseDeps,
  { accounts: chosen, conditions, groupBy }: SummariseRequest,
): Promise<readonly SummaryRow[]> {
  const byDay = groupBy.includes('DAY');
  const spans = byDay ? await spansOf(ledger.db, chosen) : [];
  return sumRefunds(ledger.db, {
    // An account that has no refunds has no groups either.
    accounts: byDay ? spans.map(({ account }) => account) : chosen,
    conditions,
    byAccount: groupBy.includes('ACCOUNT'),
    byProvider: groupBy.includes('PROVIDER'),
    byStatus: groupBy.includes('STATUS'),
    days: byDay ? spans.flatMap((span) => stepsOf(span, accounts.get(span.account)?.timeZone ?? 'UTC')) : null,
  });
}

/**
 * How far a zone was ahead of UTC in a span: one step, and another for each time that its clocks were
 * changed.
 */
function stepsOf({ account, first, last }: Span, timeZone: string): readonly ZoneStep[] {
  let at = Temporal.Instant.fromEpochMilliseconds(first.getTime()).toZonedDateTimeISO(timeZone);
  const steps: ZoneStep[] = [];
  for (;;) {
    const next = at.getTimeZoneTransition('next');
    const before = next === null || next.epochMilliseconds > last.getTime() ? null : new Date(next.epochMilliseconds);
    steps.push({ account, before, aheadSeconds: at.offsetNanoseconds / 1e9 });
    if (next === null || before === null) return steps;
    at = next;
  }
}
