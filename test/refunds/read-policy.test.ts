/** Promise: the ledger answers for a provider only as long as its word is fresh, or final. */
import { expect, test } from 'vitest';
import { accountKey, merchantRefundId } from '../../src/refunds/ids.ts';
import { ledgerSuffices } from '../../src/refunds/read-policy.ts';
import { REFUND_STATUSES, type Refund, type RefundStatus } from '../../src/refunds/refund.ts';

const OBSERVED = new Date('2026-06-01T00:00:00Z');
const after = (ms: number) => new Date(OBSERVED.getTime() + ms);

const refund = (status: RefundStatus, observedAt: Date | null = OBSERVED): Refund => ({
  account: accountKey('a'),
  provider: 'TIPAY',
  merchantRefundId: merchantRefundId('R1'),
  providerRefundId: null,
  payment: { merchantPaymentId: null, providerPaymentId: null, amount: null },
  paymentRow: null,
  amount: { minorUnits: 1n, currency: 'CNY' },
  feeRefunded: null,
  status,
  providerStatus: null,
  reason: null,
  failure: null,
  createdAt: OBSERVED,
  completedAt: null,
  observedAt,
  details: null,
  createdAtSource: 'PROVIDER',
  attention: {},
  version: 1,
  updatedAt: OBSERVED,
  attempts: 1,
});

test('AUTO asks again about what may still change two seconds after it was told, and not before', () => {
  for (const status of ['PENDING', 'PROCESSING'] as const) {
    expect([0, 1_999, 2_000, 3_600_000].map((ms) => ledgerSuffices(refund(status), 'AUTO', after(ms)))).toEqual([
      true,
      true,
      false,
      false,
    ]);
  }
});

test('AUTO queries what was observed in the future by another clock, unless that is two seconds ahead at most', () => {
  expect([-1_999, -2_000, -60_000].map((ms) => ledgerSuffices(refund('PENDING'), 'AUTO', after(ms)))).toEqual([
    true,
    false,
    false,
  ]);
});

test('AUTO queries no end that the provider has reported, and everything else', () => {
  for (const status of ['SUCCEEDED', 'FAILED', 'CANCELED'] as const) {
    expect(ledgerSuffices(refund(status), 'AUTO', after(86_400_000))).toBe(true);
  }
  for (const status of REFUND_STATUSES) expect(ledgerSuffices(refund(status, null), 'AUTO', OBSERVED)).toBe(false);
});

test('LEDGER queries nothing, PROVIDER everything', () => {
  for (const status of REFUND_STATUSES) {
    expect(ledgerSuffices(refund(status, null), 'LEDGER', after(86_400_000))).toBe(true);
    expect(ledgerSuffices(refund(status), 'PROVIDER', OBSERVED)).toBe(false);
  }
});
