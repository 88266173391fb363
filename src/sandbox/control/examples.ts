/** Ids to name in a README: payments to try refunds on, and the oldest seed refunds. */
import type { Book } from '../book.ts';
import { ofEach, type ProviderName, type Refund } from '../model.ts';
import type { PaymentIds } from '../provider.ts';
import { SIMULATED } from '../providers.ts';

export interface ProviderExamples {
  readonly payments: readonly (PaymentIds & { readonly minorUnits: string })[];
  readonly refunds: readonly (PaymentIds & Pick<Refund, 'merchantRefundId' | 'providerRefundId'>)[];
}
export type Examples = Readonly<Record<ProviderName, ProviderExamples>>;

const SHOWN = 5;

/** The examples of each provider. */
export const examples = (book: Book): Examples =>
  ofEach((provider) => ({
    payments: SIMULATED[provider].seed.demoPayments.map((ids) => ({
      ...ids,
      minorUnits: (book.payment(provider, ids)?.amount ?? 0n).toString(),
    })),
    refunds: book
      .refunds(provider)
      .slice(0, SHOWN)
      .map((refund) => ({
        merchantRefundId: refund.merchantRefundId,
        providerRefundId: refund.providerRefundId,
        providerPaymentId: refund.providerPaymentId,
        merchantPaymentId: book.paymentOf(refund).merchantPaymentId,
      })),
  }));
