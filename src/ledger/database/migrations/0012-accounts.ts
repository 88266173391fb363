/** The accounts of every start so far: refunds of one that left the configuration keep its name. */
import { sql, type Kysely } from 'kysely';

const statements = [
  sql`create table accounts (
    key text collate "C" primary key,
    provider text not null,
    display_name text not null,
    currency text not null,
    time_zone text not null
  )`,
  // Accounts that left before this was kept have their key as their name.
  sql`insert into accounts
    select distinct on (account_key) account_key, provider, account_key, currency, 'UTC' from refunds`,
];

/** Runs inside the migrator's transaction. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await statement.execute(db);
}
