/** Counts and exact sums over the ledger, made by the database. */
import { sql, type RawBuilder } from 'kysely';
import type { RefundConditions } from '../refunds/filter.ts';
import { accountKey, type AccountKey } from '../refunds/ids.ts';
import type { Money } from '../refunds/money.ts';
import type { Provider, RefundStatus } from '../refunds/refund.ts';
import type { Db } from './database.ts';
import { readProvider } from './json.ts';
import { fromRefunds } from './refunds.ts';

/** From an instant on (`null`: always) an account's clocks are so many seconds ahead of UTC, up to the next step. */
export interface ZoneStep {
  readonly account: AccountKey;
  readonly from: Date | null;
  readonly before: Date | null;
  readonly aheadSeconds: number;
}

export interface SummaryAsk {
  readonly accounts: readonly AccountKey[];
  readonly conditions: RefundConditions;
  readonly byAccount: boolean;
  readonly byProvider: boolean;
  readonly byStatus: boolean;
  /** Null: not by day. Else the steps of every account, without a gap between them. */
  readonly days: readonly ZoneStep[] | null;
}

/** One group. What was not grouped by is null. */
export interface SummaryRow {
  readonly account: AccountKey | null;
  readonly provider: Provider | null;
  readonly status: RefundStatus | null;
  /** `yyyy-MM-dd` in the account's zone. */
  readonly day: string | null;
  readonly count: number;
  /** The sum of all refunds of the group, whatever became of them. */
  readonly amount: Money;
}

/** Counts and sums, a row for each group and currency, in the order of the groups. A sum never overflows. */
export async function sumRefunds(db: Db, ask: SummaryAsk): Promise<readonly SummaryRow[]> {
  const group = (wanted: boolean, column: RawBuilder<unknown>) => (wanted ? column : sql`null::text`);
  const { rows } = await sql<{
    account: string | null;
    provider: string | null;
    status: RefundStatus | null;
    day: string | null;
    currency: string;
    count: bigint;
    amount: string;
  }>`
    select account, provider, status, day, currency, count(*) as count, sum(amount)::text as amount
    from (
      select ${group(ask.byAccount, sql`refunds.account_key`)} as account,
        ${group(ask.byProvider, sql`refunds.provider`)} as provider,
        ${group(ask.byStatus, sql`refunds.status`)} as status,
        ${ask.days === null ? sql`null::text` : dayIn(ask.days)} as day,
        refunds.currency, refunds.amount_minor as amount
      ${fromRefunds(ask)}
    ) as selected
    group by account, provider, status, day, currency
    order by account collate "C", provider collate "C", status collate "C", day collate "C", currency collate "C"
  `.execute(db);
  return rows.map(({ account, provider, status, day, currency, count, amount }) => ({
    account: account === null ? null : accountKey(account),
    provider: provider === null ? null : readProvider(provider),
    status,
    day,
    count: Number(count),
    amount: { minorUnits: BigInt(amount), currency },
  }));
}

/** The database's own zones are not asked: it may know others than this program, and reads "+08:00" the wrong way round. */
const dayIn = (steps: readonly ZoneStep[]): RawBuilder<unknown> => sql`(
  select to_char(refunds.created_at at time zone 'UTC' + step.ahead * interval '1 second', 'YYYY-MM-DD')
  from unnest(
    ${steps.map(({ account }) => account)}::text[], ${steps.map(({ from }) => from)}::timestamptz[],
    ${steps.map(({ before }) => before)}::timestamptz[], ${steps.map(({ aheadSeconds }) => aheadSeconds)}::int[]
  ) as step(account, starts, ends, ahead)
  where step.account = refunds.account_key
    and (step.starts is null or refunds.created_at >= step.starts) and (step.ends is null or refunds.created_at < step.ends)
)`;

/** When the first and the last refund of an account were made, as far as it has any. */
export interface Span {
  readonly account: AccountKey;
  readonly first: Date;
  readonly last: Date;
}

/** The span of each account, read off the ends of an index. */
export async function spansOf(db: Db, accounts: readonly AccountKey[]): Promise<readonly Span[]> {
  const { rows } = await sql<{ account: string; first: Date | null; last: Date | null }>`
    select asked.account,
      (select min(created_at) from refunds where account_key = asked.account) as first,
      (select max(created_at) from refunds where account_key = asked.account) as last
    from unnest(${accounts}::text[]) as asked(account)
  `.execute(db);
  return rows.flatMap(({ account, first, last }) =>
    first === null || last === null ? [] : [{ account: accountKey(account), first, last }],
  );
}
