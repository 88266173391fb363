/** Counts and exact sums over the ledger, made by the database. */
import { sql, type RawBuilder } from 'kysely';
import type { RefundConditions } from '../../refunds/filter.ts';
import { accountKey, type AccountKey } from '../../refunds/ids.ts';
import type { Money } from '../../refunds/money.ts';
import type { AttentionReason, Provider, RefundStatus } from '../../refunds/refund.ts';
import type { Db } from '../database/database.ts';
import { readProvider } from '../json/json.ts';
import { fromRefunds } from './refunds.ts';
import { shownReason } from './search.ts';

/** Before an instant (`null`: for ever) an account's clocks are so many seconds ahead of UTC. */
export interface ZoneStep {
  readonly account: AccountKey;
  readonly before: Date | null;
  readonly aheadSeconds: number;
}

/** One group. What was not grouped by is null. */
export interface SummaryRow {
  readonly account: AccountKey | null;
  readonly provider: Provider | null;
  readonly status: RefundStatus | null;
  /** The reason that is shown; null also of those that nobody need look at. */
  readonly attention: AttentionReason | null;
  /** `yyyy-MM-dd` in the account's zone; null also of those that have not ended, by the days of ends. */
  readonly day: string | null;
  readonly count: number;
  /** The sum of all refunds of the group, whatever became of them. */
  readonly amount: Money;
  /** The sum of the fees that are known to come back; null where none is known. */
  readonly feeRefunded: Money | null;
}

/** The days of which instant, and the steps of every account, each up to the next. */
export interface SummaryDays {
  readonly of: 'created_at' | 'completed_at';
  readonly steps: readonly ZoneStep[];
}

/** Counts and sums, a row for each group and currency, in the order of the groups. A sum never overflows. */
export async function sumRefunds(
  db: Db,
  query: {
    readonly accounts: readonly AccountKey[];
    readonly conditions: RefundConditions;
    readonly byAccount: boolean;
    readonly byProvider: boolean;
    readonly byStatus: boolean;
    readonly byAttention: boolean;
    /** Null: not by day. */
    readonly days: SummaryDays | null;
  },
): Promise<readonly SummaryRow[]> {
  const group = (wanted: boolean, column: RawBuilder<unknown>) => (wanted ? column : sql`null::text`);
  const { rows } = await sql<{
    account: string | null;
    provider: string | null;
    status: RefundStatus | null;
    attention: AttentionReason | null;
    day: string | null;
    currency: string;
    count: bigint;
    amount: string;
    fee: string | null;
  }>`
    select account, provider, status, attention, to_char(selected.day, 'YYYY-MM-DD') as day, currency, count(*) as count,
      sum(amount)::text as amount, sum(fee)::text as fee
    from (
      select ${group(query.byAccount, sql`refunds.account_key`)} as account,
        ${group(query.byProvider, sql`refunds.provider`)} as provider,
        ${group(query.byStatus, sql`refunds.status`)} as status,
        ${group(query.byAttention, shownReason(sql`refunds.attention`))} as attention,
        ${query.days === null ? sql`null::date` : dayIn(query.days)} as day,
        refunds.currency, refunds.amount_minor as amount, refunds.fee_minor as fee
      ${fromRefunds(query)}
    ) as selected
    group by account, provider, status, attention, selected.day, currency
    order by account collate "C", provider collate "C", status collate "C", attention collate "C", selected.day, currency collate "C"
  `.execute(db);
  return rows.map(({ account, provider, status, attention, day, currency, count, amount, fee }) => ({
    account: account === null ? null : accountKey(account),
    provider: provider === null ? null : readProvider(provider),
    status,
    attention,
    day,
    count: Number(count),
    amount: { minorUnits: BigInt(amount), currency },
    feeRefunded: fee === null ? null : { minorUnits: BigInt(fee), currency },
  }));
}

/**
 * The day of a refund. The database's own zones are not asked: it may know others than this program, and
 * reads "+08:00" the wrong way round.
 */
function dayIn({ of, steps }: SummaryDays): RawBuilder<unknown> {
  const instant = sql.ref(`refunds.${of}`);
  const byAccount = Map.groupBy(steps, ({ account }) => account);
  const cases = [...byAccount].map(([account, own]) => {
    const ends = own.map(({ before, aheadSeconds }) =>
      before === null
        ? sql`when true then ${aheadSeconds}::int`
        : sql`when ${instant} < ${before}::timestamptz(3) then ${aheadSeconds}::int`,
    );
    return sql`when ${account} then case ${sql.join(ends, sql` `)} end`;
  });
  const ahead = cases.length === 0 ? sql`0` : sql`case refunds.account_key ${sql.join(cases, sql` `)} end`;
  return sql`(${instant} at time zone 'UTC' + ${ahead} * interval '1 second')::date`;
}

/** The first and the last instant of an account's refunds, as far as it has any. */
export interface Span {
  readonly account: AccountKey;
  readonly first: Date;
  readonly last: Date;
}

/** What an index has of the instants at its ends; null: it has none. */
const ENDS = {
  created_at: sql`select min(created_at) as first, max(created_at) as last from refunds where account_key = asked.account`,
  completed_at: sql`select
    (select completed_at from refunds where account_key = asked.account
      and coalesce(completed_at, '-infinity') > '-infinity' order by coalesce(completed_at, '-infinity') limit 1) as first,
    (select completed_at from refunds where account_key = asked.account
      and coalesce(completed_at, '-infinity') > '-infinity' order by coalesce(completed_at, '-infinity') desc limit 1) as last`,
} as const;

/** The span of each account. */
export async function spansOf(
  db: Db,
  of: SummaryDays['of'],
  accounts: readonly AccountKey[],
): Promise<readonly Span[]> {
  const { rows } = await sql<{ account: string; first: Date | null; last: Date | null }>`
    select asked.account, ends.first, ends.last
    from unnest(${accounts}::text[]) as asked(account) cross join lateral (${ENDS[of]}) as ends
  `.execute(db);
  return rows.flatMap(({ account, first, last }) =>
    first === null || last === null ? [] : [{ account: accountKey(account), first, last }],
  );
}
