/**
 * Promise: whoever must be looked at says so, since when, in the order of importance, and as an event of its
 * own or of another's.
 */
import { expect, it } from 'vitest';
import { inTransaction, type Ledger } from '../../../src/ledger/database/database.ts';
import { pageEvents } from '../../../src/ledger/events.ts';
import { countNeedingAttention, findNeedingAttention } from '../../../src/ledger/queue/unfinished.ts';
import { checkInvariants } from '../../../src/ledger/invariants.ts';
import { shownAttention } from '../../../src/refunds/attention.ts';
import { accountKey, merchantRefundId } from '../../../src/refunds/ids.ts';
import type { RefundUpdate } from '../../../src/refunds/update.ts';
import type { ObservedVia, Refund } from '../../../src/refunds/refund.ts';
import { markDenied, markStuck, markUnreadable } from '../../../src/services/observation/attention.ts';
import { observe } from '../../../src/services/observation/observe.ts';
import { lockStored } from '../../../src/ledger/refund/refund-writes.ts';
import { findRefunds } from '../../../src/ledger/refund/refunds.ts';
import { describeOnEachDatabase } from '../../support/database.ts';
import { refundUpdate } from '../../support/refund-update.ts';

const ACCOUNT = { key: accountKey('chain'), provider: 'TIPAY', retryFailed: false } as const;
const T0 = Date.parse('2024-07-31T08:26:46.123Z');
const at = (seconds: number): Date => new Date(T0 + seconds * 1000);
const R1 = merchantRefundId('R1');
const SUSPENDED = {
  provider: 'TIPAY',
  uniqueOrderNo: null,
  realRefundAmount: null,
  cashRefundAmount: null,
  fundingAccounts: [],
  channelReceiverInfo: null,
  actionNeeded: true,
} as const;

describeOnEachDatabase('attention', (database) => {
  const over = (ledger: Ledger) => ({
    tell: async (rest: Partial<RefundUpdate>, via: ObservedVia, seconds: number, queriedAt = seconds) => {
      const asked = via === 'QUERY' || via === 'POLL' ? { queriedAt: at(queriedAt) } : {};
      const [observed] = await observe(ledger, ACCOUNT, [refundUpdate(rest)], { via, at: at(seconds), ...asked });
      return observed;
    },
    refund: async (): Promise<Refund> => {
      const [found] = await findRefunds(ledger.db, [{ account: ACCOUNT.key, merchantRefundId: R1 }]);
      if (found === undefined) throw new Error('it is not there');
      return found;
    },
    shown: async () => {
      const [found] = await findRefunds(ledger.db, [{ account: ACCOUNT.key, merchantRefundId: R1 }]);
      return found === undefined ? null : shownAttention(found.attention);
    },
    events: async () => {
      const ref = { account: ACCOUNT.key, merchantRefundId: R1 };
      const events = await pageEvents(ledger.db, ref, { direction: 'ASC', after: null, limit: 100 });
      expect(events.map(({ snapshot }) => snapshot.version)).toEqual(events.map((_, nth) => nth + 1));
      expect(events.at(-1)?.living.refund.updatedAt).toEqual(events.at(-1)?.recordedAt);
      for (const { name, offenders } of await checkInvariants(ledger.db)) expect([name, ...offenders]).toEqual([name]);
      return events.map(({ type, snapshot }) => [type, shownAttention(snapshot.attention)?.reason ?? null]);
    },
  });

  it('begins with a contradiction, and ends when an answer to a query of the time after decides', async () => {
    const here = over(await database.open());
    await here.tell({ status: 'SUCCEEDED' }, 'QUERY', 0);
    await here.tell({ status: 'FAILED' }, 'CALLBACK', 10);
    expect(await here.shown()).toEqual({ reason: 'CONFLICT', since: at(10) });
    // It left before the contradiction came.
    await here.tell({ status: 'SUCCEEDED' }, 'QUERY', 11, 9);
    expect(await here.shown()).toEqual({ reason: 'CONFLICT', since: at(10) });
    await here.tell({ status: 'SUCCEEDED' }, 'QUERY', 12);
    expect(await here.shown()).toBeNull();
    // The same callback, late: it was decided.
    await here.tell({ status: 'FAILED' }, 'CALLBACK', 20);
    expect(await here.shown()).toBeNull();
    expect(await here.events()).toEqual([
      ['DISCOVERED', null],
      ['CONFLICT_DETECTED', 'CONFLICT'],
      ['ATTENTION_CHANGED', null],
    ]);
  });

  it("stays while the provider's own answers contradict, and comes back when they do so again", async () => {
    const here = over(await database.open());
    const other = { amount: { minorUnits: 7n, currency: 'CNY' } };
    await here.tell({}, 'QUERY', 0);
    await here.tell(other, 'QUERY', 1);
    await here.tell(other, 'QUERY', 2);
    expect(await here.shown()).toEqual({ reason: 'CONFLICT', since: at(1) });
    await here.tell({}, 'QUERY', 3);
    expect(await here.shown()).toBeNull();
    await here.tell(other, 'QUERY', 4);
    expect(await here.shown()).toEqual({ reason: 'CONFLICT', since: at(4) });
    expect(await here.events()).toEqual([
      ['DISCOVERED', null],
      ['CONFLICT_DETECTED', 'CONFLICT'],
      ['ATTENTION_CHANGED', null],
      ['ATTENTION_CHANGED', 'CONFLICT'],
    ]);
  });

  it.each(['MUTATION', 'CALLBACK', 'POLL', 'QUERY'] as const)(
    'is UNDECIDED for what the provider closed, told by %s, until it says more',
    async (via) => {
      const here = over(await database.open());
      await here.tell({ status: 'PROCESSING' }, 'QUERY', 0);
      await here.tell({ status: 'PROCESSING', undecided: true, providerStatus: '4' }, via, 5);
      expect(await here.shown()).toEqual({ reason: 'UNDECIDED', since: at(5) });
      expect(await here.refund()).toMatchObject({ status: 'PROCESSING', completedAt: null });
      // A callback of the time before says nothing against it; an answer does.
      await here.tell({ status: 'PROCESSING' }, 'CALLBACK', 6);
      expect(await here.shown()).toEqual({ reason: 'UNDECIDED', since: at(5) });
      await here.tell({ status: 'SUCCEEDED' }, 'QUERY', 7);
      expect(await here.shown()).toBeNull();
      expect((await here.events()).at(-1)).toEqual(['STATUS_CHANGED', null]);
    },
  );

  it('is in the event of a change that comes with it', async () => {
    const here = over(await database.open());
    await here.tell({ details: SUSPENDED }, 'CALLBACK', 0);
    expect(await here.shown()).toEqual({ reason: 'ACTION_NEEDED', since: at(0) });
    await here.tell({ status: 'FAILED', details: SUSPENDED }, 'QUERY', 1);
    expect(await here.events()).toEqual([
      ['DISCOVERED', 'ACTION_NEEDED'],
      ['STATUS_CHANGED', null],
    ]);
  });

  it('shows the first of several reasons, each with its own time, and only what is shown makes an event', async () => {
    const ledger = await database.open();
    const here = over(ledger);
    await here.tell({ details: SUSPENDED }, 'QUERY', 0);
    await inTransaction(ledger, (tx) => markStuck(tx, ACCOUNT.key, [R1], at(1)));
    expect(await here.shown()).toEqual({ reason: 'ACTION_NEEDED', since: at(0) });
    const ids = [R1, merchantRefundId('NOBODY'), R1];
    for (const seconds of [2, 3]) {
      await inTransaction(ledger, (tx) => markUnreadable(tx, ACCOUNT.key, ids, { via: 'POLL', at: at(seconds) }));
    }
    expect(await here.shown()).toEqual({ reason: 'UNREADABLE', since: at(2) });
    expect(await countNeedingAttention(ledger.db)).toEqual([{ account: 'chain', reason: 'UNREADABLE', count: 1 }]);
    expect(await findNeedingAttention(ledger.db, 10)).toEqual([
      { account: 'chain', merchantRefundId: 'R1', reason: 'UNREADABLE' },
    ]);
    // A callback does not say that the record can be read.
    await here.tell({ details: SUSPENDED }, 'CALLBACK', 4);
    expect((await here.shown())?.reason).toBe('UNREADABLE');
    await here.tell({ details: SUSPENDED }, 'QUERY', 5);
    expect(await here.shown()).toEqual({ reason: 'ACTION_NEEDED', since: at(0) });
    await here.tell({ details: { ...SUSPENDED, actionNeeded: false } }, 'QUERY', 6);
    expect(await here.shown()).toEqual({ reason: 'STUCK', since: at(1) });
    await here.tell({ status: 'SUCCEEDED' }, 'QUERY', 7);
    expect(await here.shown()).toBeNull();
    expect(await here.events()).toEqual([
      ['DISCOVERED', 'ACTION_NEEDED'],
      ['ATTENTION_CHANGED', 'UNREADABLE'],
      ['ATTENTION_CHANGED', 'ACTION_NEEDED'],
      ['DETAILS_CHANGED', 'STUCK'],
      ['STATUS_CHANGED', null],
    ]);
    await inTransaction(ledger, (tx) => markStuck(tx, ACCOUNT.key, [R1], at(8)));
    expect(await here.shown()).toBeNull();
  });

  it('is DENIED until the provider shows the refund, and a callback has it asked again', async () => {
    const ledger = await database.open();
    const here = over(ledger);
    await here.tell({ status: 'SUCCEEDED' }, 'CALLBACK', 0);
    const deny = (seconds: number) =>
      inTransaction(ledger, async (tx) => {
        const [locked] = await lockStored(tx, ACCOUNT.key, [R1]);
        if (locked !== undefined) await markDenied(tx, locked, { via: 'POLL', at: at(seconds), contradicts: true });
      });
    await deny(1);
    await deny(2);
    expect(await here.shown()).toEqual({ reason: 'DENIED', since: at(1) });
    expect(await here.tell({ status: 'SUCCEEDED' }, 'CALLBACK', 3)).toMatchObject({ queryAgain: true });
    expect(await here.shown()).toEqual({ reason: 'DENIED', since: at(1) });
    await here.tell({ status: 'SUCCEEDED' }, 'POLL', 4);
    expect(await here.shown()).toBeNull();
    // Denied again: the contradiction is recorded already.
    await deny(5);
    expect(await here.events()).toEqual([
      ['DISCOVERED', null],
      ['CONFLICT_DETECTED', 'DENIED'],
      ['ATTENTION_CHANGED', null],
      ['ATTENTION_CHANGED', 'DENIED'],
    ]);
  });
});
