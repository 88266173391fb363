/**
 * Promise: one idempotency key is one refund: written down before it is sent, sent once, and returned as the
 * ledger knows it.
 */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { pageEvents } from '../../../src/ledger/events.ts';
import { findSubmissions } from '../../../src/ledger/submissions.ts';
import { readStored } from '../../../src/ledger/refund/refund-writes.ts';
import { merchantRefundId, type RefundRef } from '../../../src/refunds/ids.ts';
import { PROVIDERS, type Provider } from '../../../src/refunds/refund.ts';
import { refreshRefund } from '../../../src/services/reading/refresh.ts';
import { createSubmission } from '../../../src/services/submission/submission.ts';
import type { CreateResult } from '../../../src/services/submission/create.ts';
import { derivedRefundId } from '../../../src/services/submission/derived-id.ts';
import { describeOnEachDatabase, waitingForLocks } from '../../support/database.ts';
import { executed, madeElsewhere, ofEach, scriptedProvider, type Scripted } from '../../support/scripted-provider.ts';
import { ACTOR, settlingOver, type Settling } from '../../support/settling.ts';
import { until } from '../../support/until.ts';

describeOnEachDatabase('createRefund', (database) => {
  let at: Record<Provider, Scripted>;
  let tipay: Scripted;
  let bluepay: Scripted;
  let shoutu: Scripted;
  let here: Settling;

  beforeEach(async () => {
    at = ofEach((provider) => scriptedProvider(provider));
    ({ TIPAY: tipay, BLUEPAY: bluepay, SHOUTU: shoutu } = at);
    here = await settlingOver(await database.open(), Object.values(at));
  });
  afterEach(() => here.close());

  const refundOf = (result: CreateResult) => {
    if (result.kind !== 'created') throw new Error(`not created but ${JSON.stringify(result)}`);
    return result.refund;
  };
  const history = async (ref: RefundRef) => {
    const events = await pageEvents(here.parts.ledger.db, ref, { direction: 'ASC', after: null, limit: 100 });
    return events.map(({ type, status, via }) => `${type} ${status} ${via}`);
  };
  const sendsOf = async ({ account, merchantRefundId: id }: RefundRef) => {
    const [stored] = await readStored(here.parts.ledger.db, account, [id]);
    return findSubmissions(here.parts.ledger.db, stored?.id ?? '');
  };

  test('is written down, with its job and its send, before the provider hears of it', async () => {
    const ref = { account: tipay.account.key, merchantRefundId: merchantRefundId('R1') };
    let seen: unknown;
    tipay.during = async () => {
      const refund = await here.find(ref);
      const [job] = await here.jobs(refund);
      seen = { status: refund.status, job: job?.data, sends: await sendsOf(ref), events: await history(ref) };
    };
    const result = await here.create(tipay, { merchantRefundId: 'R1', reason: 'broken' });
    expect(seen).toMatchObject({
      status: 'PENDING',
      job: { account: 'tipay', merchantRefundId: 'R1', evenIfFinished: false },
      sends: [{ attempt: 1, kind: 'CREATE', outcome: null, endedAt: null }],
      events: ['REQUESTED PENDING MUTATION'],
    });
    expect(result).toMatchObject({
      kind: 'created',
      replayed: false,
      refund: { status: 'PROCESSING', reason: 'broken' },
    });
    expect(await sendsOf(ref)).toMatchObject([{ attempt: 1, outcome: 'accepted' }]);
    expect(await history(ref)).toEqual(['REQUESTED PENDING MUTATION', 'STATUS_CHANGED PROCESSING MUTATION']);
  });

  test('makes an id of 32 letters and digits of account and key where none is given', async () => {
    const refund = refundOf(await here.create(tipay, { idempotencyKey: 'K' }));
    expect(refund.merchantRefundId).toBe(derivedRefundId(tipay.account.key, 'K'));
    expect(refund.merchantRefundId).toMatch(/^[0-9a-z]{32}$/);
    expect(tipay.book.get(refund.merchantRefundId)?.executions).toBe(1);
  });

  test('answers the same key and input with the same refund, however it is written and whatever became of it', async () => {
    const input = { idempotencyKey: 'K', amount: { amount: '10', currency: 'CNY' } };
    const first = refundOf(await here.create(tipay, input));
    const second = await here.create(tipay, { ...input, amount: { currency: 'CNY', amount: '10.00' } });
    expect(second).toMatchObject({
      kind: 'created',
      replayed: true,
      refund: { merchantRefundId: first.merchantRefundId },
    });

    executed(tipay, first).status = 'FAILED';
    here.pass(86_400);
    await here.settleOnce(first);
    const much = await here.create(tipay, input);
    expect(much).toMatchObject({ kind: 'created', replayed: true, refund: { status: 'FAILED' } });
    expect(tipay.sent).toHaveLength(1);
  });

  test.each([
    ['amount', { amount: { amount: '1.01', currency: 'CNY' } }],
    ['reason', { reason: 'another' }],
    ['payment', { merchantPaymentId: 'PAYMENT2' }],
    ['merchantRefundId', { merchantRefundId: 'R2' }],
  ])('answers the same key with another %s with a conflict', async (_name, other) => {
    const first = refundOf(await here.create(tipay, { idempotencyKey: 'K' }));
    const second = await here.create(tipay, { idempotencyKey: 'K', ...other });
    expect(second).toMatchObject({ kind: 'conflict', existing: { merchantRefundId: first.merchantRefundId } });
    expect(tipay.sent).toHaveLength(1);
  });

  test('takes the same key at another account for another refund, and tells it nothing of the first', async () => {
    const first = refundOf(await here.create(tipay, { idempotencyKey: 'K' }));
    const input = { idempotencyKey: 'K', amount: { amount: '2.00', currency: 'CNY' } };
    const second = await here.create(bluepay, input);
    expect(second).toMatchObject({ kind: 'created', replayed: false, refund: { account: 'bluepay' } });
    expect(refundOf(second).merchantRefundId).not.toBe(first.merchantRefundId);
    expect(await here.create(bluepay, input)).toMatchObject({ replayed: true, refund: { account: 'bluepay' } });
    expect(await here.create(tipay, { idempotencyKey: 'K' })).toMatchObject({ replayed: true, refund: first });
    expect([tipay.sent, bluepay.sent].map(({ length }) => length)).toEqual([1, 1]);
  });

  test("answers the same call with the provider's own no, also when a repeat of its send found the provider busy", async () => {
    bluepay.script.push('late', 'busy');
    const input = { idempotencyKey: 'K', merchantRefundId: 'R1' };
    const refund = refundOf(await here.create(bluepay, input));
    here.pass(30);
    await here.settleOnce(refund);
    expect((await sendsOf(refund)).map(({ outcome }) => outcome)).toEqual(['unknown', 'busy']);
    bluepay.arrive();
    executed(bluepay, refund).status = 'FAILED';
    here.pass(30);
    await here.settleOnce(refund);
    expect(await here.create(bluepay, input)).toMatchObject({
      kind: 'created',
      replayed: true,
      refund: { status: 'FAILED', failure: { code: 'F', retryable: false } },
    });
    expect(bluepay.sent).toHaveLength(2);
  });

  test.each([
    ['takes shorter reasons', 5, 'CNY'],
    ['is in another currency', 100, 'JPY'],
  ])(
    'answers the same call with its refund also when the account %s since',
    async (_name, maxReasonLength, currency) => {
      const { create } = shoutu.account;
      if (create === undefined) throw new Error('no create');
      const input = { idempotencyKey: 'K', amount: { amount: '10', currency: 'CNY' }, reason: 'x'.repeat(90) };
      const { merchantRefundId: id } = refundOf(await here.create(shoutu, input));
      const rules = { ...create.rules, maxReasonLength };
      const later = { ...shoutu, account: { ...shoutu.account, currency, create: { ...create, rules } } };
      expect(await here.create(later, { ...input, amount: { amount: '10.00', currency: 'CNY' } })).toMatchObject({
        kind: 'created',
        replayed: true,
        refund: { merchantRefundId: id },
      });
      // What was not taken before is not taken now.
      expect(await here.create(later, { ...input, idempotencyKey: 'L' })).toMatchObject({ kind: 'invalid' });
      expect(await here.create(later, { ...input, merchantRefundId: 'R2' })).toMatchObject({ kind: 'invalid' });
      expect(shoutu.sent).toHaveLength(1);
    },
  );

  test('gives nothing back of a payment that is known in another currency than the account has now', async () => {
    shoutu.paid.set('PAYMENT1', { minorUnits: 10_000n, currency: 'CNY' });
    await here.create(shoutu, {});
    const changed = { ...shoutu, account: { ...shoutu.account, currency: 'JPY' } };
    expect(await here.create(changed, { amount: { amount: '90', currency: 'JPY' } })).toEqual({
      kind: 'invalid',
      issues: [
        {
          path: ['input', 'amount', 'currency'],
          code: 'WRONG_CURRENCY',
          message: 'The payment is in CNY, not in JPY.',
        },
      ],
    });
    expect(shoutu.sent).toHaveLength(1);
  });

  test('answers a merchantRefundId that is taken with a conflict, and leaves the key free', async () => {
    await here.create(tipay, { merchantRefundId: 'R1', idempotencyKey: 'K1' });
    const taken = await here.create(tipay, { merchantRefundId: 'R1', idempotencyKey: 'K2' });
    expect(taken).toMatchObject({ kind: 'conflict', existing: { merchantRefundId: 'R1' } });
    expect(await here.create(tipay, { merchantRefundId: 'R2', idempotencyKey: 'K2' })).toMatchObject({
      kind: 'created',
    });
    expect(tipay.sent).toEqual(['R1', 'R2']);
    // The same id in another account is another refund.
    expect(await here.create(shoutu, { merchantRefundId: 'R1' })).toMatchObject({ kind: 'created', replayed: false });
  });

  test('writes nothing for bad input', async () => {
    const result = await here.create(tipay, { amount: { amount: '0', currency: 'CNY' }, idempotencyKey: 'K' });
    expect(result).toMatchObject({ kind: 'invalid' });
    const { rows } = await here.parts.ledger.pool.query(
      'select (select count(*) from payments) + (select count(*) from refunds) as n',
    );
    expect(Number(rows[0].n)).toBe(0);
    expect(await here.create(tipay, { idempotencyKey: 'K' })).toMatchObject({ kind: 'created', replayed: false });
  });

  test('asks before it believes a no that may hide an execution', async () => {
    shoutu.script.push('lie');
    const lied = refundOf(await here.create(shoutu, { merchantRefundId: 'LIED' }));
    expect(lied).toMatchObject({ status: 'PROCESSING', failure: null, providerRefundId: 'P-LIED' });

    // A provider that can't be queried is not believed, until it can.
    shoutu.script.push('refuse');
    shoutu.reachable = false;
    const doubted = refundOf(await here.create(shoutu, { merchantRefundId: 'DOUBTED' }));
    expect(doubted).toMatchObject({ status: 'PENDING' });
    shoutu.reachable = true;
    here.pass(1);
    await here.settleOnce(doubted);
    expect(await here.find(doubted)).toMatchObject({ status: 'FAILED', failure: { code: 'NO' } });

    // Another refund under this id is no sign that ours was executed.
    madeElsewhere(shoutu, 'PAYMENT9', 'TAKEN', 5n);
    shoutu.script.push('refuse');
    expect(await here.create(shoutu, { merchantRefundId: 'TAKEN' })).toMatchObject({
      kind: 'conflict',
      existing: { amount: { minorUnits: 5n }, status: 'PROCESSING' },
    });
    // Where a no is certain it stands, also when the provider can't be queried about an earlier send.
    tipay.script.push('refuse', 'refuse');
    expect(await here.create(tipay, {})).toMatchObject({ kind: 'rejected' });
    tipay.reachable = false;
    expect(await here.create(tipay, {})).toMatchObject({ kind: 'rejected' });
  });

  test.each(PROVIDERS)('keeps the no of %s as FAILED, and tells it again to the same call', async (name) => {
    const one = at[name];
    one.script.push('refuse');
    const input = { idempotencyKey: 'K', merchantRefundId: 'R1' };
    const failure = { code: 'NO', message: 'no', retryable: one.account.create?.rules.retryFailed };
    const no = { kind: 'rejected', refusal: failure, refund: { status: 'FAILED', failure } };
    expect(await here.create(one, input)).toMatchObject(no);
    expect(await here.create(one, input)).toMatchObject(no);
    const restarted = await settlingOver(await database.another(), [one]);
    expect(await restarted.create(one, input)).toMatchObject(no);
    await restarted.close();
    expect(one.sent).toHaveLength(1);
  });

  test.each(PROVIDERS)(
    'tells equal calls at %s that ran while it refused its no as soon as it is known',
    async (name) => {
      const one = at[name];
      one.script.push('refuse');
      const input = { idempotencyKey: 'K', merchantRefundId: 'R1' };
      let meanwhile: CreateResult | undefined;
      one.during = async () => {
        meanwhile = await here.create(one, input);
      };
      const first = await here.create(one, input);
      expect(meanwhile).toMatchObject({ kind: 'created', replayed: true, refund: { status: 'PENDING' } });
      expect(first).toMatchObject({ kind: 'rejected' });
      const again = await Promise.all(Array.from({ length: 20 }, () => here.create(one, input)));
      expect(new Set(again.map(({ kind }) => kind))).toEqual(new Set(['rejected']));
      expect(one.sent).toHaveLength(1);
    },
  );

  test.each(PROVIDERS)('tells the no that a create at %s was accepted with, and later, again', async (name) => {
    const one = at[name];
    const failure = { code: 'F', message: 'account closed', retryable: false };
    one.answering = (observation) => ({ ...observation, status: 'FAILED', failure });
    const no = { kind: 'rejected', refusal: failure };
    expect(await here.create(one, { idempotencyKey: 'K' })).toMatchObject(no);
    expect(await here.create(one, { idempotencyKey: 'K' })).toMatchObject(no);
  });

  test.each(PROVIDERS)('a create that %s took is success when repeated, whatever became of it since', async (name) => {
    const one = at[name];
    const taken = await here.make(one, { idempotencyKey: 'K' });
    executed(one, taken).status = 'FAILED';
    here.pass(60);
    await here.settleOnce(taken);
    expect(await here.create(one, { idempotencyKey: 'K' })).toMatchObject({
      kind: 'created',
      replayed: true,
      refund: { status: 'FAILED' },
    });
    one.script.push(...Array.from({ length: 200 }, () => 'lost-before' as const));
    const input = { idempotencyKey: 'L', ...(name === 'BLUEPAY' && { providerPaymentId: 'PAYMENT2' }) };
    await here.settleToTheEnd(await here.make(one, input));
    expect(await here.create(one, input)).toMatchObject({
      kind: 'created',
      replayed: true,
      refund: { status: 'FAILED', failure: { code: 'NOT_ACCEPTED' } },
    });
  });

  test.each(['lost-before', 'lost-after', 'late', 'not-sent'] as const)('comes back PENDING when %s', async (word) => {
    shoutu.script.push(word);
    const refund = refundOf(await here.create(shoutu, {}));
    expect(refund).toMatchObject({ status: 'PENDING', failure: null });
    expect(await here.jobs(refund)).toHaveLength(1);
  });

  test('does not believe an answer about another amount, and asks', async () => {
    const { create } = tipay.account;
    if (create === undefined) throw new Error('no create');
    const account = {
      ...tipay.account,
      create: {
        ...create,
        send: async (...command: Parameters<typeof create.send>) => {
          const outcome = await create.send(...command);
          if (outcome.kind !== 'accepted') return outcome;
          const amount = { ...outcome.observation.amount, minorUnits: 1n };
          return { kind: 'accepted' as const, observation: { ...outcome.observation, amount } };
        },
      },
    };
    const refund = refundOf(await here.create({ ...tipay, account }, {}));
    expect(refund).toMatchObject({ status: 'PENDING', amount: { minorUnits: 100n } });
    expect(await here.jobs(refund)).toMatchObject([{ data: { evenIfFinished: true } }]);
    expect(await here.settleToTheEnd(refund)).toMatchObject({ status: 'PROCESSING' });
  });

  test('gives back at most what is left of a payment, and says how much that is', async () => {
    madeElsewhere(shoutu, 'PAYMENT1', 'ELSEWHERE', 700n);
    shoutu.paid.set('PAYMENT1', { minorUnits: 1000n, currency: 'CNY' });
    await refreshRefund(here.parts, shoutu.account, merchantRefundId('ELSEWHERE'), new AbortController().signal);
    const input = { idempotencyKey: 'K', amount: { amount: '3.01', currency: 'CNY' } };
    const refused = await here.create(shoutu, input);
    expect(refused).toEqual({ kind: 'exceeds', refundable: { minorUnits: 300n, currency: 'CNY' } });
    const other = await here.create(shoutu, { ...input, amount: { amount: '3.00', currency: 'CNY' } });
    expect(other).toMatchObject({ kind: 'created', replayed: false });
    expect(await here.create(shoutu, { amount: { amount: '0.01', currency: 'CNY' } })).toMatchObject({
      kind: 'exceeds',
      refundable: { minorUnits: 0n },
    });
    expect(shoutu.sent).toHaveLength(1);
  });

  test('50 partial refunds at once never give back more than the payment', async () => {
    await here.parts.ledger.pool.query(
      `insert into payments (id, account_key, provider_payment_id, amount_minor, currency)
       values ('01900000-0000-7000-8000-000000000001', 'shoutu', 'PAYMENT1', 1000, 'CNY')`,
    );
    const other = await settlingOver(await database.another(), [shoutu]);
    const results = await Promise.all(
      Array.from({ length: 50 }, (_, index) =>
        (index % 2 === 0 ? here : other).create(shoutu, {
          idempotencyKey: `many-${index}`,
          amount: { amount: `0.${10 + (index % 7) * 10}`, currency: 'CNY' },
        }),
      ),
    );
    await other.close();
    const sum = [...shoutu.book.values()].reduce((all, { command }) => all + command.amount.minorUnits, 0n);
    expect(sum).toBeLessThanOrEqual(1000n);
    expect(sum).toBeGreaterThan(930n);
    expect(new Set(results.map(({ kind }) => kind))).toEqual(new Set(['created', 'exceeds']));
  });

  test('100 equal calls at once on two servers are one refund, one send and 99 replays', async () => {
    const other = await settlingOver(await database.another(), [tipay]);
    const results = await Promise.all(
      Array.from({ length: 100 }, (_, index) =>
        (index % 2 === 0 ? here : other).create(tipay, {
          idempotencyKey: 'K',
          amount: { amount: '5', currency: 'CNY' },
        }),
      ),
    );
    await other.close();
    const refunds = results.map(refundOf);
    expect(new Set(refunds.map((refund) => refund.merchantRefundId)).size).toBe(1);
    expect(results.filter((result) => result.kind === 'created' && result.replayed)).toHaveLength(99);
    expect(tipay.sent).toHaveLength(1);
    expect(tipay.book.get(tipay.sent[0] ?? '')?.executions).toBe(1);
  });

  test('where the provider takes one refund of a payment at a time, the second is told so and uses nothing up', async () => {
    const first = refundOf(await here.create(bluepay, {}));
    const input = { idempotencyKey: 'K', merchantRefundId: 'R2' };
    expect(await here.create(bluepay, input)).toMatchObject({ kind: 'busy' });
    expect(bluepay.sent).toHaveLength(1);
    // Another payment is not busy.
    expect(await here.create(bluepay, { providerPaymentId: 'PAYMENT2' })).toMatchObject({ kind: 'created' });

    executed(bluepay, first).status = 'SUCCEEDED';
    await here.settleOnce(first);
    expect(await here.create(bluepay, input)).toMatchObject({ kind: 'created', replayed: false });
  });

  test('where the provider is busy with a refund made elsewhere, none is left pending, and the same call goes again', async () => {
    madeElsewhere(bluepay, 'PAYMENT1', 'ELSEWHERE', 5n);
    bluepay.script.push('busy', 'busy');
    const input = { idempotencyKey: 'K', merchantRefundId: 'R1' };
    expect(await here.create(bluepay, input)).toEqual({ kind: 'busy', message: 'another one is under way' });
    const ref = { account: bluepay.account.key, merchantRefundId: merchantRefundId('R1') };
    const failure = { code: 'BUSY', message: 'another one is under way', retryable: true };
    expect(await here.find(ref)).toMatchObject({ status: 'FAILED', failure });

    // The refund that was under way becomes known, so that now the ledger says so itself.
    const elsewhere = { ...ref, merchantRefundId: merchantRefundId('ELSEWHERE') };
    await here.parts.inFlight.finish(1000);
    expect(await here.find(elsewhere)).toMatchObject({ status: 'PROCESSING' });
    expect(await here.create(bluepay, input)).toMatchObject({ kind: 'busy' });
    expect(bluepay.sent).toHaveLength(1);

    executed(bluepay, elsewhere).status = 'SUCCEEDED';
    await here.settleOnce(await here.find(elsewhere));
    expect(await here.create(bluepay, input)).toMatchObject({ kind: 'busy' });
    expect(await here.create(bluepay, input)).toMatchObject({
      kind: 'created',
      replayed: false,
      refund: { status: 'PROCESSING' },
    });
    expect(await here.create(bluepay, input)).toMatchObject({ kind: 'created', replayed: true });
    expect(bluepay.sent).toEqual(['R1', 'R1', 'R1']);
    expect(bluepay.book.get('R1')?.executions).toBe(1);
    expect(await history(ref)).toEqual([
      'REQUESTED PENDING MUTATION',
      'STATUS_CHANGED FAILED MUTATION',
      'STATUS_CHANGED PENDING MUTATION',
      'STATUS_CHANGED FAILED MUTATION',
      'STATUS_CHANGED PENDING MUTATION',
      'STATUS_CHANGED PROCESSING MUTATION',
    ]);
  });

  test.runIf(database.kind === 'postgres')(
    'the same call does not go again where a retry has submitted the refund while the call waited',
    async () => {
      bluepay.script.push('busy', 'lost-before');
      const input = { idempotencyKey: 'K', merchantRefundId: 'R1' };
      expect(await here.create(bluepay, input)).toMatchObject({ kind: 'busy' });
      await here.parts.inFlight.finish(1000);
      // The retry stands still in the middle of its transaction.
      const [standing, on] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
      const { queue } = here.parts;
      const reschedule = async (...args: Parameters<typeof queue.reschedule>) => {
        standing.resolve();
        await on.promise;
        await queue.reschedule(...args);
      };
      const other = createSubmission({ ...here.parts, queue: { ...queue, reschedule } });
      const retrying = other.retry(bluepay.account, merchantRefundId('R1'), ACTOR);
      await standing.promise;
      const repeating = here.create(bluepay, input);
      await until(async () => (await waitingForLocks(here.parts.ledger)) === 1);
      on.resolve();
      expect(await retrying).toMatchObject({ kind: 'retried', refund: { status: 'PENDING' } });
      expect(await repeating).toMatchObject({ kind: 'created', replayed: true, refund: { status: 'PENDING' } });
      expect(bluepay.sent).toEqual(['R1', 'R1']);
    },
  );

  test('a process that slept between writing and sending does not send', async () => {
    shoutu.timeoutMs = -1;
    const result = await here.submission.create(shoutu.account, {
      idempotencyKey: 'K',
      merchantRefundId: null,
      merchantPaymentId: null,
      providerPaymentId: 'PAYMENT1',
      amount: { amount: '1', currency: 'CNY' },
      paymentAmount: null,
      reason: null,
      options: { provider: 'SHOUTU', refundMode: 'ITEMIZED_REFUND', businessId: 'B1' },
      actor: ACTOR,
    });
    expect(refundOf(result)).toMatchObject({
      status: 'PENDING',
      details: { refundMode: 'ITEMIZED_REFUND', businessId: 'B1' },
    });
    expect(shoutu.sent).toEqual([]);
  });
});
