/** A search in SQL, as `refunds/list/search.ts` means it, and other conditions that events have, too. */
import { sql, type RawBuilder, type SqlBool } from 'kysely';
import type { RefundConditions } from '../../refunds/filter.ts';
import type { AccountKey } from '../../refunds/ids.ts';
import { ATTENTION_REASONS } from '../../refunds/refund.ts';
import { wordsOf } from '../../refunds/list/search.ts';
import { keepable } from '../json/json.ts';

type Column = RawBuilder<unknown>;

/** Whether an id starts with the text. An index in the order of bytes answers it. */
export const startsWith = (id: Column, start: string): RawBuilder<SqlBool> =>
  sql`${id} like ${`${keepable(start).replaceAll(/[\\%_]/g, String.raw`\$&`)}%`}`;

/** Whether each word of a search is the start of a word. Null: the search has no words. */
export function hasWords(
  { reason, code, message }: Readonly<Record<'reason' | 'code' | 'message', Column>>,
  search: string,
): RawBuilder<SqlBool> | null {
  const words = wordsOf(keepable(search));
  if (words.length === 0) return null;
  // No word has a quote or a backslash in it.
  const asked = words.map((word) => `'${word}':*`).join(' & ');
  // The words of an index.
  const text = sql`coalesce(${reason}, '') || ' ' || coalesce(${code}, '') || ' ' || coalesce(${message}, '')`;
  return sql`refund_words(${text}) @@ ${asked}::tsquery`;
}

/**
 * The ways on which a search finds refunds of `asked_account`, each by an index of its own. Words that are
 * common are looked for row by row: in `coalesce` the database can't see how rare it takes them for.
 */
export function waysToFind(
  search: string,
  { hasCommonWords }: { readonly hasCommonWords: boolean },
): readonly RawBuilder<SqlBool>[] {
  const byPayment = (id: string) => sql<SqlBool>`refunds.payment_id in (
    select paid.id from payments as paid
    where paid.account_key = asked_account.key and ${startsWith(sql.ref(`paid.${id}`), search)})`;
  const each = hasWords(wordColumns('refunds'), search);
  const found = hasWords(wordColumns('found'), search);
  // As an array: the database would follow the order, and read every refund.
  const byRareWords = sql<SqlBool>`refunds.id = any(array(select found.id from refunds as found where ${found}))`;
  return [
    startsWith(sql`refunds.merchant_refund_id`, search),
    startsWith(sql`refunds.provider_refund_id`, search),
    byPayment('merchant_payment_id'),
    byPayment('provider_payment_id'),
    ...(each === null ? [] : [hasCommonWords ? sql<SqlBool>`coalesce(${each}, false)` : byRareWords]),
  ];
}

const wordColumns = (table: string) => ({
  reason: sql.ref(`${table}.reason`),
  code: sql.ref(`${table}.failure_code`),
  message: sql.ref(`${table}.failure_message`),
});

/** Whether a search finds a refund: its id is among those that the indexes lead to. */
export function isSearched(accounts: readonly AccountKey[], search: string): RawBuilder<SqlBool> {
  const byWords = hasWords(wordColumns('found'), search);
  const words = byWords === null ? [] : [sql`select found.id from refunds as found where ${byWords}`];
  // As an array: the database expects thousands of rows of a union, and would read every refund.
  return sql`refunds.id = any(array(${sql.join([...foundByIds(accounts, search), ...words], sql` union `)}))`;
}

/**
 * The refunds that a search finds, to be counted: in the place of the table. Words may find most of them, so
 * these are read where they stand.
 */
export function searched(accounts: readonly AccountKey[], search: string): RawBuilder<unknown> {
  const byWords = hasWords(wordColumns('refunds'), search);
  const byIds = sql`select * from refunds
    where refunds.id = any(array(${sql.join(foundByIds(accounts, search), sql` union `)}))`;
  if (byWords === null) return sql`(${byIds}) as refunds`;
  return sql`(select * from refunds where ${byWords} union all ${byIds} and not ${byWords}) as refunds`;
}

function foundByIds(accounts: readonly AccountKey[], search: string): readonly RawBuilder<unknown>[] {
  const ofAccounts = (table: string) => sql`${sql.ref(table)}.account_key = any(${accounts}::text[])`;
  const ids = ['merchant_refund_id', 'provider_refund_id'].map(
    (id) =>
      sql`select found.id from refunds as found where ${ofAccounts('found')} and ${startsWith(sql.ref(`found.${id}`), search)}`,
  );
  const payments = ['merchant_payment_id', 'provider_payment_id'].map(
    (id) => sql`select found.id from payments as paid join refunds as found on found.payment_id = paid.id
      where ${ofAccounts('paid')} and ${startsWith(sql.ref(`paid.${id}`), search)}`,
  );
  return [...ids, ...payments];
}

/** The reason that is shown of several, as a column: null where there is none. */
export const shownReason = (attention: Column): Column =>
  sql`case ${sql.join(
    ATTENTION_REASONS.map((reason) => sql`when ${attention} -> ${sql.lit(reason)} is not null then ${sql.lit(reason)}`),
    sql` `,
  )} end`;

/** Conditions on an amount and its currency. */
export function inAmounts(
  { minorUnits, currency }: Readonly<Record<'minorUnits' | 'currency', Column>>,
  { amountFrom, amountBelow, currencies }: RefundConditions,
): readonly RawBuilder<SqlBool>[] {
  const amount = sql`refund_decimal(${minorUnits}, ${currency})`;
  return [
    ...(amountFrom === null ? [] : [sql<SqlBool>`${amount} >= ${amountFrom}::numeric`]),
    ...(amountBelow === null ? [] : [sql<SqlBool>`${amount} < ${amountBelow}::numeric`]),
    ...(currencies === null ? [] : [sql<SqlBool>`${currency} = any(${currencies}::text[])`]),
  ];
}

/** Conditions on an instant, each from the first on and before the second. */
export const within = (
  instant: Column,
  [from, before]: readonly [Date | null, Date | null],
): readonly RawBuilder<SqlBool>[] => [
  ...(from === null ? [] : [sql<SqlBool>`${instant} >= ${from}::timestamptz(3)`]),
  ...(before === null ? [] : [sql<SqlBool>`${instant} < ${before}::timestamptz(3)`]),
];
