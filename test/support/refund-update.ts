/** One update about a refund at TiPay, with what a test does not care about filled in. */
import { merchantPaymentId, merchantRefundId } from '../../src/refunds/ids.ts';
import type { RefundUpdate } from '../../src/refunds/update.ts';

export const refundUpdate = (rest: Partial<RefundUpdate> = {}): RefundUpdate => ({
  provider: 'TIPAY',
  merchantRefundId: merchantRefundId('R1'),
  providerRefundId: null,
  merchantPaymentId: merchantPaymentId('P1'),
  providerPaymentId: null,
  paymentAmount: null,
  amount: { minorUnits: 1292n, currency: 'CNY' },
  feeRefunded: null,
  status: 'PROCESSING',
  providerStatus: 'PROCESSING',
  reason: null,
  failure: null,
  createdAt: new Date('2024-07-31T08:26:41.123Z'),
  completedAt: null,
  details: null,
  raw: '{"status":"PROCESSING"}',
  ...rest,
});
