/** Conditions that only the ledger knows, and refunds that they tell apart. */
import fc from 'fast-check';
import type { NamedPayment, RefundConditions } from '../../src/refunds/filter.ts';
import { accountKey, merchantPaymentId, merchantRefundId, providerPaymentId } from '../../src/refunds/ids.ts';

const T0 = new Date('2024-07-31T00:00:00.000Z').getTime();

/** What refunds have that these conditions look at. `at` and `done` are milliseconds of a day. */
export const LOOKED_AT = {
  amount: fc.constantFrom(99n, 100n, 1_250n),
  currency: fc.constantFrom('CNY', 'JPY'),
  reason: fc.constantFrom(null, 'Late, BROKEN box', '余额不足:aBc', "it's a_b%c"),
  failure: fc.constantFrom(null, { code: 'E-BOX', message: 'Balance too low', retryable: false }),
  completedAt: fc.constantFrom(null, new Date(T0), new Date(T0 + 3)),
};

const PAYMENTS: readonly NamedPayment[] = [
  {
    kind: 'payment',
    account: accountKey('library'),
    merchantPaymentId: merchantPaymentId('P1'),
    providerPaymentId: providerPaymentId('C9'),
  },
  { kind: 'payment', account: accountKey('blue'), merchantPaymentId: null, providerPaymentId: providerPaymentId('C1') },
  { kind: 'of', account: accountKey('blue'), merchantRefundId: merchantRefundId('aBc') },
];

/** Each as `fc.record` takes them. */
export const LEDGER_CONDITIONS: {
  readonly [
    Name in
      | 'search'
      | 'amountFrom'
      | 'amountBelow'
      | 'currencies'
      | 'completedFrom'
      | 'completedBefore'
      | 'updatedFrom'
      | 'updatedBefore'
      | 'attention'
      | 'payments'
  ]: fc.Arbitrary<RefundConditions[Name]>;
} = {
  search: fc.constantFrom(
    null,
    null,
    null,
    'aBc',
    'abc',
    'P1',
    'brok lat',
    'ok box',
    '余额',
    '%',
    '_',
    "'s ",
    "it's",
    'Bc',
    'e box',
    'R1',
  ),
  amountFrom: fc.constantFrom(null, null, null, '1', '1.000', '99.5', '0.99'),
  amountBelow: fc.constantFrom(null, null, null, '1', '1250', '12.50001'),
  currencies: fc.constantFrom(null, null, null, ['JPY'], ['CNY', 'JPY'], []),
  completedFrom: fc.constantFrom(null, null, null, new Date(T0 + 1)),
  completedBefore: fc.constantFrom(null, null, null, new Date(T0 + 3), new Date(T0 + 4)),
  updatedFrom: fc.constantFrom(null, null, null, new Date(T0 + 1)),
  updatedBefore: fc.constantFrom(null, null, null, new Date(T0 + 2), new Date(T0 + 3)),
  payments: fc.constantFrom(null, null, null, PAYMENTS, PAYMENTS.slice(0, 1), []),
  attention: fc.constantFrom(null, null, null, ['UNDECIDED', 'STUCK'] as const, ['CONFLICT'] as const, []),
};
