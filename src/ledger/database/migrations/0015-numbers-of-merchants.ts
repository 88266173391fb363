/** Refunds under one number of several merchants are found by their number. */
import { sql, type Kysely } from 'kysely';

const statements = [
  // The id of such a refund is its number, U+001F and its merchant: `src/refunds/numbers.ts`. There are few.
  sql`create index refunds_of_merchants on refunds (account_key, split_part(merchant_refund_id, E'\\x1f', 1))
    where position(E'\\x1f' in merchant_refund_id) > 0`,
];

/** Runs inside the migrator's transaction. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await statement.execute(db);
}
