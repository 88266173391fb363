/** Payment: what a refund gives back, as far as it is known. `payment-refunds.ts` adds its refunds. */
import type { AccountKey } from '../../refunds/ids.ts';
import type { PaymentFacts } from '../../refunds/refund.ts';
import { builder } from '../builder.ts';
import { MoneyType } from '../money.ts';

/** A payment and the account that it was made at. */
export const PaymentType = builder
  .objectRef<{
    readonly account: AccountKey;
    readonly currency: string;
    readonly facts: PaymentFacts;
  }>('Payment')
  .implement({
    description: 'The payment that a refund gives back, as far as it is known.',
    fields: (t) => ({
      merchantPaymentId: t.string({
        nullable: true,
        description: 'Our id: mchOrderNo at Shoutu, orderId at TiPay. BluePay has none.',
        resolve: ({ facts }) => facts.merchantPaymentId,
      }),
      providerPaymentId: t.string({
        nullable: true,
        description: 'Their id: channelPayOrderNo, originalTransactionId, uniqueOrderNo.',
        resolve: ({ facts }) => facts.providerPaymentId,
      }),
      amount: t.field({
        type: MoneyType,
        nullable: true,
        description: 'What was paid; null as long as the provider has not told it.',
        resolve: ({ facts }) => facts.amount,
      }),
    }),
  });
