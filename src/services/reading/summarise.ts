/** `refundSummary`: counts and sums over what the ledger knows. */
import { Temporal } from 'temporal-polyfill';
import type { Ledger } from '../../ledger/database/database.ts';
import {
  spansOf,
  sumRefunds,
  type Span,
  type SummaryDays,
  type SummaryRow,
  type ZoneStep,
} from '../../ledger/refund/summary.ts';
import type { ProviderAccount } from '../../providers/provider.ts';
import type { RefundConditions } from '../../refunds/filter.ts';
import type { AccountKey } from '../../refunds/ids.ts';

export const SUMMARY_KEYS = ['ACCOUNT', 'PROVIDER', 'STATUS', 'CURRENCY', 'ATTENTION', 'DAY', 'COMPLETED_DAY'] as const;
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

/**
 * A row for each group that has refunds, always split by currency. A day is one of the account's own zone: of
 * the creation where both are asked for.
 */
export async function summarise(
  { ledger, accounts }: SummariseDeps,
  { accounts: chosen, conditions, groupBy }: SummariseRequest,
): Promise<readonly SummaryRow[]> {
  const of = dayOf(groupBy);
  const spans = of === null ? [] : await spansOf(ledger.db, of, chosen);
  const now = ledger.clock();
  const steps = chosen.flatMap((account) => {
    // What has none may have its first before the sum is made.
    const span = spans.find((one) => one.account === account) ?? { account, first: now, last: now };
    return stepsOf(span, accounts.get(account)?.timeZone ?? 'UTC');
  });
  return sumRefunds(ledger.db, {
    accounts: chosen,
    conditions,
    byAccount: groupBy.includes('ACCOUNT'),
    byProvider: groupBy.includes('PROVIDER'),
    byStatus: groupBy.includes('STATUS'),
    byAttention: groupBy.includes('ATTENTION'),
    days: of && { of, steps },
  });
}

function dayOf(groupBy: readonly SummaryKey[]): SummaryDays['of'] | null {
  if (groupBy.includes('DAY')) return 'created_at';
  return groupBy.includes('COMPLETED_DAY') ? 'completed_at' : null;
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
