/**
 * Promise: the jobs of all servers together query each unfinished refund, one server at a time, and forget
 * none.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { sql } from 'kysely';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startSettling } from '../../src/jobs/settle.ts';
import { openBoss } from '../../src/ledger/queue/boss.ts';
import { inTransaction } from '../../src/ledger/database/database.ts';
import { openSettleQueue, settleQueueOf } from '../../src/ledger/queue/enqueue.ts';
import { accountKey } from '../../src/refunds/ids.ts';
import type { Refund } from '../../src/refunds/refund.ts';
import { describeOnEachDatabase } from '../support/database.ts';
import { scriptedProvider, type Scripted } from '../support/scripted-provider.ts';
import { RECONCILIATION, settlingOver, type Settling } from '../support/settling.ts';
import { until } from '../support/until.ts';

const reconciliation = { ...RECONCILIATION, pausesSeconds: [0.3], sweepSeconds: 1 };

/** A provider that never answers. */
const abandoned = (signal: AbortSignal): Promise<void> =>
  new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(new Error('given up')));
  });

describeOnEachDatabase('the jobs', (database) => {
  let tipay: Scripted;
  let shoutu: Scripted;
  let here: Settling;
  let there: Settling;
  const running: { readonly stop: () => Promise<void> }[] = [];

  beforeEach(async () => {
    tipay = scriptedProvider('TIPAY');
    shoutu = scriptedProvider('SHOUTU');
    here = await settlingOver(await database.open(), [tipay, shoutu], { reconciliation });
    there = await settlingOver(await database.another(), [tipay, shoutu], { reconciliation });
  });
  afterEach(async () => {
    await Promise.all(running.splice(0).map((one) => one.stop()));
    await there.close();
    await here.close();
  });
  const start = async (at: Settling) => {
    const started = await startSettling(at.boss, at.settlement, at.parts);
    running.push(started);
    return started;
  };

  async function make(provider: Scripted, count: number): Promise<readonly Refund[]> {
    const refunds: Refund[] = [];
    for (let index = 0; index < count; index += 1) {
      provider.script.push('lost-after');
      const result = await here.create(provider, { idempotencyKey: `${provider.account.key}-${index}` });
      if (result.kind === 'created') refunds.push(result.refund);
    }
    return refunds;
  }
  const end = (provider: Scripted) => {
    for (const executed of provider.book.values()) executed.status = 'SUCCEEDED';
  };
  const allAre = (refunds: readonly Refund[], status: string) => async () =>
    (await Promise.all(refunds.map((one) => here.find(one)))).every((one) => one.status === status);

  test('are installed and begun by ten servers at once', async () => {
    // pg-boss maintains the queues of the other tests meanwhile. If the two deadlock, this runs again.
    await inTransaction(here.parts.ledger, (tx) => sql`drop schema pgboss cascade`.execute(tx));
    const ledgers = await Promise.all(Array.from({ length: 10 }, () => database.another()));
    const errors: Error[] = [];
    const bosses = await Promise.all(
      ledgers.map(async (ledger) => {
        const boss = await openBoss(ledger, (error) => errors.push(error));
        await openSettleQueue(boss, [accountKey('tipay'), accountKey('shoutu')]);
        return boss;
      }),
    );
    const queues = await bosses[0]?.getQueues();
    expect(queues?.map(({ name, policy }) => `${name} ${policy}`).toSorted()).toEqual([
      'settle.shoutu stately',
      'settle.tipay stately',
    ]);
    for (const boss of bosses) await boss.stop({ close: false, graceful: false });
    expect(errors).toEqual([]);
  });

  test('of two servers query each refund one at a time, to its end', async () => {
    const asking = new Map<string, number>();
    let most = 0;
    tipay.onQuery = async (id) => {
      const now = (asking.get(id ?? '') ?? 0) + 1;
      asking.set(id ?? '', now);
      most = Math.max(most, now);
      await pause(150);
      asking.set(id ?? '', (asking.get(id ?? '') ?? 0) - 1);
    };
    const refunds = await make(tipay, 12);
    await start(here);
    await start(there);
    await until(allAre(refunds, 'PROCESSING'), 30_000);
    for (const refund of refunds) {
      await inTransaction(here.parts.ledger, (tx) => here.parts.queue.expedite(tx, refund));
      await inTransaction(there.parts.ledger, (tx) => there.parts.queue.expedite(tx, refund));
    }
    end(tipay);
    await until(allAre(refunds, 'SUCCEEDED'), 30_000);
    expect(most).toBe(1);
    expect(tipay.sent).toHaveLength(12);
  }, 70_000);

  test('of one provider do not wait for another that hangs', async () => {
    tipay.onQuery = (_id, signal) => abandoned(signal);
    await make(tipay, 20);
    const refunds = await make(shoutu, 3);
    end(shoutu);
    await start(here);
    await until(allAre(refunds, 'SUCCEEDED'), 20_000);
    expect(tipay.queries).toBeGreaterThan(0);
  }, 40_000);

  test('that a server leaves when it stops are done by the next', async () => {
    let hangs = true;
    tipay.onQuery = async (_id, signal) => {
      if (hangs) await abandoned(signal);
    };
    const refunds = await make(tipay, 3);
    end(tipay);
    const first = await start(here);
    await until(() => tipay.queries >= 3, 20_000);
    const startedAt = performance.now();
    await first.stop();
    expect(performance.now() - startedAt).toBeLessThan(4_000);
    expect(await allAre(refunds, 'PENDING')()).toBe(true);
    hangs = false;
    await start(there);
    await until(allAre(refunds, 'SUCCEEDED'), 30_000);
  }, 60_000);

  test('that killed servers have left in the middle are freed when another starts, however short each of them lives', async () => {
    const refunds = await make(tipay, 3);
    const { pool } = here.parts.ledger;
    // The state after a kill a minute ago. No server has lived since for as long as pg-boss waits before it
    // looks.
    await pool.query(`update pgboss.job set state = 'active', started_on = now() - interval '60 s',
      heartbeat_on = now() - interval '60 s' where name = 'settle.tipay'`);
    await pool.query(`update pgboss.queue set monitor_claim_on = now() - interval '60 s'`);
    const errors: Error[] = [];
    const boss = await openBoss(await database.another(), (error) => errors.push(error));
    running.push({ stop: () => boss.stop({ close: false, graceful: false }) });
    const waiting = async (): Promise<number> => {
      const jobs = await boss.findJobs(settleQueueOf(accountKey('tipay')));
      return jobs.filter(({ state }) => state === 'created' || state === 'retry').length;
    };
    await until(async () => (await waiting()) === refunds.length, 5_000);
    expect(errors).toEqual([]);
  }, 40_000);

  test('are made anew for refunds that have lost theirs', async () => {
    const refunds = await make(tipay, 3);
    end(tipay);
    for (const queue of ['tipay', 'shoutu']) await here.boss.deleteAllJobs(settleQueueOf(accountKey(queue)));
    await start(there);
    await until(allAre(refunds, 'SUCCEEDED'), 20_000);
    expect(tipay.sent).toHaveLength(3);
  }, 40_000);
});
