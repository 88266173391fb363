/**
 * Promise: a send returns what the ledger knows afterwards, a refusal is doubted where money may have moved,
 * and no send outlives its timeout.
 */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readStored } from '../../../src/ledger/refund/refund-writes.ts';
import { findSubmissions } from '../../../src/ledger/submissions.ts';
import { merchantRefundId, type RefundRef } from '../../../src/refunds/ids.ts';
import { describeOnEachDatabase } from '../../support/database.ts';
import { madeElsewhere, scriptedProvider, type Scripted } from '../../support/scripted-provider.ts';
import { settlingOver, type Settling } from '../../support/settling.ts';
import { callBack } from '../../support/side-door.ts';

const R1 = merchantRefundId('R1');

/** A provider that does not answer: until the send is given up. */
const silence = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    signal.addEventListener('abort', () => resolve());
  });

describeOnEachDatabase('a send', (database) => {
  let tipay: Scripted;
  let bluepay: Scripted;
  let shoutu: Scripted;
  let here: Settling;
  let told: string[];

  beforeEach(async () => {
    tipay = scriptedProvider('TIPAY');
    bluepay = scriptedProvider('BLUEPAY');
    shoutu = scriptedProvider('SHOUTU');
    told = [];
    here = await settlingOver(await database.open(), [tipay, bluepay, shoutu], {
      tell: ({ kind }) => void told.push(kind),
    });
  });
  afterEach(() => here.close());

  const outcomes = async ({ account, merchantRefundId: id }: RefundRef) => {
    const [stored] = await readStored(here.parts.ledger.db, account, [id]);
    const sends = await findSubmissions(here.parts.ledger.db, stored?.id ?? '');
    return sends.map(({ kind, outcome }) => `${kind} ${outcome}`);
  };
  const queriedAtOnce = [{ data: { evenIfFinished: true } }];

  test('whose answer is lost comes back with the end that a callback told meanwhile', async () => {
    shoutu.script.push('lost-after');
    shoutu.during = async () => {
      madeElsewhere(shoutu, 'PAYMENT1', 'R1', 100n);
      await callBack(here, shoutu, { ...shoutu.tell('R1'), status: 'SUCCEEDED' });
    };
    const result = await here.create(shoutu, { merchantRefundId: 'R1' });
    expect(result).toMatchObject({ kind: 'created', replayed: false, refund: { status: 'SUCCEEDED' } });
  });

  test('whose answer is lost comes back as rejected when a callback told meanwhile that it failed', async () => {
    shoutu.script.push('lost-after');
    const failure = { code: 'F', message: 'account closed', retryable: false };
    shoutu.during = async () => {
      madeElsewhere(shoutu, 'PAYMENT1', 'R1', 100n);
      await callBack(here, shoutu, { ...shoutu.tell('R1'), status: 'FAILED', failure });
    };
    const result = await here.create(shoutu, { merchantRefundId: 'R1' });
    expect(result).toMatchObject({ kind: 'rejected', refusal: failure, refund: { status: 'FAILED', failure } });
  });

  test('that is answered about another refund is not believed, and is never sent again', async () => {
    tipay.answering = (observation) => ({ ...observation, merchantRefundId: merchantRefundId('OTHER') });
    const refund = await here.make(tipay, { merchantRefundId: 'R1' });
    expect(refund).toMatchObject({ merchantRefundId: 'R1', status: 'PENDING', providerRefundId: null });
    expect(await outcomes(refund)).toEqual(['CREATE accepted-unread']);
    expect(await readStored(here.parts.ledger.db, refund.account, [merchantRefundId('OTHER')])).toEqual([]);
    expect(told).toEqual(['create-answer-strange']);
    await here.settleOnce(refund);
    expect(await here.find(refund)).toMatchObject({ status: 'PROCESSING', providerRefundId: 'P-R1' });
  });

  test('that is refused after one of which nobody knows the end is queried at once, before the no is believed', async () => {
    bluepay.during = () => Promise.reject(new Error('the process ends'));
    await expect(here.create(bluepay, { merchantRefundId: 'R1' })).rejects.toThrow('the process ends');
    bluepay.during = () => Promise.resolve();
    const refund = { account: bluepay.account.key, merchantRefundId: R1 };
    here.pass(20);
    bluepay.script.push('refuse');
    await here.settleOnce(await here.find(refund));
    expect(await outcomes(refund)).toEqual(['CREATE null', 'REPEAT refused']);
    expect(await here.find(refund)).toMatchObject({ status: 'PENDING', failure: null });
    expect(await here.jobs(await here.find(refund))).toMatchObject(queriedAtOnce);
    // The first was on its way all the time: that was the reason for the no.
    madeElsewhere(bluepay, 'PAYMENT1', 'R1', 100n);
    here.pass(1);
    await here.settleOnce(await here.find(refund));
    expect(await here.find(refund)).toMatchObject({ status: 'PROCESSING', failure: null });
  });

  test('that is refused where a no is not certain, and can not be queried, is queried at once', async () => {
    shoutu.script.push('refuse');
    shoutu.reachable = false;
    const refund = await here.make(shoutu, {});
    expect(refund).toMatchObject({ status: 'PENDING' });
    expect(await here.jobs(refund)).toMatchObject(queriedAtOnce);
  });

  test('that is refused where a no is not certain comes back as pending, also when the query about it hangs', async () => {
    shoutu.timeoutMs = 100;
    shoutu.script.push('refuse');
    shoutu.onQuery = (_id, signal) => silence(signal);
    const refund = await here.make(shoutu, {});
    expect(refund).toMatchObject({ status: 'PENDING' });
    expect(await outcomes(refund)).toEqual(['CREATE refused']);
    expect(await here.jobs(refund)).toMatchObject(queriedAtOnce);
  });

  test('that is refused where a no is not certain is not judged by an answer that was made before it', async () => {
    shoutu.script.push('lie');
    const isAsked = Promise.withResolvers<void>();
    const isRefused = Promise.withResolvers<void>();
    shoutu.telling = () => {
      shoutu.telling = () => Promise.resolve();
      isAsked.resolve();
      return isRefused.promise;
    };
    let polling: Promise<void> = Promise.resolve();
    shoutu.during = async () => {
      shoutu.during = () => Promise.resolve();
      polling = here.settleOnce(await here.find({ account: shoutu.account.key, merchantRefundId: R1 }));
      await isAsked.promise;
      // The no comes while the old answer is still on its way, and so does the query about it.
      setTimeout(isRefused.resolve, 100);
    };
    const refund = await here.make(shoutu, { merchantRefundId: 'R1' });
    await polling;
    // The old answer did not have it; the next one has.
    expect(refund).toMatchObject({ status: 'PROCESSING', failure: null });
    expect(shoutu.queries).toBe(2);
  });

  test.each(['SHOUTU', 'TIPAY'] as const)(
    'at %s that is accepted when its refund was given up meanwhile is asked about, and the refund taken back',
    async (name) => {
      const provider = name === 'SHOUTU' ? shoutu : tipay;
      provider.during = async () => {
        provider.during = () => Promise.resolve();
        provider.script.push(...Array.from({ length: 200 }, () => 'lost-before' as const));
        const refund = await here.find({ account: provider.account.key, merchantRefundId: R1 });
        expect(await here.settleToTheEnd(refund)).toMatchObject({ failure: { code: 'NOT_ACCEPTED' } });
        provider.script.length = 0;
      };
      await here.create(provider, { merchantRefundId: 'R1' });
      const refund = await here.find({ account: provider.account.key, merchantRefundId: R1 });
      expect(await here.jobs(refund)).toMatchObject(queriedAtOnce);
      here.pass(1);
      await here.settleOnce(refund, { evenIfFinished: true });
      expect(await here.find(refund)).toMatchObject({ status: 'PROCESSING', failure: null });
    },
  );

  test('is given up by a stop that has waited long enough, and its refund is settled by asking', async () => {
    tipay.timeoutMs = 60_000;
    const sending = Promise.withResolvers<void>();
    tipay.script.push('lost-after');
    tipay.during = (signal) => {
      sending.resolve();
      return silence(signal);
    };
    const creating = here.create(tipay, { merchantRefundId: 'R1' });
    await sending.promise;
    await here.parts.inFlight.finish(50);
    const result = await creating;
    expect(result).toMatchObject({ kind: 'created', refund: { status: 'PENDING' } });
    const refund = await here.find({ account: tipay.account.key, merchantRefundId: R1 });
    await here.settleOnce(refund);
    expect(await here.find(refund)).toMatchObject({ status: 'PROCESSING' });
  });

  test('is given up when the time of its account is over', async () => {
    tipay.timeoutMs = 100;
    tipay.script.push('lost-before');
    tipay.during = silence;
    const startedAt = performance.now();
    expect(await here.create(tipay, {})).toMatchObject({ kind: 'created', refund: { status: 'PENDING' } });
    expect(performance.now() - startedAt).toBeLessThan(5_000);
  });

  test('that ends after another one began does not let that one pass for arrived', async () => {
    // The repeat is answered first.
    tipay.script.push('late', 'not-sent');
    tipay.during = async () => {
      tipay.during = () => Promise.resolve();
      // The process slept; meanwhile the refund was queried, and sent again by another.
      here.pass(20);
      await here.settleOnce(await here.find({ account: tipay.account.key, merchantRefundId: R1 }));
    };
    const refund = await here.make(tipay, { merchantRefundId: 'R1' });
    expect(await outcomes(refund)).toEqual(['CREATE not-sent', 'REPEAT unknown']);
    // The repeat may arrive for 15 s yet: a "not there" of now says nothing about it.
    here.pass(5);
    await here.settleOnce(refund);
    expect(tipay.sent).toHaveLength(2);
    here.pass(15);
    await here.settleOnce(refund);
    expect(tipay.sent).toHaveLength(3);
  });
});
