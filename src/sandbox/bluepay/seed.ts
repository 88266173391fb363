/** What BluePay's seed refunds look like. */
import type { Failure } from '../model.ts';
import type { Seed } from '../provider.ts';
import { pick } from '../random.ts';

const REASONS = [
  'ลูกค้าขอคืนเงิน',
  'สินค้าชำรุดระหว่างขนส่ง',
  'ชำระเงินซ้ำ คืนเงินหนึ่งรายการ',
  'ยกเลิกการจองโรงแรม',
  'สินค้าหมด – คืนเงินบางส่วน',
  'ได้รับสินค้าผิดสี (ขอเปลี่ยนแล้วไม่มี)',
  'Customer changed their mind ☂',
  '',
] as const;

/** failedCode and failedMessage of BluePay's page; the same message goes by two codes there. */
const FAILURES: readonly [Failure, ...Failure[]] = [
  { code: '-10010', message: 'Channel Refund Failed' },
  { code: '-10009', message: 'Channel Refund Failed' },
  { code: '-10003', message: 'Insufficient balance' },
  { code: '-10005', message: 'Destination account error' },
];

/** Older than the 60 days in which BluePay refunds, in ms. */
const TOO_OLD = 61 * 86_400_000;

export const bluePaySeed: Seed = {
  prefix: 'BLUE',
  count: 120,
  mostPerPayment: 10,
  fee: (amount) => amount / 100n,
  reason: (random) => pick(random, REASONS),
  failure: (random) => pick(random, FAILURES),
  // How BluePay spells "canceled" is not known.
  word: (status, random) => (status === 'CANCELED' ? pick(random, ['CANCEL', 'CANCELED', 'CANCELLED']) : null),
  extra: () => ({}),
  demoPayments: [
    { providerPaymentId: 'CUDEMO1', merchantPaymentId: 'BLUEORDERDEMO1' },
    { providerPaymentId: 'CUDEMO2', merchantPaymentId: 'BLUEORDERDEMO2' },
    { providerPaymentId: 'CUDEMO3', merchantPaymentId: 'BLUEORDERDEMO3' },
  ],
  stubborn: (startedAt) => [
    { providerPaymentId: 'CUUNPAID1', merchantPaymentId: 'BLUEUNPAID1', obstacle: 'UNPAID', paidAt: null },
    { providerPaymentId: 'CUFROZEN1', merchantPaymentId: 'BLUEFROZEN1', obstacle: 'FROZEN', paidAt: null },
    { providerPaymentId: 'CUNOFULL1', merchantPaymentId: 'BLUENOFULL1', obstacle: 'NO_FULL', paidAt: null },
    { providerPaymentId: 'CUNOPARTIAL1', merchantPaymentId: 'BLUENOPART1', obstacle: 'NO_PARTIAL', paidAt: null },
    { providerPaymentId: 'CUOLD1', merchantPaymentId: 'BLUEOLD1', obstacle: null, paidAt: startedAt - TOO_OLD },
  ],
};
