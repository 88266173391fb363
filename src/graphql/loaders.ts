/** This request's loaders: many fields that ask for refunds become one call of `services/find`. */
import DataLoader from 'dataloader';
import type { PaymentRef } from '../ledger/payment/payment-totals.ts';
import type { AccountKey, RefundRef } from '../refunds/ids.ts';
import { exactly, merchantOf, numberOf } from '../refunds/numbers.ts';
import type { Refund } from '../refunds/refund.ts';
import type { FindRequest } from '../services/reading/find.ts';
import { badInput, providerFailure } from './errors.ts';
import type { Services } from './services.ts';

export type Loaders = ReturnType<typeof createLoaders>;

const BY_REF = {
  cacheKeyFn: ({ account, merchantRefundId }: RefundRef) => JSON.stringify([account, merchantRefundId]),
};

/** The loader that a filter is read with. */
export const loadPaymentIds = (services: Pick<Services, 'paymentIds'>) =>
  new DataLoader(
    (asked: readonly { readonly account: AccountKey; readonly id: string }[]) => services.paymentIds(asked),
    { cacheKeyFn: ({ account, id }) => JSON.stringify([account, id]) },
  );

/** Makes the loaders of one request. */
export function createLoaders(services: Services) {
  return {
    /** Minor units that were given back of a payment. */
    refunded: new DataLoader((payments: readonly PaymentRef[]) => services.refunded(payments), {
      cacheKeyFn: ({ account, merchantPaymentId, providerPaymentId }) =>
        JSON.stringify([account, merchantPaymentId, providerPaymentId]),
    }),
    /** The ids by which its refunds name a payment; null where no payment has this id. */
    paymentIds: loadPaymentIds(services),
    /** The provider's latest record of a refund; null where none was received. */
    records: new DataLoader((refs: readonly RefundRef[]) => services.records(refs), BY_REF),
    /** Who asked for a refund; null where nobody is known. */
    requesters: new DataLoader((refs: readonly RefundRef[]) => services.requesters(refs), BY_REF),
    /** When the provider is queried about a refund next; null: it is not. */
    nextChecks: new DataLoader((refs: readonly RefundRef[]) => services.nextChecks(refs), BY_REF),
    /** How far an account's list has been copied; null where it is not. */
    mirrors: new DataLoader((accounts: readonly AccountKey[]) => services.mirrors(accounts)),
    /**
     * All refunds that a request names; null where the ledger knows none and the provider can't be queried by
     * these ids. Rejects with a public error when the provider failed.
     */
    refunds: new DataLoader(
      async (requests: readonly FindRequest[]) => {
        const answers = await services.find(requests);
        return answers.map((answer): readonly Refund[] | null | Error => {
          switch (answer.kind) {
            case 'answered':
              return answer.refunds;
            case 'not-queryable':
              return null;
            case 'failed':
              return providerFailure(answer.error);
          }
        });
      },
      {
        cacheKeyFn: ({ account, lookup, read }) => JSON.stringify([account, Object.values(lookup), read]),
        maxBatchSize: 500,
      },
    ),
  };
}

/**
 * Lets the loaders look again. A subscription does so at each event: else it would tell for ever what was
 * true at its first.
 */
export function forgetAll(loaders: Loaders): void {
  for (const loader of Object.values(loaders)) loader.clearAll();
}

/** The one refund that a request names, or null. Several are a mistake in the question. */
export async function loadRefund(loaders: Loaders, request: FindRequest): Promise<Refund | null> {
  const refunds = (await loaders.refunds.load(request)) ?? [];
  if (refunds.length > 1) throw badInput(severalNamed(refunds), 'by.key');
  return refunds[0] ?? null;
}

/** Refunds of one payment, or of several merchants under one number. */
function severalNamed(refunds: readonly Refund[]): string {
  const numbers = new Set(refunds.map(({ merchantRefundId }) => numberOf(merchantRefundId)));
  if (numbers.size > 1) {
    return `These ids name ${refunds.length} refunds of one payment; add merchantRefundId or providerRefundId, or ask for the payment.`;
  }
  const each = refunds.map(({ details, providerRefundId }) => {
    const merchant = merchantOf(details);
    return `${providerRefundId ?? 'one without providerRefundId'}${merchant === null ? '' : ` of the merchant ${merchant}`}`;
  });
  return `${refunds.length} refunds have this merchantRefundId: ${each.join(', ')}; add providerRefundId.`;
}

/** The request for a refund by its natural key. */
export const requestByRef = ({ account, merchantRefundId }: RefundRef, read: FindRequest['read']): FindRequest => ({
  account,
  lookup: {
    merchantRefundId: exactly(merchantRefundId),
    providerRefundId: null,
    merchantPaymentId: null,
    providerPaymentId: null,
  },
  read,
});
