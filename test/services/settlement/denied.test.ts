/**
 * Promise: a refund that its provider told of, or said yes to, and denies, keeps its status and says that a
 * person must look.
 */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { pageEvents } from '../../../src/ledger/events.ts';
import { shownAttention } from '../../../src/refunds/attention.ts';
import { merchantRefundId } from '../../../src/refunds/ids.ts';
import type { Refund } from '../../../src/refunds/refund.ts';
import { refreshRefund } from '../../../src/services/reading/refresh.ts';
import { createSweep } from '../../../src/services/settlement/sweep.ts';
import { describeOnEachDatabase } from '../../support/database.ts';
import { executed, madeElsewhere, scriptedProvider, type Scripted } from '../../support/scripted-provider.ts';
import { settlingOver, type Settling } from '../../support/settling.ts';
import { callBack } from '../../support/side-door.ts';

const NOBODY = new AbortController().signal;

describeOnEachDatabase('a refund that is denied', (database) => {
  let tipay: Scripted;
  let here: Settling;
  beforeEach(async () => {
    tipay = scriptedProvider('TIPAY');
    here = await settlingOver(await database.open(), [tipay]);
  });
  afterEach(() => here.close());

  const reason = async (refund: Refund) => shownAttention((await here.find(refund)).attention)?.reason ?? null;
  const typesOf = async (refund: Refund) =>
    (await pageEvents(here.parts.ledger.db, refund, { direction: 'ASC', after: null, limit: 99 })).map(
      ({ type }) => type,
    );
  const job = (refund: Refund) => here.settleOnce(refund, { evenIfFinished: true });
  const refresh = ({ merchantRefundId: id }: Refund) => refreshRefund(here.parts, tipay.account, id, NOBODY);

  function show(status: 'SUCCEEDED' | 'PROCESSING'): void {
    madeElsewhere(tipay, 'PAYMENT2', 'ELSEWHERE', 100n);
    executed(tipay, { merchantRefundId: 'ELSEWHERE' }).status = status;
  }

  /** Told by a callback, and not in the provider's book any more. */
  async function toldAndGone(status: 'SUCCEEDED' | 'PROCESSING'): Promise<Refund> {
    show(status);
    await callBack(here, tipay, tipay.tell('ELSEWHERE'));
    tipay.book.clear();
    return here.find({ account: tipay.account.key, merchantRefundId: merchantRefundId('ELSEWHERE') });
  }

  it('refused when it was made, it agrees with a denial: it is refreshed, and nothing contradicts', async () => {
    tipay.script.push('refuse');
    expect(await here.create(tipay, {})).toMatchObject({ kind: 'rejected' });
    const [id = ''] = tipay.sent;
    const refund = await here.find({ account: tipay.account.key, merchantRefundId: merchantRefundId(id) });
    const before = await typesOf(refund);
    for (let asked = 0; asked < 3; asked++) {
      expect(await refresh(refund)).toMatchObject({ kind: 'refreshed', changed: false, refund: { status: 'FAILED' } });
      await job(refund);
      here.pass(60);
    }
    expect(await reason(refund)).toBeNull();
    expect(await typesOf(refund)).toEqual(before);
  });

  it.each(['SUCCEEDED', 'PROCESSING'] as const)(
    'told by a callback alone as %s keeps its status, conflicts after the second denial, and is asked about on',
    async (status) => {
      const refund = await toldAndGone(status);
      expect(await here.jobs(refund)).toHaveLength(1);
      // One that was made long ago is STUCK at once.
      const before = status === 'PROCESSING' ? 'STUCK' : null;
      await job(refund);
      expect(await reason(refund)).toBe(before);
      // At once again: that is one denial.
      await job(refund);
      expect(await reason(refund)).toBe(before);
      here.pass(2);
      await job(refund);
      expect(await here.find(refund)).toMatchObject({ status });
      expect(await reason(refund)).toBe('DENIED');
      here.pass(10);
      await job(refund);
      const stuck = status === 'PROCESSING' ? ['ATTENTION_CHANGED'] : [];
      expect(await typesOf(refund)).toEqual(['DISCOVERED', ...stuck, 'CONFLICT_DETECTED']);
      expect(await here.jobs(refund)).toMatchObject([{ data: { evenIfFinished: true } }]);
      // The provider's list lagged.
      show('SUCCEEDED');
      await job(refund);
      expect(await here.find(refund)).toMatchObject({ status: 'SUCCEEDED', attention: {} });
    },
  );

  it('is denied to whoever refreshes it, and that counts', async () => {
    const refund = await toldAndGone('SUCCEEDED');
    expect(await refresh(refund)).toEqual({ kind: 'denied' });
    here.pass(60);
    expect(await refresh(refund)).toEqual({ kind: 'denied' });
    expect(await here.find(refund)).toMatchObject({ status: 'SUCCEEDED' });
    expect(await reason(refund)).toBe('DENIED');
    expect(await refresh(refund)).toEqual({ kind: 'denied' });
  });

  it('is not denied where an outage lies between, nor where an answer had it', async () => {
    const refund = await toldAndGone('SUCCEEDED');
    await job(refund);
    here.pass(60);
    tipay.reachable = false;
    await job(refund);
    tipay.reachable = true;
    await job(refund);
    expect(await reason(refund)).toBeNull();
    show('SUCCEEDED');
    await job(refund);
    tipay.book.clear();
    for (const seconds of [10, 100]) {
      here.pass(seconds);
      await job(refund);
    }
    expect(await reason(refund)).toBeNull();
    expect(await refresh(refund)).toMatchObject({ kind: 'refreshed', changed: false });
  });

  it.each(['accept', 'unread'] as const)(
    'after a yes (%s) is DENIED when the give-up time has passed, before that STUCK at most, and never free',
    async (word) => {
      tipay.script.push(word);
      const refund = await here.make(tipay, {});
      tipay.book.clear();
      here.pass(30);
      await here.settleOnce(refund);
      expect(await reason(refund)).toBeNull();
      here.pass(1_790);
      expect(await here.settlement.sweep()).toBe(0);
      expect(await reason(refund)).toBe('STUCK');
      here.pass(60);
      await here.settleOnce(refund);
      expect(await reason(refund)).toBe('DENIED');
      const { status } = await here.find(refund);
      expect(status).toBe(word === 'accept' ? 'PROCESSING' : 'PENDING');
      here.pass(100_000);
      await here.settleOnce(refund);
      expect(await here.find(refund)).toMatchObject({ status, failure: null, attempts: 1 });
      expect(tipay.sent).toHaveLength(1);
    },
  );

  it('tells the operator of each at every sweep', async () => {
    const told: unknown[] = [];
    const sweep = createSweep({ ...here.parts, tell: (event) => void told.push(event) });
    tipay.script.push('unread-before');
    const refund = await here.make(tipay, {});
    await sweep();
    expect(told).toEqual([]);
    here.pass(2_000);
    await sweep();
    await sweep();
    const { account, merchantRefundId: id } = refund;
    const event = { kind: 'attention-needed', account, merchantRefundId: id, reason: 'STUCK' };
    expect(told).toEqual([event, event]);
  });
});
