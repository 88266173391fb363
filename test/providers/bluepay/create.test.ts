import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ProviderAccount } from '../../../src/providers/provider.ts';
import { answer, hang, json, reset, startStub, type StubServer } from '../../support/stub-server.ts';
import { openBluePay, send, sentEnvelope, success } from './account.ts';

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

const created = (more: Record<string, unknown> = {}) => ({
  mchRefundOrderId: 'refund7806664227088',
  refundTransactionId: '1818563941756964864',
  refundCreateTime: '2024-07-31 16:26:46',
  refundAmount: 10000,
  refundStatus: 'PENDING',
  ...more,
});

it('says what a create needs', () => {
  expect(account.create?.rules).toStrictEqual({
    paymentKeys: ['providerPaymentId'],
    repeatIsHarmless: true,
    onePerPayment: true,
    retryFailed: false,
    noIsCertain: true,
    maxReasonLength: 200,
    maxPaymentIdLength: 32,
  });
});

it('an accepted refund is observed as the answer and the request together tell it', async () => {
  stub.always(json(success(created())));
  expect(await send(account)).toStrictEqual({
    kind: 'accepted',
    observation: {
      provider: 'BLUEPAY',
      merchantRefundId: 'refund7806664227088',
      providerRefundId: '1818563941756964864',
      merchantPaymentId: null,
      providerPaymentId: 'CU51856318914782320',
      paymentAmount: null,
      amount: { minorUnits: 10_000n, currency: 'THB' },
      feeRefunded: null,
      status: 'PROCESSING',
      providerStatus: 'PENDING',
      reason: null,
      failure: null,
      createdAt: new Date('2024-07-31T08:26:46Z'),
      completedAt: null,
      details: { provider: 'BLUEPAY', originalTransactionId: 'CU51856318914782320', failedCode: null },
      raw: JSON.stringify(created()),
    },
  });
  expect(stub.requests).toHaveLength(1);
  expect(stub.requests[0]).toMatchObject({ method: 'POST', path: '/open-api/payment/refund' });
});

it('a reason that is not given is not sent', async () => {
  stub.always(json(success(created())));
  await send(account, { reason: null });
  await send(account, { reason: '' });
  for (const request of stub.requests) expect(sentEnvelope(request).param).not.toContain('refundReason');
});

describe('every documented code, by "may money have moved?"', () => {
  const misconfigured = [21001, 21003, 21004, 21005, 21008, 21009, 21016];
  const wrong = [21002, 21006, 21010, 21021, 21014];
  const forGood = [21402, 21403, 21404, 21405, 21406, 21408];
  it.each([...misconfigured, ...wrong, ...forGood])('%s: refused, no money moves', async (code) => {
    stub.always(json({ code, message: 'their words' }));
    expect(await send(account)).toStrictEqual({
      kind: 'refused',
      code: String(code),
      message: 'their words',
      retryable: false,
    });
    expect(stub.requests).toHaveLength(1);
  });

  it.each([21401, 21409])('%s: the payment is busy', async (code) => {
    stub.always(json({ code, message: 'their words' }));
    expect(await send(account)).toStrictEqual({ kind: 'busy', code: String(code), message: 'their words' });
  });

  it.each([21407, 21015])('%s: BluePay has it already', async (code) => {
    stub.always(json({ code }));
    expect(await send(account)).toStrictEqual({ kind: 'known' });
  });

  it.each([21000, 21011, 21020])('%s: unknown, and not sent again', async (code) => {
    stub.always(json({ code }));
    expect(await send(account)).toMatchObject({
      kind: 'unknown',
      error: { kind: 'try-later', sent: true, providerCode: String(code) },
    });
    expect(stub.requests).toHaveLength(1);
  });

  it('a code that nobody documented: unknown', async () => {
    stub.always(json({ code: 21999, message: 'new' }));
    expect(await send(account)).toMatchObject({ kind: 'unknown', error: { providerCode: '21999' } });
  });

  it('words are kept in one line, a code of at most 64 characters, a message of 200', async () => {
    stub.next(
      json({ code: 21402, message: `their\u0000\r\nwords ${'x'.repeat(300)}` }),
      json({ code: '1'.repeat(80) }),
    );
    expect(await send(account)).toMatchObject({ kind: 'refused', message: `their words ${'x'.repeat(188)}` });
    expect(await send(account)).toMatchObject({ kind: 'unknown', error: { providerCode: '1'.repeat(64) } });
  });

  it('a message that is no text does not hide the code', async () => {
    stub.always(json({ code: 21402, message: { th: 'no' } }));
    expect(await send(account)).toMatchObject({ kind: 'refused', code: '21402', message: 'refunds are not allowed' });
  });

  it('a refusal without a message gets one', async () => {
    stub.always(json({ code: 21408 }));
    expect(await send(account)).toMatchObject({ kind: 'refused', message: 'the payment is not completed' });
  });
});

describe('answers that say nothing', () => {
  it.each([
    ['success without data', json(success()), 'known'],
    ['another refund', json(success(created({ mchRefundOrderId: 'other' }))), 'accepted-unread'],
    ['another amount', json(success(created({ refundAmount: 10001 }))), 'accepted-unread'],
    ['no status', json(success(created({ refundStatus: undefined }))), 'accepted-unread'],
    ['nothing in data', json(success({})), 'accepted-unread'],
    ['a text as data', json(success('ok')), 'accepted-unread'],
    ['a list as data', json(success([])), 'accepted-unread'],
    ['a yes by HTTP 500', json(success(created()), 500), 'accepted-unread'],
    ['no code', json({ data: created() }), 'unknown'],
    ['garbage', answer(200, {}, '<html>'), 'unknown'],
    ['HTTP 500', answer(500), 'unknown'],
    ['HTTP 500 with a refusal in it', json({ code: 21402, message: 'no' }, 500), 'unknown'],
    ['HTTP 403 without a code', answer(403), 'unknown'],
    ['a broken connection', reset, 'unknown'],
  ] as const)('%s', async (_, step, kind) => {
    stub.always(step);
    expect((await send(account)).kind).toBe(kind);
    expect(stub.requests).toHaveLength(1);
  });

  it('no answer in time: unknown', async () => {
    const hasty = openBluePay({ baseUrl: stub.url, timeoutMs: 150 });
    stub.always(hang);
    expect(await send(hasty)).toMatchObject({ kind: 'unknown', error: { kind: 'timed-out', sent: true } });
    await hasty.close();
  });

  it('nobody there: not sent', async () => {
    const lonely = openBluePay({ baseUrl: 'http://127.0.0.1:1' });
    expect(await send(lonely)).toMatchObject({ kind: 'not-sent', error: { kind: 'unavailable', sent: false } });
    await lonely.close();
  });
});

describe('what the wire can not say is refused here, and nothing is sent', () => {
  it.each([
    ['a payment without their id', { providerPaymentId: null }, /providerPaymentId/],
    ['a callback address of 257 characters', { callbackUrl: `https://e.example/${'x'.repeat(239)}` }, /256 characters/],
    ['another currency', { amount: { minorUnits: 100n, currency: 'USD' } }, /1\.00 USD/],
  ])('%s', async (_, more, message) => {
    const outcome = await send(account, more);
    expect(outcome).toMatchObject({ kind: 'refused', code: null, retryable: false });
    expect(outcome.kind === 'refused' && outcome.message).toMatch(message);
    expect(stub.requests).toHaveLength(0);
  });

  it('a callback address of 256 characters is sent', async () => {
    stub.always(json(success(created())));
    const callbackUrl = `https://e.example/${'x'.repeat(238)}`;
    expect(callbackUrl).toHaveLength(256);
    expect((await send(account, { callbackUrl })).kind).toBe('accepted');
  });
});
