/**
 * Writers of events, as in servers: real transactions through `observe`, some held open, some rolled back.
 */
import { setTimeout as pause } from 'node:timers/promises';
import fc from 'fast-check';
import { readEvents, type RefundEvent } from '../../src/ledger/events.ts';
import { inTransaction, type Ledger } from '../../src/ledger/database/database.ts';
import { accountKey, merchantPaymentId, merchantRefundId } from '../../src/refunds/ids.ts';
import { observeIn } from '../../src/services/observation/observe.ts';
import { refundUpdate } from '../support/refund-update.ts';

export const ACCOUNTS = [accountKey('chain'), accountKey('market')] as const;
export const REFUNDS = 12;

export interface Writing {
  /** Which refunds it tells of; even ones are of the first account, odd ones of the second. */
  readonly refunds: readonly number[];
  readonly finished: boolean;
  readonly holdMs: number;
  readonly undone: boolean;
  /** Refunds that nobody knew are of the first whole copy of a list. */
  readonly copied?: boolean;
  /** The payment that it tells of. */
  readonly paid?: boolean;
}

export const writing: fc.Arbitrary<Writing> = fc.record({
  refunds: fc.uniqueArray(fc.integer({ min: 0, max: REFUNDS - 1 }), { minLength: 1, maxLength: 4 }),
  finished: fc.boolean(),
  holdMs: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, fc.integer({ min: 0, max: 25 })),
  undone: fc.integer({ min: 0, max: 9 }).map((chance) => chance === 0),
  copied: fc.boolean(),
  paid: fc.boolean(),
});

class Undone extends Error {}
let told = 0;

/** Writes one transaction: an event for every refund of it, because each time something is new about it. */
export async function write(ledger: Ledger, writes: Writing): Promise<void> {
  const { refunds, finished, holdMs, undone, copied = false, paid = false } = writes;
  const [first, second] = ACCOUNTS;
  const at = new Date(Date.UTC(2024, 0, 1) + 1_000 * told++);
  const reason = `news ${told}`;
  const work = inTransaction(ledger, async (tx) => {
    for (const [odd, key] of [first, second].entries()) {
      const updates = refunds
        .filter((index) => index % 2 === odd)
        .map((index) =>
          refundUpdate({
            merchantRefundId: merchantRefundId(`R${index}`),
            merchantPaymentId: paid ? merchantPaymentId(`P${index}`) : null,
            status: finished ? 'SUCCEEDED' : 'PROCESSING',
            reason,
          }),
        );
      await observeIn(ledger, tx, { key, provider: 'TIPAY', retryFailed: false }, updates, {
        via: 'POLL',
        isFirstCopy: copied,
        at,
        queriedAt: at,
      });
    }
    await pause(holdMs);
    if (undone) throw new Undone();
  });
  await work.catch((error: unknown) => {
    if (!(error instanceof Undone)) throw error;
  });
}

/** The whole log in its order, read without the feed. */
export async function wholeLog(ledger: Ledger): Promise<readonly RefundEvent[]> {
  const rows = await ledger.db.selectFrom('refund_events').selectAll().execute();
  const events = await readEvents(ledger.db, rows);
  return events.toSorted(
    (one, other) => Number(one.transaction - other.transaction) || Number(one.number - other.number),
  );
}
