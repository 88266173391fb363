/**
 * Promise: every refund ends as its provider says, no money moves twice, and no refund stays unfinished
 * without a query.
 */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { settleQueueOf } from '../../../src/ledger/queue/enqueue.ts';
import { readStored } from '../../../src/ledger/refund/refund-writes.ts';
import { findSubmissions } from '../../../src/ledger/submissions.ts';
import { merchantRefundId } from '../../../src/refunds/ids.ts';
import { PROVIDERS, type Provider, type Refund } from '../../../src/refunds/refund.ts';
import { refreshRefund } from '../../../src/services/reading/refresh.ts';
import type { CreateResult } from '../../../src/services/submission/create.ts';
import { describeOnEachDatabase } from '../../support/database.ts';
import {
  executed,
  madeElsewhere,
  ofEach,
  RULES,
  scriptedProvider,
  type Scripted,
} from '../../support/scripted-provider.ts';
import { settlingOver, type Settling } from '../../support/settling.ts';

describeOnEachDatabase('settling', (database) => {
  let at: Record<Provider, Scripted>;
  let here: Settling;

  beforeEach(async () => {
    at = ofEach((provider) => scriptedProvider(provider));
    here = await settlingOver(await database.open(), Object.values(at));
  });
  afterEach(() => here.close());

  const refundOf = (result: CreateResult): Refund => {
    if (result.kind !== 'created') throw new Error(`not created but ${JSON.stringify(result)}`);
    return result.refund;
  };
  const outcomes = async ({ account, merchantRefundId: id }: Refund) => {
    const [stored] = await readStored(here.parts.ledger.db, account, [id]);
    return (await findSubmissions(here.parts.ledger.db, stored?.id ?? '')).map(
      ({ kind, outcome }) => `${kind} ${outcome}`,
    );
  };
  const newest = (refund: Refund) => here.find(refund);

  test.each(PROVIDERS)('%s: a lost answer to a create that was executed is settled by asking', async (name) => {
    at[name].script.push('lost-after');
    const refund = refundOf(await here.create(at[name], {}));
    here.pass(2);
    await here.settleOnce(refund);
    expect(await newest(refund)).toMatchObject({
      status: 'PROCESSING',
      providerRefundId: `P-${refund.merchantRefundId}`,
    });
    executed(at[name], refund).status = 'SUCCEEDED';
    expect(await here.settleToTheEnd(refund)).toMatchObject({ status: 'SUCCEEDED' });
    expect(await outcomes(refund)).toEqual(['CREATE unknown']);
  });

  test.each(PROVIDERS.filter((name) => RULES[name].repeatIsHarmless))(
    '%s: a create that never arrived is sent again, when it can arrive no more',
    async (name) => {
      at[name].script.push('lost-before');
      const refund = refundOf(await here.create(at[name], {}));
      for (const seconds of [2, 5, 7]) {
        here.pass(seconds);
        await here.settleOnce(refund);
      }
      // 14 s: the timeout of 10 s and 5 s more have not passed.
      expect(at[name].sent).toHaveLength(1);
      here.pass(5);
      await here.settleOnce(refund);
      expect(at[name].sent).toEqual([refund.merchantRefundId, refund.merchantRefundId]);
      expect(await newest(refund)).toMatchObject({ status: 'PROCESSING' });
      expect(await outcomes(refund)).toEqual(['CREATE unknown', 'REPEAT accepted']);
      executed(at[name], refund).status = 'SUCCEEDED';
      expect(await here.settleToTheEnd(refund)).toMatchObject({ status: 'SUCCEEDED' });
    },
  );

  test('what certainly never left is sent as soon as the provider says that it is not there', async () => {
    at.TIPAY.script.push('not-sent');
    const refund = refundOf(await here.create(at.TIPAY, {}));
    here.pass(2);
    await here.settleOnce(refund);
    expect(await outcomes(refund)).toEqual(['CREATE not-sent', 'REPEAT accepted']);
  });

  test('at Shoutu nothing is ever sent again: it is queried for half an hour and given up', async () => {
    at.SHOUTU.script.push('lost-before');
    const refund = refundOf(await here.create(at.SHOUTU, {}));
    for (let seconds = 0; seconds < 1800; seconds += 100) {
      here.pass(100);
      await here.settleOnce(refund);
      if (seconds < 1600) expect(await newest(refund)).toMatchObject({ status: 'PENDING' });
    }
    here.pass(100);
    await here.settleOnce(refund);
    expect(await newest(refund)).toMatchObject({
      status: 'FAILED',
      failure: { code: 'NOT_ACCEPTED', retryable: false },
    });
    expect(at.SHOUTU.sent).toHaveLength(1);
  });

  test('an unreachable provider is not "not there": the refund is neither sent again nor given up', async () => {
    at.TIPAY.script.push('lost-before');
    const refund = refundOf(await here.create(at.TIPAY, {}));
    at.TIPAY.reachable = false;
    for (let hours = 0; hours < 30; hours += 1) {
      here.pass(3600);
      await here.settleOnce(refund);
    }
    expect(await newest(refund)).toMatchObject({ status: 'PENDING' });
    expect(at.TIPAY.sent).toHaveLength(1);
    // The next query waits a minute at most, however old the refund.
    const [job] = await here.jobs(refund);
    expect(job?.startAfter.getTime()).toBeLessThan(Date.now() + 61_000);
  });

  test('a no to a repeat is believed only when the provider has not got the refund for the give-up time', async () => {
    at.BLUEPAY.script.push('late', 'refuse');
    const refund = refundOf(await here.create(at.BLUEPAY, {}));
    here.pass(20);
    await here.settleOnce(refund);
    expect(await newest(refund)).toMatchObject({ status: 'PENDING' });
    expect(await outcomes(refund)).toEqual(['CREATE unknown', 'REPEAT refused']);
    // What was late arrives after all: the no spoke of the payment that it had taken hold of.
    at.BLUEPAY.arrive();
    await here.settleOnce(refund);
    expect(await newest(refund)).toMatchObject({ status: 'PROCESSING' });

    at.TIPAY.script.push('lost-before', 'refuse');
    const other = refundOf(await here.create(at.TIPAY, {}));
    here.pass(20);
    await here.settleOnce(other);
    expect(await newest(other)).toMatchObject({ status: 'PENDING' });
    here.pass(1700);
    await here.settleOnce(other);
    expect(await newest(other)).toMatchObject({ status: 'PENDING' });
    here.pass(110);
    await here.settleOnce(other);
    expect(await newest(other)).toMatchObject({ status: 'FAILED', failure: { code: 'NO', retryable: true } });
    expect(at.TIPAY.sent.filter((id) => id === other.merchantRefundId)).toHaveLength(2);
  });

  test('what was given up and is there after all is taken back', async () => {
    at.SHOUTU.script.push('late');
    const refund = refundOf(await here.create(at.SHOUTU, {}));
    expect(await here.settleToTheEnd(refund)).toMatchObject({ status: 'FAILED', failure: { code: 'NOT_ACCEPTED' } });
    at.SHOUTU.arrive();
    const { account } = at.SHOUTU;
    const result = await refreshRefund(here.parts, account, refund.merchantRefundId, new AbortController().signal);
    expect(result).toMatchObject({ kind: 'refreshed', changed: true, refund: { status: 'PROCESSING', failure: null } });
  });

  test('a refund given up may be submitted again where the provider makes that harmless', async () => {
    at.TIPAY.script.push(...Array.from({ length: 200 }, () => 'lost-before' as const));
    const refund = refundOf(await here.create(at.TIPAY, {}));
    expect(await here.settleToTheEnd(refund)).toMatchObject({
      status: 'FAILED',
      failure: { code: 'NOT_ACCEPTED', retryable: true },
    });
    at.TIPAY.script.length = 0;
    expect(await here.retry(at.TIPAY, refund.merchantRefundId)).toMatchObject({ kind: 'retried' });
    executed(at.TIPAY, refund).status = 'SUCCEEDED';
    expect(await here.settleToTheEnd(refund)).toMatchObject({ status: 'SUCCEEDED' });
    expect(executed(at.TIPAY, refund).executions).toBe(1);
  });

  test('an answer that was overtaken by a new send does not send again', async () => {
    at.TIPAY.script.push('not-sent');
    const refund = refundOf(await here.create(at.TIPAY, {}));
    here.pass(2);
    await Promise.all(Array.from({ length: 8 }, () => here.settleOnce(refund)));
    expect(await outcomes(refund)).toEqual(['CREATE not-sent', 'REPEAT accepted']);
    expect(at.TIPAY.sent).toHaveLength(2);
  });

  test('other refunds of a payment that the answer tells of become known', async () => {
    const refund = refundOf(await here.create(at.BLUEPAY, {}));
    madeElsewhere(at.BLUEPAY, 'PAYMENT1', 'ELSEWHERE', 5n);
    await here.settleOnce(refund);
    const other = {
      ...refund,
      merchantRefundId: [...at.BLUEPAY.book.values()][1]?.command.merchantRefundId ?? refund.merchantRefundId,
    };
    expect(await newest(other)).toMatchObject({ merchantRefundId: 'ELSEWHERE', status: 'PROCESSING' });
  });

  describe('the failure that a retry leaves behind is not the retry’s', () => {
    let refund: Refund;
    beforeEach(async () => {
      refund = refundOf(await here.create(at.TIPAY, {}));
      executed(at.TIPAY, refund).status = 'FAILED';
      await here.settleOnce(refund);
      if ((await newest(refund)).status !== 'FAILED') throw new Error('the failure is not known');
    });
    const retry = () => here.retry(at.TIPAY, refund.merchantRefundId);
    const queryBothWays = async () => {
      await here.settleOnce(refund);
      await refreshRefund(here.parts, at.TIPAY.account, refund.merchantRefundId, new AbortController().signal);
    };

    test('when it is told while the retry is being sent', async () => {
      at.TIPAY.during = queryBothWays;
      expect(await retry()).toMatchObject({ kind: 'retried', refund: { status: 'PROCESSING' } });
      executed(at.TIPAY, refund).status = 'SUCCEEDED';
      expect(await here.settleToTheEnd(refund)).toMatchObject({ status: 'SUCCEEDED' });
    });

    test('when it is told while the retry may still arrive', async () => {
      at.TIPAY.script.push('late');
      expect(await retry()).toMatchObject({ kind: 'retried', refund: { status: 'PENDING' } });
      here.pass(14);
      await queryBothWays();
      expect(await newest(refund)).toMatchObject({ status: 'PENDING' });
      at.TIPAY.arrive();
      await queryBothWays();
      expect(await newest(refund)).toMatchObject({ status: 'PROCESSING' });
    });

    test('but when the retry can arrive no more, it is', async () => {
      at.TIPAY.script.push('lost-before');
      expect(await retry()).toMatchObject({ kind: 'retried', refund: { status: 'PENDING' } });
      // Nor when the clock that timed the query is some seconds ahead of the one that timed the retry.
      here.pass(16);
      await queryBothWays();
      expect(await newest(refund)).toMatchObject({ status: 'PENDING' });
      here.pass(5);
      await queryBothWays();
      expect(await newest(refund)).toMatchObject({ status: 'FAILED', failure: { code: 'F', retryable: true } });
    });
  });

  test('a finished refund is queried only where it was contradicted', async () => {
    const refund = refundOf(await here.create(at.TIPAY, {}));
    executed(at.TIPAY, refund).status = 'SUCCEEDED';
    await here.settleOnce(refund);
    const { queries: questions } = at.TIPAY;
    await here.settleOnce(refund);
    expect(at.TIPAY.queries).toBe(questions);
    await here.settleOnce(refund, { evenIfFinished: true });
    expect(at.TIPAY.queries).toBe(questions + 1);
    expect(await newest(refund)).toMatchObject({ status: 'SUCCEEDED' });
  });

  test('a query about a finished refund that failed is queried again, although the refund is finished', async () => {
    const refund = refundOf(await here.create(at.TIPAY, {}));
    executed(at.TIPAY, refund).status = 'SUCCEEDED';
    await here.settleOnce(refund);
    await here.boss.deleteAllJobs(settleQueueOf(refund.account));
    at.TIPAY.reachable = false;
    await here.settleOnce(refund, { evenIfFinished: true });
    expect(await here.jobs(refund)).toMatchObject([{ data: { evenIfFinished: true } }]);
  });

  test('other refunds of a payment that the answer leaves undecided are queried', async () => {
    madeElsewhere(at.BLUEPAY, 'PAYMENT1', 'ELSEWHERE', 5n);
    const other = { account: at.BLUEPAY.account.key, merchantRefundId: merchantRefundId('ELSEWHERE') };
    executed(at.BLUEPAY, other).status = 'SUCCEEDED';
    const refund = refundOf(await here.create(at.BLUEPAY, {}));
    await here.settleOnce(refund);
    const known = await here.find(other);
    expect(known).toMatchObject({ status: 'SUCCEEDED' });
    expect(await here.jobs(known)).toEqual([]);
    // A payment's copy that lags behind the word that ended the refund.
    executed(at.BLUEPAY, other).status = 'PROCESSING';
    here.pass(2);
    await here.settleOnce(refund);
    expect(await here.find(other)).toMatchObject({ status: 'SUCCEEDED' });
    expect(await here.jobs(known)).toMatchObject([{ data: { evenIfFinished: true } }]);
  });

  test('each query leaves the job of the next, with growing pauses, one at a time', async () => {
    const refund = refundOf(await here.create(at.TIPAY, {}));
    const pauses: number[] = [];
    for (const age of [2, 7, 17, 37, 77, 137, 7000]) {
      await here.parts.ledger.pool.query('delete from pgboss.job');
      here.pass(age);
      const before = Date.now();
      await here.settleOnce(refund);
      await here.settleOnce(refund);
      const jobs = await here.jobs(refund);
      expect(jobs).toHaveLength(1);
      pauses.push(Math.round(((jobs[0]?.startAfter.getTime() ?? 0) - before) / 1000));
      here.pass(-age);
    }
    expect(pauses).toEqual([5, 10, 20, 40, 60, 120, 3600].map((pause) => expect.closeTo(pause, -1)));
    expect(pauses.toSorted((a, b) => a - b)).toEqual(pauses);
  });
});
