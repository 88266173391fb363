/** Promise: a ledger that forgot a refund pays it no second time, and the call that made it gets it back. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { PROVIDERS, type Provider } from '../../../src/refunds/refund.ts';
import type { CreateInput } from '../../../src/services/submission/order.ts';
import type { CreateResult } from '../../../src/services/submission/create.ts';
import { derivedRefundId } from '../../../src/services/submission/derived-id.ts';
import { observedAccount } from '../../../src/services/observation/query.ts';
import { observe } from '../../../src/services/observation/observe.ts';
import { refreshRefund } from '../../../src/services/reading/refresh.ts';
import { describeOnEachDatabase } from '../../support/database.ts';
import { executed, ofEach, scriptedProvider, type Scripted } from '../../support/scripted-provider.ts';
import { settlingOver, type Settling } from '../../support/settling.ts';
import { callBack } from '../../support/side-door.ts';

const NOBODY = new AbortController().signal;

describeOnEachDatabase('a ledger that forgot', (database) => {
  let at: Record<Provider, Scripted>;
  let here: Settling;

  beforeEach(async () => {
    at = ofEach((provider) => scriptedProvider(provider));
    at.SHOUTU.refusesRepeats = true;
    here = await settlingOver(await database.open(), Object.values(at));
  });
  afterEach(() => here.close());

  /** The ledger is gone; what is at the providers stays. */
  async function forget(): Promise<void> {
    await here.close();
    here = await settlingOver(await database.open(), Object.values(at));
  }
  async function makeAndForget(name: Provider, input: Partial<CreateInput>): Promise<string> {
    const { merchantRefundId } = await here.make(at[name], input);
    await forget();
    return merchantRefundId;
  }
  const refundOf = (result: CreateResult) => {
    if (result.kind !== 'created') throw new Error(`not created but ${JSON.stringify(result)}`);
    return result.refund;
  };
  const only = (name: Provider) => {
    const [one, ...others] = at[name].book.values();
    if (one === undefined || others.length > 0) throw new Error(`${at[name].book.size} refunds, not one`);
    return one;
  };
  const yuan = (amount: string) => ({ amount: { amount, currency: 'CNY' } });

  /** How the refund comes back into the ledger before the call is made again. */
  const BRINGERS = {
    'a callback': (name: Provider, id: string) => callBack(here, at[name], at[name].tell(id)),
    'the copy of a list': (name: Provider, id: string) =>
      observe(here.parts.ledger, observedAccount(at[name].account), [at[name].tell(id)], {
        via: 'POLL',
        at: here.parts.clock(),
        queriedAt: here.parts.clock(),
      }),
    'a question': (name: Provider, id: string) =>
      observe(here.parts.ledger, observedAccount(at[name].account), [at[name].tell(id)], {
        via: 'QUERY',
        at: here.parts.clock(),
        queriedAt: here.parts.clock(),
      }),
  } as const;
  const WAYS = ['a callback', 'the copy of a list', 'a question'] as const;
  const IDS = [
    ['of its key', {}],
    ['of its caller', { merchantRefundId: 'R1' }],
  ] as const;

  describe.each(PROVIDERS)('at %s', (name) => {
    test.each(IDS)('finds the refund under the id %s, whatever became of it', async (_whose, id) => {
      for (const status of ['PROCESSING', 'SUCCEEDED'] as const) {
        const input = { idempotencyKey: `K-${status}`, providerPaymentId: null, merchantPaymentId: null, ...id };
        const [payment = 'merchantPaymentId'] = at[name].account.create?.rules.paymentKeys ?? [];
        const whole = {
          ...input,
          [payment]: `PAY${status}`,
          ...('merchantRefundId' in id && { merchantRefundId: `R${status}` }),
        };
        const first = await here.make(at[name], whole);
        executed(at[name], first).status = status;
        await forget();
        const again = refundOf(await here.create(at[name], whole));
        expect(again).toMatchObject({ merchantRefundId: first.merchantRefundId, status, failure: null });
        expect(executed(at[name], first).executions).toBe(1);
        // From now on it is known.
        const sent = at[name].sent.length;
        expect(await here.create(at[name], whole)).toMatchObject({ kind: 'created', replayed: true });
        expect(at[name].sent).toHaveLength(sent);
      }
    });

    test.each(WAYS.flatMap((way) => IDS.map(([whose, id]) => [way, whose, id] as const)))(
      'gives the call the refund that %s brought first, under the id %s',
      async (way, _whose, id) => {
        const input = { idempotencyKey: 'K', ...id };
        const lost = await makeAndForget(name, input);
        await BRINGERS[way](name, lost);
        expect(await here.create(at[name], { ...input, ...yuan('2.00') })).toMatchObject({
          kind: 'conflict',
          existing: { merchantRefundId: lost, amount: { minorUnits: 100n } },
        });
        expect(await here.create(at[name], input)).toMatchObject({
          kind: 'created',
          replayed: true,
          refund: { merchantRefundId: lost, status: 'PROCESSING' },
        });
        // It is this key's now.
        expect(await here.create(at[name], { ...input, reason: 'another' })).toMatchObject({ kind: 'conflict' });
        const taken = { idempotencyKey: 'L', merchantRefundId: lost };
        expect(await here.create(at[name], taken)).toMatchObject({ kind: 'conflict' });
        expect(at[name].sent).toHaveLength(1);
      },
    );

    test.each(IDS)('takes another amount under the id %s for what it is', async (_whose, id) => {
      const input = { idempotencyKey: 'K', ...id };
      const lost = await makeAndForget(name, input);
      const other = { ...input, ...yuan('2.00') };
      const conflict = {
        kind: 'conflict',
        existing: { merchantRefundId: lost, amount: { minorUnits: 100n }, status: 'PROCESSING' },
      };
      expect(await here.create(at[name], other)).toMatchObject(conflict);
      const sent = at[name].sent.length;
      expect(await here.create(at[name], other)).toMatchObject(conflict);
      expect(at[name].sent).toHaveLength(sent);
      // The same call finds the lost refund again, and it goes on to its end.
      const found = refundOf(await here.create(at[name], input));
      expect(found).toMatchObject({ merchantRefundId: lost, amount: { minorUnits: 100n } });
      only(name).status = 'SUCCEEDED';
      expect(await here.settleToTheEnd(found)).toMatchObject({ status: 'SUCCEEDED', amount: { minorUnits: 100n } });
      expect(only(name).executions).toBe(1);
    });

    test('pays once, also where the first query after the send is not answered', async () => {
      const lost = await makeAndForget(name, { idempotencyKey: 'K' });
      at[name].reachable = false;
      expect(refundOf(await here.create(at[name], { idempotencyKey: 'K' })).merchantRefundId).toBe(lost);
      at[name].reachable = true;
      here.pass(20);
      const refund = await here.find({
        account: at[name].account.key,
        merchantRefundId: derivedRefundId(at[name].account.key, 'K'),
      });
      await here.settleOnce(refund);
      expect(await here.find(refund)).toMatchObject({ status: 'PROCESSING', failure: null });
      expect(only(name).executions).toBe(1);
    });

    test('leaves a key of another account alone', async () => {
      await makeAndForget(name, { idempotencyKey: 'K' });
      for (const other of PROVIDERS.filter((one) => one !== name)) {
        expect(await here.create(at[other], { idempotencyKey: 'K' })).toMatchObject({
          kind: 'created',
          replayed: false,
        });
        expect(only(other).executions).toBe(1);
      }
    });

    test('50 equal calls at once on two servers, while a list and a callback bring the refund, get it', async () => {
      const lost = await makeAndForget(name, { idempotencyKey: 'K' });
      const other = await settlingOver(await database.another(), [at[name]]);
      const bringing = WAYS.map((way) => BRINGERS[way](name, lost));
      const results = await Promise.all(
        Array.from({ length: 50 }, (_, nth) =>
          (nth % 2 === 0 ? here : other).create(at[name], { idempotencyKey: 'K' }),
        ),
      );
      await Promise.all(bringing);
      await other.close();
      expect(new Set(results.map((result) => refundOf(result).merchantRefundId))).toEqual(new Set([lost]));
      expect(only(name).executions).toBe(1);
      expect(at[name].sent.length).toBeLessThanOrEqual(2);
    });
  });

  test.each(['BLUEPAY', 'SHOUTU'] as const)(
    'takes another amount at %s for what it is, also where that is found only later',
    async (name) => {
      const lost = await makeAndForget(name, { idempotencyKey: 'K' });
      at[name].reachable = false;
      const pending = refundOf(await here.create(at[name], { idempotencyKey: 'K', ...yuan('2.00') }));
      expect(pending).toMatchObject({ merchantRefundId: lost, status: 'PENDING' });
      at[name].reachable = true;
      here.pass(20);
      await here.settleOnce(pending);
      expect(await here.find(pending)).toMatchObject({ status: 'PROCESSING', amount: { minorUnits: 100n } });
      expect(await here.create(at[name], { idempotencyKey: 'K', ...yuan('2.00') })).toMatchObject({ kind: 'conflict' });
      expect(await here.create(at[name], { idempotencyKey: 'K' })).toMatchObject({ kind: 'created', replayed: true });
      expect(only(name).executions).toBe(1);
    },
  );

  describe('where BluePay looks at the payment before it looks at the id', () => {
    /** Says "busy" to every create. */
    function busy(): Scripted {
      const { create } = at.BLUEPAY.account;
      if (create === undefined) throw new Error('no create');
      const send = () => Promise.resolve({ kind: 'busy' as const, code: '21409', message: 'has a pending refund' });
      return { ...at.BLUEPAY, account: { ...at.BLUEPAY.account, create: { ...create, send } } };
    }

    test('"busy" with the refund itself is no answer', async () => {
      const lost = await makeAndForget('BLUEPAY', { idempotencyKey: 'K' });
      const found = { kind: 'created', replayed: true, refund: { merchantRefundId: lost, status: 'PROCESSING' } };
      expect(await here.create(busy(), { idempotencyKey: 'K' })).toMatchObject(found);
      expect(await here.create(busy(), { idempotencyKey: 'K' })).toMatchObject(found);
    });

    test.each([
      ['the refund itself', '1.00', 'created'],
      ['another amount under its id', '2.00', 'conflict'],
    ])('"busy" is not believed before the payment could be asked about: %s', async (_name, amount, kind) => {
      await makeAndForget('BLUEPAY', { idempotencyKey: 'K' });
      at.BLUEPAY.reachable = false;
      const input = { idempotencyKey: 'K', ...yuan(amount) };
      const refund = refundOf(await here.create(busy(), input));
      expect(refund).toMatchObject({ status: 'PENDING', failure: null });
      at.BLUEPAY.reachable = true;
      here.pass(20);
      await here.settleOnce(refund);
      expect(await here.find(refund)).toMatchObject({ status: 'PROCESSING', amount: { minorUnits: 100n } });
      expect(await here.create(at.BLUEPAY, input)).toMatchObject({ kind });
      expect(only('BLUEPAY').executions).toBe(1);
    });

    test('"busy" with another refund is believed as soon as that could be asked, and the same call goes again', async () => {
      at.BLUEPAY.reachable = false;
      const refund = refundOf(await here.create(busy(), { idempotencyKey: 'K' }));
      at.BLUEPAY.reachable = true;
      here.pass(20);
      await here.settleOnce(refund);
      expect(await here.find(refund)).toMatchObject({ status: 'FAILED', failure: { code: '21409', retryable: true } });
      expect(await here.create(at.BLUEPAY, { idempotencyKey: 'K' })).toMatchObject({
        kind: 'created',
        replayed: false,
      });
      expect(only('BLUEPAY').executions).toBe(1);
    });
  });

  test('of a payment by our id, of which only theirs is told, finds the refund', async () => {
    const input = { idempotencyKey: 'K', providerPaymentId: null, merchantPaymentId: 'OURS' };
    const lost = await makeAndForget('SHOUTU', input);
    const { command } = only('SHOUTU');
    at.SHOUTU.book.set(lost, {
      ...only('SHOUTU'),
      command: { ...command, merchantPaymentId: null, providerPaymentId: 'THEIRS' },
    });
    await refreshRefund(here.parts, at.SHOUTU.account, command.merchantRefundId, NOBODY);
    expect(await here.create(at.SHOUTU, input)).toMatchObject({ kind: 'created', replayed: true });
  });

  test('where the payment is known to be another than the refund has, tells the conflict', async () => {
    const input = { idempotencyKey: 'K', providerPaymentId: null, merchantPaymentId: 'OURS' };
    const lost = await makeAndForget('SHOUTU', input);
    const { command } = only('SHOUTU');
    at.SHOUTU.book.set(lost, {
      ...only('SHOUTU'),
      command: { ...command, merchantPaymentId: null, providerPaymentId: 'THEIRS' },
    });
    await refreshRefund(here.parts, at.SHOUTU.account, command.merchantRefundId, NOBODY);
    await here.parts.ledger.pool.query(
      `insert into payments (id, account_key, merchant_payment_id, provider_payment_id)
       values ('01900000-0000-7000-8000-000000000001', 'shoutu', 'OURS', 'ANOTHER')`,
    );
    expect(await here.create(at.SHOUTU, input)).toMatchObject({
      kind: 'conflict',
      existing: { merchantRefundId: lost },
    });
    expect(at.SHOUTU.sent).toHaveLength(1);
  });
});
