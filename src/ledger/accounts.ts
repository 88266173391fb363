/** The accounts of every start so far. What is kept of one outlives its place in the configuration. */
import { sql } from 'kysely';
import { accountKey, type AccountKey } from '../refunds/ids.ts';
import type { Provider } from '../refunds/refund.ts';
import type { Db } from './database/database.ts';
import { jsonText, readProvider } from './json/json.ts';

export interface KnownAccount {
  readonly key: AccountKey;
  readonly provider: Provider;
  readonly displayName: string;
  readonly currency: string;
  readonly timeZone: string;
}

/** Keeps the accounts of the configuration, and gives back those that have left it. */
export async function rememberAccounts(db: Db, configured: readonly KnownAccount[]): Promise<readonly KnownAccount[]> {
  const rows = configured.map(({ key, provider, displayName, currency, timeZone }) => ({
    key,
    provider,
    display_name: displayName,
    currency,
    time_zone: timeZone,
  }));
  await sql`
    insert into accounts (key, provider, display_name, currency, time_zone)
    select key, provider, display_name, currency, time_zone
    from jsonb_populate_recordset(null::accounts, ${jsonText(rows)}::jsonb) order by key
    on conflict (key) do update set provider = excluded.provider, display_name = excluded.display_name,
      currency = excluded.currency, time_zone = excluded.time_zone
  `.execute(db);
  const keys = configured.map(({ key }) => key);
  const kept = await db
    .selectFrom('accounts')
    .selectAll()
    .$if(keys.length > 0, (query) => query.where('key', 'not in', keys))
    .execute();
  return kept.map((row) => ({
    key: accountKey(row.key),
    provider: readProvider(row.provider),
    displayName: row.display_name,
    currency: row.currency,
    timeZone: row.time_zone,
  }));
}
