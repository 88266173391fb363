/**
 * Promise: retryRefund submits a failed refund again under its own id, within its payment, and returns it as
 * the ledger then knows it.
 */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { pageEvents } from '../../../src/ledger/events.ts';
import { settleQueueOf } from '../../../src/ledger/queue/enqueue.ts';
import { merchantRefundId, type RefundRef } from '../../../src/refunds/ids.ts';
import type { Refund } from '../../../src/refunds/refund.ts';
import { describeOnEachDatabase } from '../../support/database.ts';
import { executed, scriptedProvider, type Scripted } from '../../support/scripted-provider.ts';
import { settlingOver, type Settling } from '../../support/settling.ts';
import { callBack } from '../../support/side-door.ts';

describeOnEachDatabase('retryRefund', (database) => {
  let tipay: Scripted;
  let shoutu: Scripted;
  let here: Settling;

  beforeEach(async () => {
    tipay = scriptedProvider('TIPAY');
    shoutu = scriptedProvider('SHOUTU');
    here = await settlingOver(await database.open(), [tipay, shoutu]);
  });
  afterEach(() => here.close());

  const history = async (ref: RefundRef) => {
    const events = await pageEvents(here.parts.ledger.db, ref, { direction: 'ASC', after: null, limit: 100 });
    return events.map(({ type, status, via }) => `${type} ${status} ${via}`);
  };
  /** The provider says of a refund at TiPay that it failed. */
  async function fail(refund: Refund): Promise<void> {
    executed(tipay, refund).status = 'FAILED';
    await here.settleOnce(refund);
    expect(await here.find(refund)).toMatchObject({ status: 'FAILED' });
  }
  const retry = ({ merchantRefundId: id }: Refund) => here.retry(tipay, id);
  const secondsUntilQueried = async (refund: Refund) => {
    const jobs = await here.jobs(refund);
    return jobs.map(({ startAfter }) => (startAfter.getTime() - Date.now()) / 1000);
  };

  test('submits a failed refund again under the same id, once', async () => {
    const refund = await here.make(tipay, {});
    await fail(refund);

    const results = await Promise.all([1, 2].map(() => here.retry(tipay, refund.merchantRefundId)));
    expect(results.map(({ kind }) => kind).toSorted()).toEqual(['invalid', 'retried']);
    expect(tipay.sent).toEqual([refund.merchantRefundId, refund.merchantRefundId]);
    executed(tipay, refund).status = 'SUCCEEDED';
    expect(await here.settleToTheEnd(refund)).toMatchObject({ status: 'SUCCEEDED' });
    expect(await history(refund)).toEqual([
      'REQUESTED PENDING MUTATION',
      'STATUS_CHANGED PROCESSING MUTATION',
      'STATUS_CHANGED FAILED POLL',
      'STATUS_CHANGED PENDING MUTATION',
      'STATUS_CHANGED PROCESSING MUTATION',
      'STATUS_CHANGED SUCCEEDED POLL',
    ]);
  });

  test('refuses what the provider would not take', async () => {
    shoutu.script.push('refuse');
    await here.create(shoutu, { merchantRefundId: 'R1' });
    const running = await here.make(tipay, {});
    const retry = (at: Scripted, id: string) => here.retry(at, merchantRefundId(id));
    expect(await retry(shoutu, 'R1')).toMatchObject({
      kind: 'invalid',
      message: expect.stringContaining('create another'),
    });
    expect(await retry(tipay, running.merchantRefundId)).toMatchObject({
      kind: 'invalid',
      message: expect.stringContaining('PROCESSING'),
    });
    expect(await retry(tipay, 'NOBODY')).toEqual({ kind: 'not-found' });
    expect([...shoutu.sent, ...tipay.sent]).toHaveLength(2);
  });

  test('is queried two seconds later, also where no job waits', async () => {
    const refund = await here.make(tipay, {});
    await fail(refund);
    await here.boss.deleteAllJobs(settleQueueOf(tipay.account.key));
    tipay.script.push('lost-before');
    expect(await retry(refund)).toMatchObject({ kind: 'retried', refund: { status: 'PENDING' } });
    expect(await secondsUntilQueried(refund)).toEqual([expect.closeTo(2, -1)]);
  });

  test('is queried two seconds later, although a query of its earlier life waits for an hour', async () => {
    const refund = await here.make(tipay, {});
    await here.boss.deleteAllJobs(settleQueueOf(tipay.account.key));
    here.pass(7200);
    await here.settleOnce(refund);
    expect(await secondsUntilQueried(refund)).toEqual([expect.closeTo(3600, -2)]);
    executed(tipay, refund).status = 'FAILED';
    await callBack(here, tipay, tipay.tell(refund.merchantRefundId));
    tipay.script.push('lost-before');
    expect(await retry(refund)).toMatchObject({ kind: 'retried', refund: { status: 'PENDING' } });
    expect(await secondsUntilQueried(refund)).toEqual([expect.closeTo(2, -1)]);
  });

  test('gives back no more than is left of the payment by now', async () => {
    tipay.paid.set('PAYMENT1', { minorUnits: 1000n, currency: 'CNY' });
    const failed = await here.make(tipay, { amount: { amount: '6.00', currency: 'CNY' } });
    await fail(failed);
    const other = await here.make(tipay, { amount: { amount: '6.00', currency: 'CNY' } });
    expect(await retry(failed)).toEqual({
      kind: 'invalid',
      code: 'OUT_OF_RANGE',
      message: 'Of the payment only 4.00 CNY is left.',
    });
    expect(await here.find(failed)).toMatchObject({ status: 'FAILED' });
    expect(tipay.sent).toHaveLength(2);
    // Where the other has failed, too, there is room again.
    await fail(other);
    expect(await retry(failed)).toMatchObject({ kind: 'retried' });
  });

  test('answers with what a callback told while it was being sent', async () => {
    const refund = await here.make(tipay, {});
    await fail(refund);
    tipay.script.push('lost-after');
    tipay.during = async () => {
      const told = { ...tipay.tell(refund.merchantRefundId), status: 'SUCCEEDED', failure: null } as const;
      await callBack(here, tipay, told);
    };
    expect(await retry(refund)).toMatchObject({ kind: 'retried', refund: { status: 'SUCCEEDED', failure: null } });
  });

  test('tells a plain no, also where the first answer was lost before the provider told the failure', async () => {
    tipay.script.push('lost-after', 'refuse');
    const refund = await here.make(tipay, {});
    here.pass(30);
    await fail(refund);
    here.pass(3600);
    const refusal = { code: 'NO', message: 'no', retryable: true };
    expect(await retry(refund)).toMatchObject({
      kind: 'rejected',
      refusal,
      refund: { status: 'FAILED', failure: refusal },
    });
  });
});
