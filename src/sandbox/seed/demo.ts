/** Payments with ids that never change, to try refunds on and to name in examples. */
import type { Payment, ProviderName } from '../model.ts';

/** 10,000.00 of the account's currency. */
const DEMO_AMOUNT = 1_000_000n;

/** The well-known refundable payments: `providerPaymentId` and `merchantPaymentId` by provider. */
export const DEMO_PAYMENTS = {
  SHOUTU: [
    { providerPaymentId: 'PAY-DEMO-1', merchantPaymentId: 'ORDER-DEMO-1' },
    { providerPaymentId: 'PAY-DEMO-2', merchantPaymentId: 'ORDER-DEMO-2' },
    { providerPaymentId: 'PAY-DEMO-3', merchantPaymentId: 'ORDER-DEMO-3' },
  ],
  BLUEPAY: [
    { providerPaymentId: 'CUDEMO1', merchantPaymentId: 'BLUEORDERDEMO1' },
    { providerPaymentId: 'CUDEMO2', merchantPaymentId: 'BLUEORDERDEMO2' },
    { providerPaymentId: 'CUDEMO3', merchantPaymentId: 'BLUEORDERDEMO3' },
  ],
  TIPAY: [
    { providerPaymentId: '1013DEMO1', merchantPaymentId: 'ORDERDEMO1' },
    { providerPaymentId: '1013DEMO2', merchantPaymentId: 'ORDERDEMO2' },
    { providerPaymentId: '1013DEMO3', merchantPaymentId: 'ORDERDEMO3' },
  ],
} as const satisfies Record<ProviderName, readonly Pick<Payment, 'providerPaymentId' | 'merchantPaymentId'>[]>;

/** Payments that can't be refunded, or not in every way, each for its own reason. */
const STUBBORN: readonly Omit<Payment, 'amount' | 'paidAt'>[] = [
  { provider: 'SHOUTU', providerPaymentId: 'PAY-UNPAID-1', merchantPaymentId: 'ORDER-UNPAID-1', obstacle: 'UNPAID' },
  { provider: 'BLUEPAY', providerPaymentId: 'CUUNPAID1', merchantPaymentId: 'BLUEUNPAID1', obstacle: 'UNPAID' },
  { provider: 'BLUEPAY', providerPaymentId: 'CUFROZEN1', merchantPaymentId: 'BLUEFROZEN1', obstacle: 'FROZEN' },
  { provider: 'BLUEPAY', providerPaymentId: 'CUNOFULL1', merchantPaymentId: 'BLUENOFULL1', obstacle: 'NO_FULL' },
  { provider: 'BLUEPAY', providerPaymentId: 'CUNOPARTIAL1', merchantPaymentId: 'BLUENOPART1', obstacle: 'NO_PARTIAL' },
  { provider: 'TIPAY', providerPaymentId: '1013UNPAID1', merchantPaymentId: 'ORDERUNPAID1', obstacle: 'UNPAID' },
  { provider: 'TIPAY', providerPaymentId: '1013SPLIT1', merchantPaymentId: 'ORDERSPLIT1', obstacle: 'SPLIT' },
];

/** Older than the 60 days in which BluePay refunds. */
const OLD = { providerPaymentId: 'CUOLD1', merchantPaymentId: 'BLUEOLD1' } as const;
const OLD_AGE = 61 * 86_400_000;

/** All payments with well-known ids, large enough for many tries. */
export function demoPayments(startedAt: number): readonly Payment[] {
  const rest = { amount: DEMO_AMOUNT, paidAt: null };
  return [
    ...(['SHOUTU', 'BLUEPAY', 'TIPAY'] as const).flatMap((provider) =>
      DEMO_PAYMENTS[provider].map((ids): Payment => ({ provider, ...ids, ...rest, obstacle: null })),
    ),
    ...STUBBORN.map((payment): Payment => ({ ...payment, ...rest })),
    { provider: 'BLUEPAY', ...OLD, amount: DEMO_AMOUNT, paidAt: startedAt - OLD_AGE, obstacle: null },
  ];
}
