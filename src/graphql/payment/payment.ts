/** Payment: what a refund gives back, as far as it is known. `payment-refunds.ts` adds its refunds. */
import { builder } from '../builder.ts';
import { MoneyType } from '../money.ts';
import { paymentGlobalId } from '../relay/global-id.ts';
import { NodeInterface } from '../relay/node.ts';
import { paidAmount } from '../../ledger/payment/payments.ts';
import type { ShownPayment } from './shown-payment.ts';

export const PaymentType = builder.objectRef<ShownPayment>('Payment').implement({
  description: 'The payment that a refund gives back, as far as it is known.',
  interfaces: [NodeInterface],
  fields: (t) => ({
    id: t.id({
      description:
        'Stays when its second provider id becomes known. Where two payments turn out to be one, the older one stays, and the ' +
        "other's id leads to it.",
      resolve: ({ account, named }) => paymentGlobalId(account, 'of' in named ? named.of : named),
    }),
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
      description:
        'What was paid: what the provider says, else what `createRefund` was told; null as long as nobody has told it.',
      resolve: paidAmount,
    }),
  }),
});
