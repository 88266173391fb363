import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  accountGlobalId,
  eventGlobalId,
  paymentGlobalId,
  readGlobalId,
  refundGlobalId,
} from '../../../src/graphql/relay/global-id.ts';
import { accountKey, merchantRefundId } from '../../../src/refunds/ids.ts';

test('every refund id comes back, whatever characters a provider uses in it', () => {
  fc.assert(
    fc.property(
      fc.stringMatching(/^[A-Za-z0-9_-]{1,64}$/),
      fc.string({ minLength: 1, maxLength: 64, unit: 'grapheme' }),
      (key, id) => {
        const ref = { account: accountKey(key), merchantRefundId: merchantRefundId(id) };
        expect(readGlobalId(refundGlobalId(ref))).toEqual({ type: 'Refund', ref });
      },
    ),
  );
});

test('accounts and events have ids of their own', () => {
  expect(readGlobalId(accountGlobalId(accountKey('library')))).toEqual({ type: 'MerchantAccount', key: 'library' });
  expect(readGlobalId(eventGlobalId(7n))).toEqual({ type: 'RefundEvent', number: 7n });
});

test('a payment is named by its row, or by its only refund, whatever that is called', () => {
  const account = accountKey('library');
  const id = '0198f0c2-7a4e-7000-8000-00000000000a';
  expect(readGlobalId(paymentGlobalId(account, { id }))).toEqual({ type: 'Payment', account, id });
  for (const name of [id, 'of:R1', 'R1', 'a:b']) {
    const ref = { account, merchantRefundId: merchantRefundId(name) };
    expect(readGlobalId(paymentGlobalId(account, ref))).toEqual({ type: 'PaymentOfRefund', ref });
  }
});

test('anything else is no id', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      expect(readGlobalId(text)).toBeNull();
    }),
  );
  expect(readGlobalId('x'.repeat(100_000))).toBeNull();
});
