/** What the tests of `observe` share: two accounts, a clock, and looks into the ledger. */
import { sql } from 'kysely';
import type { Ledger } from '../../../src/ledger/database/database.ts';
import { pageEvents } from '../../../src/ledger/events.ts';
import type { CheckedInvariant } from '../../../src/ledger/invariants.ts';
import { accountKey, merchantRefundId } from '../../../src/refunds/ids.ts';

/** The provider takes a failed refund again. */
export const ACCOUNT = { key: accountKey('chain'), provider: 'TIPAY', retryFailed: true } as const;
/** The provider does not. */
export const BLUE = { key: accountKey('blue'), provider: 'BLUEPAY', retryFailed: false } as const;
export const FAILURE = { code: 'E1', message: 'account closed', retryable: true };
/** Five seconds after the `createdAt` of `refundNews`. */
export const T0 = new Date('2024-07-31T08:26:46.123Z');
export const later = (ms: number): Date => new Date(T0.getTime() + ms);

/** The refund of `refundNews`. */
export const ref = { account: ACCOUNT.key, merchantRefundId: merchantRefundId('R1') };
export const eventsOf = async (ledger: Ledger, which = ref) =>
  pageEvents(ledger.db, which, { direction: 'ASC', after: null, limit: 100 });

/** Every row with the transaction that wrote it: equal only when nothing was written in between. */
export async function versions(ledger: Ledger): Promise<Record<string, unknown>> {
  const tables = ['payments', 'refunds', 'refund_events', 'provider_records'];
  const rows = await Promise.all(
    tables.map(async (table) => {
      const written = await sql`select xmin::text, ctid::text from ${sql.table(table)} order by 1, 2`.execute(
        ledger.db,
      );
      return [table, written.rows] as const;
    }),
  );
  return Object.fromEntries(rows);
}

/** Whether every invariant of the ledger holds. */
export const holds = (checked: readonly CheckedInvariant[]): boolean =>
  checked.length > 0 && checked.every(({ offenders }) => offenders.length === 0);
