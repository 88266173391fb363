import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Tell } from '../../../src/operator/event.ts';
import { ProviderError } from '../../../src/providers/errors.ts';
import type { ProviderAccount } from '../../../src/providers/provider.ts';
import { json, startStub, type StubServer } from '../../support/stub-server.ts';
import { ask, fixture, lookup, openBluePay, row, sentEnvelope, success, unreadIn } from './account.ts';

let stub: StubServer;
let account: ProviderAccount;
beforeEach(async () => {
  stub = await startStub();
  account = openBluePay({ baseUrl: stub.url });
});
afterEach(async () => {
  await account.close();
  await stub.close();
});

const failureOf = (asking: Promise<unknown>): Promise<ProviderError> =>
  asking.then(
    () => Promise.reject(new Error('it was answered')),
    (error: unknown) => {
      if (error instanceof ProviderError) return error;
      throw error;
    },
  );

describe("BluePay's own sample", () => {
  it('is read member by member', async () => {
    stub.always(json(fixture('query-answer')));
    const [failed, completed, ...more] = await ask(account, { theirPayment: 'CU51856318914782320' });
    expect(more).toHaveLength(0);
    expect(failed).toStrictEqual({
      provider: 'BLUEPAY',
      merchantRefundId: 'refund7806664227088',
      providerRefundId: '1818563941756964864',
      merchantPaymentId: null,
      providerPaymentId: 'CU51856318914782320',
      paymentAmount: null,
      amount: { minorUnits: 10_000n, currency: 'THB' },
      feeRefunded: { minorUnits: 1_000n, currency: 'THB' },
      status: 'FAILED',
      providerStatus: 'FAILED',
      reason: null,
      failure: { code: '-10010', message: 'Channel Refund Failed', retryable: false },
      createdAt: new Date('2024-07-31T08:26:46Z'),
      completedAt: new Date('2024-07-31T08:26:48Z'),
      details: { provider: 'BLUEPAY', originalTransactionId: 'CU51856318914782320', failedCode: -10010 },
      raw:
        '{"mchRefundOrderId":"refund7806664227088","originalTransactionId":"CU51856318914782320",' +
        '"refundTransactionId":"1818563941756964864","refundAmount":10000,"feeRefunded":1000,"refundStatus":"FAILED",' +
        '"refundCreateTime":"2024-07-31 16:26:46","refundReturnTime":"2024-07-31 16:26:48","failedCode":-10010,' +
        '"failedMessage":"Channel Refund Failed"}',
    });
    expect(completed).toMatchObject({
      merchantRefundId: 'refund4884505715830',
      providerRefundId: '1818566685947465728',
      status: 'SUCCEEDED',
      providerStatus: 'COMPLETED',
      failure: null,
      createdAt: new Date('2024-07-31T08:37:40Z'),
      completedAt: new Date('2024-07-31T09:07:40Z'),
      details: { originalTransactionId: 'CU51856318914782320', failedCode: null },
    });
  });

  it('of a refusal is an error of our settings', async () => {
    stub.always(json(fixture('refused-answer')));
    expect(await failureOf(ask(account, { theirPayment: 'CU1' }))).toMatchObject({
      kind: 'misconfigured',
      providerCode: '21016',
      providerMessage: 'Merchant ip forbidden',
      sent: true,
    });
  });
});

describe('what can be queried', () => {
  it('a payment, whatever else is known, so that its refunds share one call', () => {
    const keys = [
      lookup({ theirPayment: 'CU1' }),
      lookup({ theirPayment: 'CU1', theirRefund: '18', refund: 'r1' }),
      lookup({ theirPayment: 'CU1', refund: 'r2' }),
    ].map((each) => account.query(each)?.key);
    expect(keys).toStrictEqual(['payment:CU1', 'payment:CU1', 'payment:CU1']);
    expect(account.query(lookup({ theirPayment: 'CU2' }))?.key).toBe('payment:CU2');
  });

  it('nothing by an id that is longer than any of theirs', () => {
    const long = 'C'.repeat(33);
    expect(account.query(lookup({ theirPayment: 'C'.repeat(32) }))).not.toBeNull();
    expect(account.query(lookup({ theirPayment: long }))).toBeNull();
    expect(account.query(lookup({ theirPayment: long, theirRefund: long }))).toBeNull();
    expect(account.query(lookup({ theirPayment: long, theirRefund: '18' }))?.key).toBe('refund:18');
  });

  it('a refund by their id, but never by ours alone', () => {
    expect(account.query(lookup({ theirRefund: '18', refund: 'r1' }))?.key).toBe('refund:18');
    expect(account.query(lookup({ refund: 'r1' }))).toBeNull();
    expect(account.queriedBy).toStrictEqual([['providerRefundId'], ['providerPaymentId']]);
  });

  it('50 refunds of 5 payments are 5 queries', () => {
    const keys = Array.from({ length: 50 }, (_, index) =>
      account.query(lookup({ theirPayment: `CU${index % 5}`, refund: `r${index}`, theirRefund: `${index}` })),
    ).map((query) => query?.key);
    expect(new Set(keys).size).toBe(5);
  });

  it('and goes out as the page says', async () => {
    stub.always(json(success([])));
    await ask(account, { theirPayment: 'CU1', theirRefund: '18' });
    const [request] = stub.requests;
    expect(request).toMatchObject({ method: 'POST', path: '/open-api/refund/payments' });
    expect(request?.headers['content-type']).toBe('application/json');
    expect(sentEnvelope(request).param).toBe('{"originalTransactionId":"CU1","timestamp":1722416882000}');
  });
});

describe('the shapes of data', () => {
  it.each([
    ['an empty array', success([]), 0],
    ['one object instead of an array', success(row()), 1],
    ['code as text', { ...success([row()]), code: '10000' }, 1],
    ['no such transaction', { code: 21006, message: 'no such transaction' }, 0],
  ])('%s', async (_, answer, count) => {
    stub.always(json(answer));
    expect(await ask(account, { theirPayment: 'CU51856318914782320' })).toHaveLength(count);
  });

  it('an id that came as a number keeps its digits', async () => {
    stub.always(json(JSON.stringify(success([row()])).replace('"1818563941756964864"', '1818563941756964865')));
    const [refund] = await ask(account, { theirPayment: 'CU51856318914782320' });
    expect(refund?.providerRefundId).toBe('1818563941756964865');
  });
});

describe('answers that are not believed', () => {
  it.each([
    ['another payment', { theirPayment: 'CU1' }, success([row()]), 'data.originalTransactionId'],
    ['another refund', { theirRefund: '18' }, success([row()]), 'data.refundTransactionId'],
    ['no data', { theirPayment: 'CU1' }, success(), 'data'],
    ['null for data', { theirPayment: 'CU1' }, success(null), 'data'],
    ['text for data', { theirPayment: 'CU1' }, success('none'), 'data'],
    ['another payment as the only object', { theirPayment: 'CU1' }, success(row()), 'data.originalTransactionId'],
    ['no code', { theirPayment: 'CU1' }, { message: 'Success' }, 'code'],
    ['a list', { theirPayment: 'CU1' }, [], 'the answer'],
  ])('%s', async (_, ids, answer, path) => {
    stub.always(json(answer));
    const error = await failureOf(ask(account, ids));
    expect(error.kind).toBe('malformed');
    expect(error.message).toContain(`: ${path}: `);
  });

  it('a row of another payment is none of the answer, and its neighbour counts', async () => {
    const ids = { theirPayment: 'CU51856318914782320' };
    stub.always(json(success([row(), row({ originalTransactionId: 'CU2' })])));
    expect(await ask(account, ids)).toHaveLength(1);
    expect(await unreadIn(account, ids)).toEqual(['originalTransactionId']);
  });

  it('an empty object for data is a record that can not be read, and not "not there"', async () => {
    stub.always(json(success({})));
    expect(await unreadIn(account, { theirPayment: 'CU1' })).toEqual(['mchRefundOrderId']);
  });

  it.each(['mchRefundOrderId', 'originalTransactionId', 'refundTransactionId', 'refundAmount', 'refundStatus'])(
    'a row without %s, which is needed, or with an empty or mistyped one',
    async (name) => {
      for (const value of [undefined, null, '', {}, true]) {
        stub.next(json(success([row(), row({ [name]: value })])));
        expect(await unreadIn(account, { theirPayment: 'CU51856318914782320' })).toEqual([name]);
        stub.next(json(success([row(), row({ [name]: value })])));
        expect(await ask(account, { theirPayment: 'CU51856318914782320' })).toHaveLength(1);
      }
    },
  );

  it.each([
    ['refundAmount', -1],
    ['refundAmount', 100.5],
    ['refundAmount', '1e3'],
    ['refundAmount', '99999999999999999999'],
  ])('%s %s', async (name, value) => {
    stub.always(json(success([row({ [name]: value })])));
    expect(await unreadIn(account, { theirPayment: 'CU51856318914782320' })).toEqual([name]);
    expect(account.health().lastFailure?.message).toContain(`data.0.${name}: expected`);
    expect(account.health().lastFailure?.message).not.toContain(String(value));
  });

  it.each(['mchRefundOrderId', 'originalTransactionId', 'refundTransactionId'])(
    'a %s that can not be kept whole',
    async (name) => {
      for (const id of ['x'.repeat(129), 'a\u0000b', 'a\nb', '\ud800']) {
        stub.next(json(success([row({ [name]: id })])));
        expect(await unreadIn(account, { theirPayment: 'CU51856318914782320' })).toEqual([name]);
      }
    },
  );
});

describe('what may be missing or unknown', () => {
  it.each([
    ['feeRefunded', 0.5, { feeRefunded: null }],
    ['feeRefunded', {}, { feeRefunded: null }],
    ['refundCreateTime', 'yesterday', { createdAt: null }],
    ['refundCreateTime', '0001-01-01 00:00:00', { createdAt: null }],
    ['refundReturnTime', '2024-02-30 00:00:00', { completedAt: null }],
    ['refundReturnTime', 172_241_688, { completedAt: null }],
    ['failedCode', true, { details: { failedCode: null } }],
    ['failedMessage', [], { failure: null }],
    ['refundReason', {}, { reason: null }],
  ])('%s %j costs itself alone, and is reported by its name', async (member, value, seen) => {
    const heard: unknown[] = [];
    const tell: Tell = (event) => void (event.kind === 'unreadable-member' && heard.push(event));
    const attentive = openBluePay({ baseUrl: stub.url }, { tell });
    stub.always(json(success([row({ [member]: value }), row({ mchRefundOrderId: 'R2' })])));
    const refunds = await ask(attentive, { theirPayment: 'CU51856318914782320' });
    expect(refunds).toMatchObject([{ status: 'SUCCEEDED', ...seen }, { merchantRefundId: 'R2' }]);
    expect(heard).toStrictEqual([{ kind: 'unreadable-member', account: 'blue', member }]);
    await attentive.close();
  });

  it.each([
    ['2024-07-31T08:26:46.000+0000', '2024-07-31T08:26:46Z'],
    ['2024-07-31T16:26:46.000+08:00', '2024-07-31T08:26:46Z'],
    ['2024-07-31T08:26:46Z', '2024-07-31T08:26:46Z'],
    [1_722_414_406_000, '2024-07-31T08:26:46Z'],
    ['1722414406', '2024-07-31T08:26:46Z'],
    ['20240731162646', '2024-07-31T08:26:46Z'],
  ])('a time written as %j is read', async (refundCreateTime, instant) => {
    stub.always(json(success([row({ refundCreateTime })])));
    const [refund] = await ask(account, { theirPayment: 'CU51856318914782320' });
    expect(refund?.createdAt).toEqual(new Date(instant));
  });

  it('a pending row has neither return time nor failure', async () => {
    stub.always(
      json(
        success([
          row({ refundStatus: 'PENDING', refundReturnTime: undefined, feeRefunded: null, refundCreateTime: '', x: 1 }),
        ]),
      ),
    );
    const [refund] = await ask(account, { theirPayment: 'CU51856318914782320' });
    expect(refund).toMatchObject({
      status: 'PROCESSING',
      feeRefunded: null,
      createdAt: null,
      completedAt: null,
      failure: null,
    });
    expect(refund?.raw).toContain('"x":1');
  });

  it.each([
    ['PENDING', 'PROCESSING'],
    ['COMPLETED', 'SUCCEEDED'],
    ['COMPLETE', 'SUCCEEDED'],
    ['FAILED', 'FAILED'],
    ['CANCEL', 'CANCELED'],
    ['CANCELED', 'CANCELED'],
    ['CANCELLED', 'CANCELED'],
    ['SETTLING', 'PROCESSING'],
    ['constructor', 'PROCESSING'],
  ])('status %s is %s', async (word, status) => {
    stub.always(json(success([row({ refundStatus: word })])));
    const [refund] = await ask(account, { theirPayment: 'CU51856318914782320' });
    expect(refund).toMatchObject({ status, providerStatus: word });
  });

  it('an unknown word is reported, and can be given a meaning', async () => {
    const heard: unknown[] = [];
    const tell: Tell = (event) => void (event.kind === 'unknown-status' && heard.push(event));
    const plain = openBluePay({ baseUrl: stub.url }, { tell });
    const taught = openBluePay({ baseUrl: stub.url, statuses: { VOID: 'CANCELED' } }, { tell });
    stub.always(json(success([row({ refundStatus: 'VOID' })])));
    await ask(plain, { theirPayment: 'CU51856318914782320' });
    expect(heard).toStrictEqual([{ kind: 'unknown-status', account: 'blue', word: 'VOID' }]);
    const [refund] = await ask(taught, { theirPayment: 'CU51856318914782320' });
    expect(refund?.status).toBe('CANCELED');
    expect(heard).toHaveLength(1);
    await Promise.all([plain.close(), taught.close()]);
  });

  it("a failure's code and reason are kept in one line, and only so long", async () => {
    const words = {
      failedCode: `-10010\u0000${'0'.repeat(80)}`,
      failedMessage: `Channel\u0000\nRefund ${'x'.repeat(300)}`,
    };
    stub.always(json(success([row({ refundStatus: 'FAILED', ...words })])));
    const [refund] = await ask(account, { theirPayment: 'CU51856318914782320' });
    expect(refund?.failure).toMatchObject({
      code: `-10010 ${'0'.repeat(57)}`,
      message: `Channel Refund ${'x'.repeat(185)}`,
    });
  });

  it('a failure without a reason still is one', async () => {
    stub.always(json(success([row({ refundStatus: 'FAILED' })])));
    const [refund] = await ask(account, { theirPayment: 'CU51856318914782320' });
    expect(refund?.failure).toStrictEqual({ code: null, message: 'BluePay gave no reason', retryable: false });
  });
});

describe('codes of a query', () => {
  it.each([
    [21000, 'try-later', 1],
    [21011, 'try-later', 1],
    [21020, 'try-later', 1],
    [21001, 'misconfigured', 1],
    [21003, 'misconfigured', 1],
    [21008, 'misconfigured', 1],
    [21002, 'rejected', 1],
    [29999, 'rejected', 1],
  ])('%s is %s, asked %s times', async (code, kind, times) => {
    stub.always(json({ code }));
    const error = await failureOf(ask(account, { theirPayment: 'CU1' }));
    expect(error).toMatchObject({ kind, providerCode: String(code), sent: true, account: 'blue' });
    expect(stub.requests).toHaveLength(times);
  });
});

describe('the probe', () => {
  it('is content when nothing is found', async () => {
    stub.next(json({ code: 21006, message: 'no such transaction' }), json(success([])));
    await account.probe(AbortSignal.timeout(5_000));
    await account.probe(AbortSignal.timeout(5_000));
    expect(stub.requests.map(({ path }) => path)).toStrictEqual([
      '/open-api/refund/payments',
      '/open-api/refund/payments',
    ]);
    expect(account.health().status).toBe('HEALTHY');
  });

  it('says what is wrong', async () => {
    stub.always(json({ code: 21001, message: 'Sign error' }));
    const error = await failureOf(account.probe(AbortSignal.timeout(5_000)));
    expect(error).toMatchObject({ kind: 'misconfigured', providerMessage: 'Sign error' });
  });

  it.each([
    ['a code that is not of BluePay', { code: 404, message: 'no such interface' }, 'rejected'],
    ['success without an array', success(), 'malformed'],
    ['JSON of another server', { status: 'UP' }, 'malformed'],
  ])('is not content with %s', async (_, answer, kind) => {
    stub.always(json(answer));
    expect((await failureOf(account.probe(AbortSignal.timeout(5_000)))).kind).toBe(kind);
  });
});
