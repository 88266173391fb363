/**
 * Promise: inputs with the same meaning are equal to an idempotency key, others are not. What can't be sent
 * is refused with its path.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readOrder, type CreateInput } from '../../../src/services/submission/order.ts';
import { scriptedProvider } from '../../support/scripted-provider.ts';

const tipay = scriptedProvider('TIPAY').account;
const bluepay = scriptedProvider('BLUEPAY').account;
const shoutu = scriptedProvider('SHOUTU').account;

const INPUT: CreateInput = {
  idempotencyKey: 'K',
  merchantRefundId: null,
  merchantPaymentId: 'P1',
  providerPaymentId: null,
  amount: { amount: '10', currency: 'CNY' },
  paymentAmount: null,
  reason: null,
  options: null,
  actor: { subject: 'ann', client: null },
};
/** What a create at Shoutu has where nothing is said. */
const WHOLE = { provider: 'SHOUTU', refundMode: 'ENTIRE_REFUND', businessId: null } as const;
const hashOf = (input: Partial<CreateInput>, account = tipay) => {
  const reading = readOrder({ ...INPUT, ...input }, account);
  if (reading.kind === 'invalid') throw new Error(JSON.stringify(reading.issues));
  return reading.order.inputHash;
};
const pathsOf = (input: Partial<CreateInput>, account = tipay) => {
  const reading = readOrder({ ...INPUT, ...input }, account);
  return reading.kind === 'invalid' ? reading.issues.map(({ path }) => path.join('.')) : [];
};

test('the same amount however it is written, and the same left out or written out', () => {
  const amounts = ['10', '10.0', '10.00', '10.000000', '010.00'];
  expect(new Set(amounts.map((amount) => hashOf({ amount: { amount, currency: 'CNY' } }))).size).toBe(1);
  expect(hashOf({ reason: '' })).toBe(hashOf({ reason: null }));
  expect(hashOf({ options: WHOLE }, shoutu)).toBe(hashOf({}, shoutu));
});

test('a key that was used before a member was added stands for the same', () => {
  expect(hashOf({})).toBe('3gf75/rttZt+85TzO0Ef6beH9d0dUwEnsbp6YHGk6vs=');
});

test('another meaning is another hash', () => {
  const member = fc.record({
    merchantRefundId: fc.option(fc.stringMatching(/^[A-Za-z0-9]{1,32}$/)),
    merchantPaymentId: fc.stringMatching(/^[A-Za-z0-9-]{1,20}$/),
    amount: fc.record({ amount: fc.integer({ min: 1, max: 500 }).map((n) => `${n}.00`), currency: fc.constant('CNY') }),
    reason: fc.option(fc.stringMatching(/^[a-z]{1,20}$/)),
    paymentAmount: fc.option(fc.constantFrom('5.00', '500.00').map((amount) => ({ amount, currency: 'CNY' }))),
  });
  fc.assert(
    fc.property(member, member, (one, other) => {
      expect(hashOf(one) === hashOf(other)).toBe(JSON.stringify(one) === JSON.stringify(other));
    }),
  );
  expect(hashOf({}, shoutu)).not.toBe(hashOf({}));
  expect(hashOf({ providerPaymentId: 'P1', merchantPaymentId: null }, shoutu)).not.toBe(hashOf({}, shoutu));
});

test.each([
  ['idempotencyKey', { idempotencyKey: 'a\0b' }],
  ['idempotencyKey', { idempotencyKey: '\ud800' }],
  ['merchantPaymentId', { merchantPaymentId: '' }],
  ['merchantPaymentId', { merchantPaymentId: 'x'.repeat(129) }],
  ['merchantPaymentId', { merchantPaymentId: 'a\tb' }],
  ['merchantPaymentId', { merchantPaymentId: null }],
  ['merchantRefundId', { merchantRefundId: '退款' }],
  ['reason', { reason: 'x'.repeat(129) }],
  ['reason', { reason: 'x\0' }],
  ['amount.amount', { amount: { amount: '0.00', currency: 'CNY' } }],
  ['amount.amount', { amount: { amount: '0.001', currency: 'CNY' } }],
  ['amount.amount', { amount: { amount: '10000000000001', currency: 'CNY' } }],
  ['amount.currency', { amount: { amount: '1', currency: 'THB' } }],
] as const)('%s can not be %j', (path, input) => {
  expect(pathsOf(input)).toEqual([`input.${path}`]);
});

/** Unicode's white space, the byte order mark, and characters of no width. */
const UNSEEN = [
  0x20, 0x09, 0x0a, 0x0d, 0x0b, 0x0c, 0x85, 0xa0, 0x1680, 0x2000, 0x2003, 0x2007, 0x2009, 0x200a, 0x2028, 0x2029,
  0x202f, 0x205f, 0x3000, 0xfeff, 0x200b, 0x200c, 0x200d, 0x200e, 0x2060, 0x180e, 0xad,
].map((code) => String.fromCodePoint(code));

test('what names something begins and ends with what is seen', () => {
  for (const unseen of UNSEEN) {
    for (const id of [`P1${unseen}`, `${unseen}P1`, unseen, `P1${unseen}${unseen}`]) {
      expect(pathsOf({ merchantPaymentId: id })).toEqual(['input.merchantPaymentId']);
      expect(pathsOf({ merchantPaymentId: null, providerPaymentId: id }, bluepay)).toEqual(['input.providerPaymentId']);
      expect(pathsOf({ merchantPaymentId: id }, shoutu)).toEqual(['input.merchantPaymentId']);
      expect(pathsOf({ merchantRefundId: id })).toEqual(['input.merchantRefundId']);
      expect(pathsOf({ idempotencyKey: id })).toEqual(['input.idempotencyKey']);
      expect(pathsOf({ options: { ...WHOLE, businessId: id } }, shoutu)).toEqual(['input.shoutu.businessId']);
    }
  }
  for (const id of ['P 1', 'P\u30001', '退款', 'é', '😀']) expect(pathsOf({ merchantPaymentId: id })).toEqual([]);
  expect(pathsOf({ reason: ' as the payer wrote it ' })).toEqual([]);
});

test("a payment's id is no longer than its provider's", () => {
  const payment = (length: number) => ({ merchantPaymentId: null, providerPaymentId: 'C'.repeat(length) });
  expect(pathsOf({ ...payment(32) }, bluepay)).toEqual([]);
  expect(pathsOf({ ...payment(33) }, bluepay)).toEqual(['input.providerPaymentId']);
  const reading = readOrder({ ...INPUT, ...payment(33) }, bluepay);
  expect(reading).toMatchObject({ issues: [{ message: 'Expected 1 to 32 characters, got 33.' }] });
});

test('a payment is named once', () => {
  expect(pathsOf({ providerPaymentId: 'X' }, shoutu)).toEqual(['input.providerPaymentId']);
});

test("what only one provider takes is read by that provider's wing", () => {
  const itemized = (businessId: string) =>
    ({ options: { provider: 'SHOUTU', refundMode: 'ITEMIZED_REFUND', businessId } }) as const;
  for (const wrong of ['', 'x'.repeat(129), 'a\0']) {
    expect(pathsOf(itemized(wrong), shoutu)).toEqual(['input.shoutu.businessId']);
  }
  expect(pathsOf(itemized('B1'), tipay)).toEqual(['input.shoutu']);
  expect(readOrder({ ...INPUT, ...itemized('B1') }, shoutu)).toMatchObject({
    order: { details: { provider: 'SHOUTU', refundMode: 'ITEMIZED_REFUND', businessId: 'B1' } },
  });
  expect(hashOf(itemized('B1'), shoutu)).not.toBe(hashOf(itemized('B2'), shoutu));
});

test('a hash is what it was when the ledger of an older version stored it', () => {
  expect(hashOf({}, tipay)).toBe('3gf75/rttZt+85TzO0Ef6beH9d0dUwEnsbp6YHGk6vs=');
  expect(hashOf({}, shoutu)).toBe('j1ngyICT3H4Ihe9R0HmfoyoP6HvuYAUDOTj7ZJ/Qh0Q=');
  expect(hashOf({ options: { provider: 'SHOUTU', refundMode: 'ITEMIZED_REFUND', businessId: 'B1' } }, shoutu)).toBe(
    'POpDgMLmrtCHOSsRS7IqRLQ5n0zcJknUXXfzp7xCKrA=',
  );
});

test('an account that creates no refunds says so', () => {
  const { create: _create, ...account } = tipay;
  expect(pathsOf({}, account)).toEqual(['input.account']);
});

test('what Shoutu signs as plain text has none of the characters that separate its members', () => {
  for (const text of ['a&b', 'a=b', '&refundState=3&refundStatez=a']) {
    expect(pathsOf({ reason: text }, shoutu)).toEqual(['input.reason']);
    expect(pathsOf({ merchantPaymentId: text }, shoutu)).toEqual(['input.merchantPaymentId']);
    expect(pathsOf({ options: { ...WHOLE, businessId: text } }, shoutu)).toEqual(['input.shoutu.businessId']);
    expect(pathsOf({ options: { ...WHOLE, extension: JSON.stringify({ text }) } }, shoutu)).toEqual([]);
    expect(pathsOf({ reason: text })).toEqual([]);
  }
});

test('a refund of one fee item names it', () => {
  const item = { ...WHOLE, refundMode: 'ITEMIZED_REFUND' } as const;
  expect(pathsOf({ options: item }, shoutu)).toEqual(['input.shoutu.businessId']);
  expect(pathsOf({ options: { ...item, businessId: 'F1' } }, shoutu)).toEqual([]);
});

test('what is told of a reader is a part of what a key stands for, and stored keys stay what they were', () => {
  const of = (extension: string | null) => hashOf({ options: { ...WHOLE, extension } }, shoutu);
  expect(of(null)).toBe(hashOf({}, shoutu));
  expect(new Set([of(null), of('{"readerCardNo":"1"}'), of('{"readerCardNo":"2"}')]).size).toBe(3);
  expect(pathsOf({ options: { ...WHOLE, extension: '['.repeat(100) + ']'.repeat(100) } }, shoutu)).toEqual([
    'input.shoutu.extension',
  ]);
  expect(pathsOf({ options: { ...WHOLE, channelExtra: JSON.stringify('x'.repeat(5000)) } }, shoutu)).toEqual([
    'input.shoutu.channelExtra',
  ]);
});

test.each([
  ['REQUIRED', { merchantPaymentId: null }],
  ['NOT_ALLOWED', { merchantPaymentId: null, providerPaymentId: 'P1' }],
  ['TOO_SHORT', { idempotencyKey: '' }],
  ['TOO_LONG', { idempotencyKey: 'k'.repeat(256) }],
  ['TOO_LONG', { merchantRefundId: 'R'.repeat(33) }],
  ['MALFORMED', { merchantRefundId: 'R-1' }],
  ['MALFORMED', { merchantPaymentId: 'P1 ' }],
  ['MALFORMED', { amount: { amount: 'ten', currency: 'CNY' } }],
  ['TOO_MANY_DECIMALS', { amount: { amount: '1.001', currency: 'CNY' } }],
  ['OUT_OF_RANGE', { amount: { amount: '0.00', currency: 'CNY' } }],
  ['OUT_OF_RANGE', { amount: { amount: '99999999999999', currency: 'CNY' } }],
  ['WRONG_CURRENCY', { amount: { amount: '1', currency: 'USD' } }],
  ['OUT_OF_RANGE', { paymentAmount: { amount: '-5', currency: 'CNY' } }],
  ['WRONG_CURRENCY', { paymentAmount: { amount: '5', currency: 'USD' } }],
] as const)('says what kind of mistake it is: %s, %j', (code, input) => {
  const reading = readOrder({ ...INPUT, ...input }, tipay);
  const issues = reading.kind === 'invalid' ? reading.issues : [];
  expect(issues.map((issue) => issue.code)).toContain(code);
});
