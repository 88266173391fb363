/**
 * Promise: a follower that joins the live end while all others leave gets every event behind its cursor, once
 * and in order.
 */
import type { KyselyPlugin } from 'kysely';
import { expect, it, onTestFinished, vi } from 'vitest';
import { endOfLog } from '../../src/feed/log.ts';
import { openTail, type Follower, type Tail } from '../../src/feed/tail.ts';
import type { Ledger } from '../../src/ledger/database/database.ts';
import type { RefundEvent } from '../../src/ledger/events.ts';
import { accountKey, merchantRefundId } from '../../src/refunds/ids.ts';
import { observe } from '../../src/services/observation/observe.ts';
import { describeOnEachDatabase } from '../support/database.ts';
import { UNHEARD } from '../support/unheard.ts';
import { refundUpdate } from '../support/refund-update.ts';

const ACCOUNT = { key: accountKey('chain'), provider: 'TIPAY', retryFailed: true } as const;
const AT = new Date('2024-07-31T08:26:46Z');

const ids = (count: number) => Array.from({ length: count }, (_, index) => `R${String(index).padStart(3, '0')}`);

/** Writes an event for each of these refunds. */
async function write(ledger: Ledger, names: readonly string[]): Promise<void> {
  const updates = names.map((name) =>
    refundUpdate({ merchantRefundId: merchantRefundId(name), merchantPaymentId: null }),
  );
  await observe(ledger, ACCOUNT, updates, { via: 'POLL', at: AT });
}

function open(ledger: Ledger): Tail {
  const tail = openTail(ledger, UNHEARD, 2_000);
  onTestFinished(() => tail.close());
  return tail;
}

/** A follower that is never to be told that the log was set back. */
const hearing = (hear: (event: RefundEvent) => unknown): Follower => ({
  onEvent: hear,
  setBack: () => {
    throw new Error('the log was set back');
  },
});

describeOnEachDatabase('the live end', (database) => {
  it('is whole for one who comes in a break of a long page', async () => {
    const ledger = await database.open();
    const tail = open(ledger);
    const begin = await endOfLog(ledger.db);
    const received: string[] = [];
    // So many that there is a break in the middle of the page: 20 times 250 events make 5000.
    let handed = 0;
    const stops = Array.from({ length: 20 }, () =>
      tail.follow(
        begin,
        hearing(() => {
          handed += 1;
          if (handed !== 5_000) return;
          queueMicrotask(() => {
            for (const stop of stops) stop();
            tail.follow(
              begin,
              hearing(({ snapshot }) => received.push(snapshot.merchantRefundId)),
            );
          });
        }),
      ),
    );
    const written = ids(400);
    await write(ledger, written);
    await vi.waitFor(() => expect(received.length).toBeGreaterThanOrEqual(400), 10_000);
    expect(received).toEqual(written);
    expect(handed).toBe(5_000);
  });

  it('is whole for one who comes from further back while a page for the others is being read', async () => {
    const ledger = await database.open();
    const begin = await endOfLog(ledger.db);
    await write(ledger, ids(3));
    const further = await endOfLog(ledger.db);
    // The answer to a question about the log stays on its way.
    const on = Promise.withResolvers<void>();
    let asked = 0;
    const slow: KyselyPlugin = {
      transformQuery: ({ node }) => node,
      transformResult: async ({ result }) => {
        asked += 1;
        await on.promise;
        return result;
      },
    };
    const tail = open({ ...ledger, db: ledger.db.withPlugin(slow) });
    const stop = tail.follow(
      further,
      hearing(() => undefined),
    );
    await vi.waitFor(() => expect(asked).toBe(1));
    stop();
    const received: string[] = [];
    tail.follow(
      begin,
      hearing(({ snapshot }) => received.push(snapshot.merchantRefundId)),
    );
    on.resolve();
    await vi.waitFor(() => expect(received.length).toBeGreaterThanOrEqual(3), 5_000);
    expect(received).toEqual(ids(3));
  });
});
