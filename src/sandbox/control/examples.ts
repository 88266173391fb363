/** Ids to name in a README: payments to try refunds on, and the oldest seed refunds. */
import type { Book } from '../book.ts';
import { DEMO_PAYMENTS } from '../seed/demo.ts';
import type { ProviderName } from '../model.ts';

export interface AccountExamples {
  readonly provider: ProviderName;
  readonly payments: readonly {
    readonly providerPaymentId: string;
    readonly merchantPaymentId: string;
    readonly minorUnits: string;
  }[];
  readonly refunds: readonly {
    readonly merchantRefundId: string;
    readonly providerRefundId: string;
    readonly providerPaymentId: string;
    readonly merchantPaymentId: string;
  }[];
}
/** By account key. */
export type Examples = Readonly<Record<'library' | 'blue' | 'chain', AccountExamples>>;

const SHOWN = 5;

function examplesOf(book: Book, provider: ProviderName): AccountExamples {
  const payments = DEMO_PAYMENTS[provider].map((ids) => ({
    ...ids,
    minorUnits: (book.payment(provider, ids)?.amount ?? 0n).toString(),
  }));
  const refunds = book.refunds(provider).slice(0, SHOWN);
  return {
    provider,
    payments,
    refunds: refunds.map((refund) => ({
      merchantRefundId: refund.merchantRefundId,
      providerRefundId: refund.providerRefundId,
      providerPaymentId: refund.providerPaymentId,
      merchantPaymentId: book.paymentOf(refund).merchantPaymentId,
    })),
  };
}

/** The examples of the three accounts. */
export const examples = (book: Book): Examples => ({
  library: examplesOf(book, 'SHOUTU'),
  blue: examplesOf(book, 'BLUEPAY'),
  chain: examplesOf(book, 'TIPAY'),
});
