/**
 * What the database is told of a page before it makes its plan. It takes every condition for independent of
 * the order: asked for the newest refunds that ended in a week of last year, it would walk through all newer
 * ones. And it takes each word of a search for one in fifty.
 */
import { sql, type RawBuilder, type SqlBool } from 'kysely';
import type { RefundConditions } from '../../refunds/filter.ts';
import type { AccountKey } from '../../refunds/ids.ts';
import type { OrderField } from '../../refunds/list/order.ts';
import { wordsOf } from '../../refunds/list/search.ts';
import type { Db } from '../database/database.ts';
import { keepable } from '../json/json.ts';
import { all, ended } from './conditions.ts';
import { within } from './search.ts';

/** Up to so many refunds are sorted rather than looked for along the order. */
const FEW = 20_000;
/** A word of more of the refunds than this is soon found along the order; the index would find too many. */
const COMMON = 0.01;

interface Asked {
  readonly accounts: readonly AccountKey[];
  readonly conditions: RefundConditions;
  readonly by: OrderField;
}

/** The condition that leaves fewest refunds, where it leaves few: an index leads to them. Null: none does. */
export async function narrowest(db: Db, { accounts, conditions, by }: Asked): Promise<RawBuilder<SqlBool> | null> {
  const candidates = indexed(conditions, by);
  if (candidates.length === 0) return null;
  const counts = candidates.map(
    (condition) => sql`(select count(*) from (
      select from refunds where refunds.account_key = any(${accounts}::text[]) and ${condition} limit ${FEW + 1}
    ) as probe)`,
  );
  const { rows } = await sql<{ counts: readonly bigint[] }>`select array[${sql.join(counts)}] as counts`.execute(db);
  const [best] = candidates
    .map((condition, nth) => ({ condition, count: Number(rows[0]?.counts[nth] ?? FEW + 1) }))
    .toSorted((one, other) => one.count - other.count);
  return best === undefined || best.count > FEW ? null : best.condition;
}

/** The conditions that have an index, beside the one in the order asked. */
function indexed(conditions: RefundConditions, by: OrderField): readonly RawBuilder<SqlBool>[] {
  const { statuses, attention, needsAttention } = conditions;
  const isAttention = attention !== null || needsAttention === true;
  return [
    // Both have an index in the order of creation.
    ...(by === 'CREATED_AT' || statuses === null ? [] : [[sql<SqlBool>`refunds.status = any(${statuses}::text[])`]]),
    ...(by === 'CREATED_AT' || !isAttention ? [] : [[sql<SqlBool>`refunds.attention <> '{}'::jsonb`]]),
    ...(by === 'CREATED_AT'
      ? []
      : [within(sql`refunds.created_at`, [conditions.createdFrom, conditions.createdBefore])]),
    ...(by === 'UPDATED_AT'
      ? []
      : [within(sql`refunds.updated_at`, [conditions.updatedFrom, conditions.updatedBefore])]),
    ...(by === 'COMPLETED_AT' ? [] : [ended([conditions.completedFrom, conditions.completedBefore])]),
  ].flatMap((parts) => (parts.length === 0 ? [] : [all(parts)]));
}

/**
 * Whether so many refunds have the words of a search that the order finds them sooner than their index: as
 * the database has counted for its own plans. False where it has not.
 */
export async function hasCommonWords(db: Db, search: string): Promise<boolean> {
  const words = wordsOf(keepable(search));
  if (words.length === 0) return false;
  const { rows } = await sql<{ share: number | null }>`
    select (
      select sum(frequency) from pg_stats, unnest(most_common_elems::text::text[], most_common_elem_freqs) as known(word, frequency)
      where schemaname = current_schema() and tablename = 'refunds_by_words' and starts_with(known.word, asked.word)
    )::float8 as share
    from unnest(${words}::text[]) as asked(word)
  `.execute(db);
  return rows.reduce((product, { share }) => product * Math.min(1, share ?? 0), 1) > COMMON;
}
