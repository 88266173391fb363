/** Counts and exact sums over the ledger, made by the database. */
import { sql, type RawBuilder } from 'kysely';
import type { RefundConditions } from '../../refunds/filter.ts';
import { accountKey, type AccountKey } from '../../refunds/ids.ts';
import type { Money } from '../../refunds/money.ts';
import type { Provider, RefundStatus } from '../../refunds/refund.ts';
import type { Db } from '../database/database.ts';
import { readProvider } from '../json/json.ts';
import { fromRefunds } from './refunds.ts';

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
  /** `yyyy-MM-dd` in the account's zone. */
  readonly day: string | null;
  readonly count: number;
  /** The sum of all refunds of the group, whatever became of them. */
  readonly amount: Money;
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
    /** Null: not by day. Else the steps of every account, each up to the next. */
    readonly days: readonly ZoneStep[] | null;
  },
): Promise<readonly SummaryRow[]> {
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
    select account, provider, status, to_char(selected.day, 'YYYY-MM-DD') as day, currency, count(*) as count, sum(amount)::text as amount
    from (
      select ${group(query.byAccount, sql`refunds.account_key`)} as account,
        ${group(query.byProvider, sql`refunds.provider`)} as provider,
        ${group(query.byStatus, sql`refunds.status`)} as status,
        ${query.days === null ? sql`null::date` : dayIn(query.days)} as day,
        refunds.currency, refunds.amount_minor as amount
      ${fromRefunds(query)}
    ) as selected
    group by account, provider, status, selected.day, currency
    order by account collate "C", provider collate "C", status collate "C", selected.day, currency collate "C"
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

/**
 * The day of a refund. The database's own zones are not asked: it may know others than this program, and
 * reads "+08:00" the wrong way round.
 */
function dayIn(steps: readonly ZoneStep[]): RawBuilder<unknown> {
  const byAccount = Map.groupBy(steps, ({ account }) => account);
  const cases = [...byAccount].map(([account, own]) => {
    const ends = own.map(({ before, aheadSeconds }) =>
      before === null
        ? sql`when true then ${aheadSeconds}::int`
        : sql`when refunds.created_at < ${before}::timestamptz(3) then ${aheadSeconds}::int`,
    );
    return sql`when ${account} then case ${sql.join(ends, sql` `)} end`;
  });
  const ahead = cases.length === 0 ? sql`0` : sql`case refunds.account_key ${sql.join(cases, sql` `)} end`;
  return sql`(refunds.created_at at time zone 'UTC' + ${ahead} * interval '1 second')::date`;
}

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
