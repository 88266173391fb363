/**
 * Refunds are found by words of their reason and failure, and payments and refunds by the start of an id. The
 * words are those of `refunds/list/search.ts`. Parts are cut so that no text is too long to be indexed.
 */
import { sql, type Kysely } from 'kysely';

const statements = [
  sql`create function refund_words(text) returns tsvector language sql immutable parallel safe strict
    return array_to_tsvector(array(
      select distinct left(word, 100)
      from regexp_split_to_table(
        translate(left($1, 20000), 'ABCDEFGHIJKLMNOPQRSTUVWXYZ', 'abcdefghijklmnopqrstuvwxyz'),
        ${sql.lit('[\\u0001-\\u002f\\u003a-\\u0060\\u007b-\\u007f]+')}
      ) as word
      where word <> ''
    ))`,
  sql`create index refunds_by_words on refunds using gin (
    refund_words(coalesce(reason, '') || ' ' || coalesce(failure_code, '') || ' ' || coalesce(failure_message, ''))
  )`,
];

/** Runs inside the migrator's transaction. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await statement.execute(db);
}
