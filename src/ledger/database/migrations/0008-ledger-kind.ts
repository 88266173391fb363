/** Whether the ledger is simulated or real: one row, written by its first start and never changed. */
import { sql, type Kysely } from 'kysely';

const statements = [
  sql`create table ledger_kind (
    only_row boolean primary key default true check (only_row),
    kind text not null check (kind in ('simulated', 'real'))
  )`,
];

/** Runs inside the migrator's transaction. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await statement.execute(db);
}
