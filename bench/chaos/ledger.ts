/** The ledger as the servers left it: for the judge and for the story. */
import { sql } from 'kysely';
import { v7 } from 'uuid';
import { openLedger, type LedgerPlace } from '../../src/ledger/database/database.ts';
import { checkInvariants } from '../../src/ledger/invariants.ts';
import type { LedgerRefund } from './records.ts';

export interface LedgerLeft {
  readonly refunds: readonly LedgerRefund[];
  /** What breaks an invariant, each with the invariant's name. */
  readonly broken: readonly string[];
}

/** Opens the database, reads everything, closes it. No server may run on an embedded one. */
export async function readLedger(place: LedgerPlace): Promise<LedgerLeft> {
  const ledger = await openLedger(place, { clock: () => new Date(), newId: () => v7() });
  try {
    const { db } = ledger;
    const refunds = await db
      .selectFrom('refunds')
      .leftJoin('idempotency_keys', 'idempotency_keys.refund_id', 'refunds.id')
      .selectAll('refunds')
      .select('idempotency_keys.key')
      .execute();
    const events = Map.groupBy(
      await db.selectFrom('refund_events').selectAll().orderBy('number').execute(),
      ({ refund_id: id }) => id,
    );
    const sends = Map.groupBy(
      await db.selectFrom('refund_submissions').selectAll().orderBy('attempt').execute(),
      ({ refund_id: id }) => id,
    );
    const { rows: kept } = await sql<{ account_key: string; merchant_refund_id: string; times: bigint }>`
      select account_key, merchant_refund_id, sum(times_received)::bigint as times from callbacks
      where state <> 'REJECTED' group by account_key, merchant_refund_id`.execute(db);
    const notices = new Map(kept.map((row) => [`${row.account_key} ${row.merchant_refund_id}`, Number(row.times)]));
    const checked = await checkInvariants(db);
    return {
      refunds: refunds.map((row) => ({
        account: row.account_key,
        merchantRefundId: row.merchant_refund_id,
        providerRefundId: row.provider_refund_id,
        key: row.key,
        amount: row.amount_minor,
        status: row.status,
        failure: row.failure_code ?? row.failure_message,
        notices: notices.get(`${row.account_key} ${row.merchant_refund_id}`) ?? 0,
        events: (events.get(row.id) ?? []).map(({ recorded_at: at, type, status, via }) => ({
          at: at.getTime(),
          type,
          status,
          via,
        })),
        sends: (sends.get(row.id) ?? []).map(({ started_at: at, kind, outcome, ended_at: ended }) => ({
          at: at.getTime(),
          kind,
          outcome,
          endedAt: ended?.getTime() ?? null,
        })),
      })),
      broken: checked.flatMap(({ name, offenders }) => offenders.map((offender) => `${name}: ${offender}`)),
    };
  } finally {
    await ledger.close();
  }
}
