import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import type { CallbackReading } from '../../../src/providers/provider.ts';
import { callbackBody, openBluePay, readCallback, row, vectors } from './account.ts';

const account = openBluePay();
afterAll(() => account.close());

const param = (more: Record<string, unknown> = {}): string =>
  JSON.stringify({ eventName: 'payment.refund.success', ...row({ refundStatus: 'COMPLETE' }), ...more });
const read = (text: string): CallbackReading => readCallback(account, callbackBody(text));

it('is acknowledged in the words of the page', () => {
  expect(account.callbacks?.acknowledgement).toStrictEqual({
    contentType: 'application/json',
    body: '{"code":10000,"message":"Success"}',
  });
});

it('a signed callback is read member by member', () => {
  const text = param({ refundReason: 'return' });
  expect(read(text)).toStrictEqual({
    kind: 'observation',
    observation: {
      provider: 'BLUEPAY',
      merchantRefundId: 'refund7806664227088',
      providerRefundId: '1818563941756964864',
      merchantPaymentId: null,
      providerPaymentId: 'CU51856318914782320',
      paymentAmount: null,
      amount: { minorUnits: 10_000n, currency: 'THB' },
      feeRefunded: { minorUnits: 1_000n, currency: 'THB' },
      status: 'SUCCEEDED',
      providerStatus: 'COMPLETE',
      reason: 'return',
      failure: null,
      createdAt: new Date('2024-07-31T08:26:46Z'),
      completedAt: new Date('2024-07-31T08:26:48Z'),
      details: { provider: 'BLUEPAY', originalTransactionId: 'CU51856318914782320', failedCode: null },
      raw: text,
    },
    signed: text,
    doubt: { about: 'unknown', reason: expect.stringContaining('names no merchant') },
  });
});

it('the vectors computed elsewhere verify', () => {
  for (const { param: text, hash, sign } of vectors.cases) {
    const its = openBluePay({ signature: { hash: hash.toUpperCase() } });
    const reading = readCallback(its, Buffer.from(JSON.stringify({ param: text, sign })));
    // They are requests, not callbacks: past the signature, the first member that is missing is named.
    expect(reading).toMatchObject({ kind: 'rejected', reason: expect.stringMatching(/^param\.\w+: /) });
  }
});

it('a mistyped member that can be done without does not cost the callback', () => {
  const text = param({ refundReturnTime: 'now', feeRefunded: 'none', refundReason: [] });
  expect(read(text)).toMatchObject({
    kind: 'observation',
    observation: { status: 'SUCCEEDED', completedAt: null, feeRefunded: null, reason: null },
  });
});

describe('status', () => {
  it('wins over the event name', () => {
    const reading = read(param({ refundStatus: 'FAILED', failedCode: -10009, failedMessage: 'Channel Refund Failed' }));
    expect(reading).toMatchObject({
      observation: {
        status: 'FAILED',
        failure: { code: '-10009', message: 'Channel Refund Failed', retryable: false },
        details: { failedCode: -10009 },
      },
    });
  });

  it('is not guessed from the event name', () => {
    expect(read(param({ refundStatus: undefined }))).toMatchObject({
      observation: { status: 'PROCESSING', providerStatus: 'payment.refund.success', completedAt: null },
    });
  });

  it('that is missing is heard of like an unknown word, by the name of the event', async () => {
    const heard: unknown[] = [];
    const attentive = openBluePay({}, { tell: (event) => void (event.kind === 'unknown-status' && heard.push(event)) });
    readCallback(attentive, callbackBody(param({ refundStatus: undefined })));
    readCallback(attentive, callbackBody(param({ refundStatus: undefined, eventName: undefined })));
    expect(heard).toStrictEqual([
      { kind: 'unknown-status', account: 'blue', word: 'payment.refund.success' },
      { kind: 'unknown-status', account: 'blue', word: '' },
    ]);
    await attentive.close();
  });

  it('that is missing can be given by the event, where the operator says what it means', async () => {
    const taught = openBluePay({ statuses: { 'payment.refund.success': 'SUCCEEDED' } });
    const observed = (more: Record<string, unknown>) => readCallback(taught, callbackBody(param(more)));
    expect(observed({ refundStatus: undefined })).toMatchObject({ observation: { status: 'SUCCEEDED' } });
    expect(observed({ refundStatus: 'FAILED' })).toMatchObject({ observation: { status: 'FAILED' } });
    await taught.close();
  });
});

describe('what is not believed is rejected with a reason and never throws', () => {
  it.each([
    ['no JSON', Buffer.from('param=x'), 'the body is not JSON'],
    ['no UTF-8', Buffer.from([0x22, 0xff, 0x22]), 'the body is not JSON'],
    ['nothing', Buffer.alloc(0), 'the body is not JSON'],
    ['a list', Buffer.from('[]'), 'the answer: '],
    ['no sign', Buffer.from('{"param":"{}"}'), 'sign: '],
    ['param that is no text', Buffer.from('{"param":{},"sign":"x"}'), 'param: '],
    [
      'a wrong signature',
      Buffer.from(JSON.stringify({ param: param(), sign: 'AAAA' })),
      'the signature does not match',
    ],
    ['a signed text that is no JSON', callbackBody('hello'), 'param is not JSON'],
    ['a signed text without an amount', callbackBody(param({ refundAmount: undefined })), 'param.refundAmount: '],
    ['another hash', callbackBody(param(), 'SHA1'), 'the signature does not match'],
  ])('%s', (_, body, reason) => {
    expect(readCallback(account, body)).toMatchObject({ kind: 'rejected', reason: expect.stringContaining(reason) });
  });

  it('another content type', () => {
    const body = callbackBody(param());
    for (const type of ['', 'text/plain', 'application/x-www-form-urlencoded']) {
      expect(readCallback(account, body, type).kind).toBe('rejected');
    }
    expect(readCallback(account, body, 'Application/JSON; charset=utf-8').kind).toBe('observation');
  });

  it('any byte of the param that changes', () => {
    const text = param();
    const { sign } = JSON.parse(callbackBody(text).toString());
    fc.assert(
      fc.property(fc.nat({ max: text.length - 1 }), fc.integer({ min: 1, max: 127 }), (at, by) => {
        const changed = text.slice(0, at) + String.fromCharCode(text.charCodeAt(at) ^ by) + text.slice(at + 1);
        const reading = readCallback(account, Buffer.from(JSON.stringify({ param: changed, sign })));
        expect(reading).toStrictEqual({ kind: 'rejected', reason: 'the signature does not match' });
      }),
    );
  });

  it('any signed JSON: an observation or a reason', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        expect(['observation', 'rejected']).toContain(read(text).kind);
      }),
    );
  });

  it('any record whose members are anything', () => {
    const anything = fc.oneof(fc.string(), fc.integer(), fc.double(), fc.boolean(), fc.constant(null), fc.jsonValue());
    const names = ['eventName', 'failedCode', 'failedMessage', 'refundReason', ...Object.keys(row())];
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom(...names), anything), (members) => {
        expect(['observation', 'rejected']).toContain(read(param(members)).kind);
      }),
      { numRuns: 300 },
    );
  });
});
