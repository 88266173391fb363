import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import type { CallbackReading } from '../../../src/providers/provider.ts';
import { callbackForm, FORM, openTiPay, readCallback, record, vectors } from './account.ts';

const account = openTiPay();
afterAll(() => account.close());

const response = (more: Record<string, unknown> = {}): string => JSON.stringify(record(more));
const read = (text: string): CallbackReading => readCallback(account, callbackForm(text));

it('is acknowledged in the words of the page', () => {
  expect(account.callbacks?.acknowledgement).toStrictEqual({ contentType: 'text/plain', body: 'SUCCESS' });
});

describe('the vector computed elsewhere', () => {
  const { response: text, sign } = vectors.callback;
  const merchant = openTiPay({ merchantNo: '10012426723' });
  afterAll(() => merchant.close());
  const expected = {
    kind: 'observation',
    observation: {
      merchantRefundId: '1b118148eaf54b09a213adcb332d7a19',
      providerRefundId: '1002202301300000005245434665',
      merchantPaymentId: 'bda4e84ef8ee427b830d869d7a6bfd71',
      providerPaymentId: null,
      amount: { minorUnits: 1n, currency: 'CNY' },
      feeRefunded: null,
      status: 'SUCCEEDED',
      providerStatus: 'SUCCESS',
      createdAt: new Date('2023-01-30T09:08:14Z'),
      completedAt: new Date('2023-01-30T09:08:15Z'),
      raw: text,
    },
  };

  it('as a form', () => {
    const body = Buffer.from(new URLSearchParams({ response: text, sign }).toString());
    expect(readCallback(merchant, body, `${FORM}; charset=UTF-8`)).toMatchObject(expected);
  });

  it('as a form whose sender forgot to escape the plus', () => {
    const body = Buffer.from(`response=${encodeURIComponent(text)}&sign=${sign}`);
    expect(sign).toContain('+');
    expect(readCallback(merchant, body)).toMatchObject(expected);
  });

  it('as JSON', () => {
    const body = Buffer.from(JSON.stringify({ response: text, sign }));
    expect(readCallback(merchant, body, 'application/json')).toMatchObject(expected);
  });

  it('at another merchant is not believed', () => {
    const body = Buffer.from(new URLSearchParams({ response: text, sign }).toString());
    expect(readCallback(account, body)).toStrictEqual({
      kind: 'rejected',
      reason: 'response.merchantNo: not the merchant of this account',
    });
  });

  it('fails when any byte changes', () => {
    fc.assert(
      fc.property(fc.nat({ max: text.length - 1 }), fc.integer({ min: 1, max: 127 }), (at, by) => {
        const changed = text.slice(0, at) + String.fromCharCode(text.charCodeAt(at) ^ by) + text.slice(at + 1);
        const body = Buffer.from(new URLSearchParams({ response: changed, sign }).toString());
        expect(readCallback(merchant, body)).toStrictEqual({
          kind: 'rejected',
          reason: 'the signature does not match',
        });
      }),
    );
  });
});

it('YeePay calls the reason of a failure errorMessage here', () => {
  const text = response({
    status: 'FAILED',
    failReason: undefined,
    errorMessage: '账户余额不足',
    refundSuccessDate: '',
  });
  expect(read(text)).toMatchObject({
    observation: { status: 'FAILED', failure: { code: null, message: '账户余额不足', retryable: true } },
  });
});

it('a mistyped member that can be done without does not cost the callback', () => {
  const mistyped = {
    refundAccountDetail: 'nonsense',
    cashRefundFee: 'free',
    refundSuccessDate: 'soon',
    errorMessage: {},
  };
  expect(read(response(mistyped))).toMatchObject({
    kind: 'observation',
    observation: { status: 'SUCCEEDED', completedAt: null, details: { fundingAccounts: null, cashRefundAmount: null } },
  });
});

it('SHA-256 is a setting', async () => {
  const modern = openTiPay({ callbackSignature: { hash: 'SHA256' } });
  expect(readCallback(modern, callbackForm(response(), 'SHA256')).kind).toBe('observation');
  expect(readCallback(modern, callbackForm(response(), 'SHA1')).kind).toBe('rejected');
  expect(readCallback(account, callbackForm(response(), 'SHA256')).kind).toBe('rejected');
  await modern.close();
});

describe('what is not believed is rejected with a reason and never throws', () => {
  it.each([
    ['nothing', Buffer.alloc(0), FORM, 'response: '],
    ['no sign', Buffer.from('response=%7B%7D'), FORM, 'sign: '],
    ['no UTF-8', Buffer.from([0xff]), FORM, 'response: '],
    ['broken escapes', Buffer.from('response=%ZZ%ff&sign=AAAA'), FORM, 'the signature does not match'],
    ['JSON under a form', Buffer.from('{"response":"{}","sign":"x"}'), FORM, 'response: '],
    ['a form under JSON', callbackForm(response()), 'application/json', 'neither a form nor JSON'],
    ['text', callbackForm(response()), 'text/plain', 'neither a form nor JSON'],
    ['response that is no text', Buffer.from('{"response":{},"sign":"x"}'), 'application/json', 'response: '],
    ['a signed text that is no JSON', callbackForm('hello'), FORM, 'response is not JSON'],
    ['a signed text without a status', callbackForm(response({ status: '' })), FORM, 'response.status: '],
    ['a signed amount of a tenth of a fen', callbackForm(response({ refundAmount: '0.001' })), FORM, 'refundAmount: '],
  ])('%s', (_, body, type, reason) => {
    expect(readCallback(account, body, type)).toMatchObject({
      kind: 'rejected',
      reason: expect.stringContaining(reason),
    });
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
    const names = [...Object.keys(record()), 'errorMessage'];
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom(...names), anything), (members) => {
        expect(['observation', 'rejected']).toContain(read(response(members)).kind);
      }),
      { numRuns: 300 },
    );
  });
});
