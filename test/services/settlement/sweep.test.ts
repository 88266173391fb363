/** Promise: the sweep finds every unfinished refund that no job would query. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createSettlement } from '../../../src/services/settlement/settlement.ts';
import { describeOnEachDatabase } from '../../support/database.ts';
import { executed, scriptedProvider, type Scripted } from '../../support/scripted-provider.ts';
import { settlingOver, type Settling } from '../../support/settling.ts';

describeOnEachDatabase('the sweep', (database) => {
  let tipay: Scripted;
  let shoutu: Scripted;
  let here: Settling;

  beforeEach(async () => {
    tipay = scriptedProvider('TIPAY');
    shoutu = scriptedProvider('SHOUTU');
    here = await settlingOver(await database.open(), [tipay, shoutu]);
  });
  afterEach(() => here.close());

  test('gives a job to whatever has none, and to nothing else', async () => {
    const lost = await here.make(tipay, {});
    await here.parts.ledger.pool.query('delete from pgboss.job');
    const kept = await here.make(shoutu, {});
    const done = await here.make(tipay, {});
    executed(tipay, done).status = 'SUCCEEDED';
    await here.settleOnce(done);
    await here.parts.ledger.pool.query(`delete from pgboss.job where singleton_key = '${done.merchantRefundId}'`);

    expect(await here.settlement.sweep()).toBe(1);
    expect(await here.jobs(lost)).toHaveLength(1);
    expect(await here.jobs(kept)).toHaveLength(1);
    expect(await here.jobs(done)).toEqual([]);
    expect(await here.settlement.sweep()).toBe(0);
    // A job that a worker runs is left to that worker.
    await here.parts.ledger.pool.query(`update pgboss.job set state = 'active' where state = 'created'`);
    expect(await here.settlement.sweep()).toBe(0);
    // A server that does not have the account leaves its refunds alone.
    await here.parts.ledger.pool.query('delete from pgboss.job');
    const without = new Map([...here.parts.accounts].filter(([key]) => key !== tipay.account.key));
    const other = createSettlement({ ...here.parts, accounts: without }, here.submission);
    expect(await other.sweep()).toBe(1);
    const { account, merchantRefundId: id } = lost;
    await other.settle({ account, merchantRefundId: id, evenIfFinished: false }, new AbortController().signal);
    expect(await here.find(lost)).toMatchObject({ status: 'PROCESSING' });
  });
});
