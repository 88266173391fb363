/**
 * Promise: an event is read once for all who follow it. Only members that are looked up beside it cost a read
 * for each of them, at most.
 */
import type { KyselyPlugin } from 'kysely';
import { expect, onTestFinished, test } from 'vitest';
import type { Ledger } from '../../src/ledger/database/database.ts';
import { refundedOf } from '../../src/ledger/payment/payment-totals.ts';
import { describeOnEachDatabase } from '../support/database.ts';
import { openFrontDoor } from '../support/front-door.ts';
import { subscribe } from '../support/live-clients.ts';
import { until } from '../support/until.ts';
import { write } from './writing.ts';

const REFUND = 'id version status amount { amount currency } failure { code } payment { providerPaymentId }';
const ALONE = `subscription { refundEvents { cursor type snapshot { status } refund { ${REFUND} } } }`;
const WITH_SUM = `subscription { refundEvents { cursor refund { ${REFUND} payment { refundedAmount { amount } } } } }`;

/** The reader also looks once a second, and each look may be more reads than one. */
const LOOKS = 6;

/** A ledger whose reads are counted. */
function counted(ledger: Ledger): { readonly ledger: Ledger; readonly reads: () => number } {
  let reads = 0;
  const plugin: KyselyPlugin = {
    transformQuery: ({ node }) => {
      reads += 1;
      return node;
    },
    transformResult: ({ result }) => Promise.resolve(result),
  };
  const { refunds, callbacks, jobs, reads: forReaders } = ledger.lanes;
  const lanes = {
    refunds: refunds.withPlugin(plugin),
    callbacks: callbacks.withPlugin(plugin),
    jobs: jobs.withPlugin(plugin),
    reads: forReaders.withPlugin(plugin),
  };
  return { ledger: { ...ledger, lanes, db: ledger.db.withPlugin(plugin) }, reads: () => reads };
}

describeOnEachDatabase('one event', (database) => {
  /** How many reads it causes, with so many subscribers, written by another server. */
  async function readsOf(query: string, subscribers: number): Promise<number> {
    const plain = await database.open();
    const { ledger, reads } = counted(plain);
    const door = await openFrontDoor(ledger, { refunded: (payments) => refundedOf(ledger.db, payments) });
    onTestFinished(() => door.stop());
    const followers = Array.from({ length: subscribers }, () => subscribe({ transport: 'SSE', url: door.url, query }));
    await until(() => door.feed.followers() === subscribers);
    const before = reads();
    await write(plain, { refunds: [0], finished: false, holdMs: 0, undone: false, paid: true });
    await until(() => followers.every(({ results }) => results.length > 0));
    const caused = reads() - before;
    for (const { results, leave } of followers) {
      expect(results[0]?.errors).toBeUndefined();
      leave();
    }
    expect(caused).toBeGreaterThan(0);
    return caused;
  }

  test.each([1, 30])('is read once for all of %d subscribers', async (subscribers) => {
    expect(await readsOf(ALONE, subscribers)).toBeLessThanOrEqual(LOOKS);
  });

  test('costs each subscriber a read at most for a sum that is looked up', async () => {
    const caused = await readsOf(WITH_SUM, 30);
    expect(caused).toBeLessThanOrEqual(30 + LOOKS);
  });
});
